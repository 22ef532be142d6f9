import { hashToken } from '@samaya/platform/opaque-token.ts';
import { lockAccount } from '#server/accounts/lock-account.ts';
import { endOtherSignIns } from '#server/accounts/sign-in.ts';
import type { BookingApp } from '#server/app.ts';
import type { Origin } from '#server/audit/audit.ts';
import { requestMail } from '#server/mail/request-mail.ts';
import { logSecurity } from '#server/security-log.ts';
import { badPasskey, checkNewPasskey } from './check-new-passkey.ts';
import { insertPasskey, selectHandle, setHandle, takeChallenge } from './passkey-queries.ts';
import type { NewCredential } from './passkey-schemas.ts';

export interface AnsweredRequest {
  credential: NewCredential;
  /** Of the request, as `askForNewPasskey` made it. */
  challenge: string;
  handle: string;
}

/**
 * Adds a passkey for somebody who has just confirmed that it is they. Every other sign-in ends, and a mail says so.
 * Refuses with `bad-passkey` what does not answer the request, answers it again, or is known already.
 */
export async function addPasskey(
  { db, config, log }: Pick<BookingApp, 'db' | 'config' | 'log'>,
  { userId, signInId, name }: { userId: number; signInId: number; name: string },
  { credential, challenge, handle }: AnsweredRequest,
  origin?: Origin,
): Promise<void> {
  const checked = await checkNewPasskey(config, { credential, challenge });
  await db.transaction().execute(async (trx) => {
    const account = await lockAccount(trx, userId);
    if (!account || !(await takeChallenge(trx, hashToken(challenge)))) throw badPasskey(undefined);
    await setHandle(trx, userId, Buffer.from(handle, 'base64url'));
    // Another one was added meanwhile, under another handle: this one would open nothing.
    const kept = await selectHandle(trx, userId);
    if (kept?.toString('base64url') !== handle) throw badPasskey(undefined);
    if (!(await insertPasskey(trx, { ...checked, userId, name }))) throw badPasskey(undefined);
    await endOtherSignIns(trx, { userId, signInId });
    await requestMail(trx, { kind: 'account.passkey-added', userId });
  });
  logSecurity(log, 'passkey.added', { user_id: userId }, origin);
}
