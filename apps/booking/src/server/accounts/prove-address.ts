import type { BookingApp } from '#server/app.ts';
import { linkEnded, opensProof } from './account-links.ts';
import { lockAccountState, markProven } from './account-state-queries.ts';
import { findProof } from './find-proof.ts';
import { badCredentials, checkCredentials, type OpenedSignIn, openSignIn } from './sign-in.ts';

/**
 * What shows, beside the link, that the account is that of whoever followed it. The link alone is not enough: a
 * stranger may have signed up with the address, and its owner would confirm the stranger's account.
 */
export type ProofOfOwnership =
  /** This browser is signed in as that account, or made it. */
  | { by: 'sign-in' | 'sign-up'; userId: number }
  | { by: 'password'; password: string; network: string; mark?: string | undefined };

/**
 * Confirms the address of an account, once. Answers a sign-in for this browser, unless it has one of that account.
 * Refuses with `link-ended` for a link that opens nothing or was used, with `bad-credentials` for whoever does not
 * show that the account is theirs, and as `signIn` does when there were too many tries.
 */
export async function proveAddress(
  app: Pick<BookingApp, 'db' | 'config' | 'passwords' | 'limits' | 'log'>,
  { token, owner, agent, now }: { token: string; owner: ProofOfOwnership; agent: string | undefined; now: Date },
): Promise<OpenedSignIn | undefined> {
  const found = await findProof(app, { token, now });
  if (!found || found.isProven) throw linkEnded();
  const checked = owner.by === 'password' ? await checkCredentials(app, { email: found.email, ...owner }) : undefined;
  if (owner.by === 'password' ? !checked : owner.userId !== found.id) throw badCredentials();
  return await app.db.transaction().execute(async (trx) => {
    const account = await lockAccountState(trx, found.id);
    if (!account || account.isProven || !opensProof({ keys: app.config.cookieKeys, token, now }, account)) {
      throw linkEnded();
    }
    const { passwordHash: checkedHash } = account;
    if (checked && checked.checkedHash !== checkedHash) throw badCredentials();
    await markProven(trx, account.id);
    if (owner.by === 'sign-in') return undefined;
    return await openSignIn(trx, { userId: account.id, checkedHash, kind: 'page', agent, now });
  });
}
