import { hashToken } from '@samaya/platform/opaque-token.ts';
import { verifyAuthenticationResponse } from '@simplewebauthn/server';
import { lockAccount } from '#server/accounts/lock-account.ts';
import { type OpenedSignIn, openSignIn } from '#server/accounts/sign-in.ts';
import type { BookingApp } from '#server/app.ts';
import { logSecurity } from '#server/security-log.ts';
import { requirePasskeySite } from './ask-for-passkey.ts';
import { badPasskey } from './check-new-passkey.ts';
import { notePasskeyUsed, selectPasskey, takeChallenge } from './passkey-queries.ts';
import type { SignedChallenge } from './passkey-schemas.ts';

/**
 * Signs somebody in by what their passkey signed. The device asked who they are, so that no code is asked for on top.
 * Refuses with `bad-passkey`, the same way whatever is wrong: not known or removed, not of this site, another
 * challenge or one that was answered before, another person's, a copy; with `too-many-requests` after thirty tries a
 * minute from one network.
 */
export async function signInByPasskey(
  app: Pick<BookingApp, 'db' | 'limits' | 'config' | 'log'>,
  {
    signed,
    challenge,
    network,
    agent,
    now,
  }: { signed: SignedChallenge; challenge: string; network: string; agent: string | undefined; now: Date },
): Promise<{ userId: number; entered: OpenedSignIn }> {
  await app.limits('sign-in-network', network);
  const site = requirePasskeySite(app.config);
  const kept = await selectPasskey(app.db, Buffer.from(signed.id, 'base64url'));
  // The handle is inside what the passkey keeps, not inside what it signs: both must name the same person.
  if (!kept?.handle || kept.handle.toString('base64url') !== signed.response.userHandle) {
    throw badPasskey(undefined);
  }
  const checked = await verifyAuthenticationResponse({
    response: signed,
    expectedChallenge: challenge,
    expectedOrigin: site.origin,
    expectedRPID: site.id,
    credential: { id: signed.id, publicKey: new Uint8Array(kept.publicKey), counter: kept.counter },
    requireUserVerification: true,
  }).catch((cause: unknown) => {
    logSecurity(app.log, 'sign_in.failed', { user_id: kept.userId, step: 'passkey' }, { network });
    throw badPasskey(cause);
  });
  if (!checked.verified) throw badPasskey(undefined);
  const { newCounter } = checked.authenticationInfo;
  return await app.db.transaction().execute(async (trx) => {
    // The person's row first, as everybody does who takes passkeys away.
    const account = await lockAccount(trx, kept.userId);
    if (!account || !(await takeChallenge(trx, hashToken(challenge)))) throw badPasskey(undefined);
    if (!(await notePasskeyUsed(trx, kept.id, newCounter))) throw badPasskey(undefined);
    const entry = { userId: account.id, checkedHash: account.passwordHash, isSecondStepDone: true } as const;
    const entered = await openSignIn(trx, { ...entry, kind: 'page', agent, now });
    if (!entered) throw badPasskey(undefined);
    logSecurity(app.log, 'sign_in.ok', { user_id: account.id, kind: 'page', way: 'passkey' }, { network });
    return { userId: account.id, entered };
  });
}
