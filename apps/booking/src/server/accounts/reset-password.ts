import type { BookingApp } from '#server/app.ts';
import { logSecurity } from '#server/security-log.ts';
import { linkEnded, opensReset } from './account-links.ts';
import { lockAccountState } from './account-state-queries.ts';
import { findReset } from './find-reset.ts';
import type { FirstStep } from './first-step.ts';
import { giveToOwner } from './give-to-owner.ts';
import type { OpenedSignIn } from './sign-in.ts';

/**
 * Gives an account a new password by a mailed link, once: the address is confirmed by it, every sign-in ends, and
 * this browser gets one, or is asked for the code of two-step sign-in first. Refuses with `link-ended`, before anything is hashed.
 */
export async function resetPassword(
  app: Pick<BookingApp, 'db' | 'config' | 'passwords' | 'log'>,
  { token, password, agent, now }: { token: string; password: string; agent: string | undefined; now: Date },
): Promise<OpenedSignIn | FirstStep> {
  const found = await findReset(app, { token, now });
  if (!found) throw linkEnded();
  const passwordHash = await app.passwords.hash(password);
  const opened = await app.db.transaction().execute(async (trx) => {
    const account = await lockAccountState(trx, found.id);
    if (!account || !opensReset({ keys: app.config.cookieKeys, token, now }, account)) throw linkEnded();
    return await giveToOwner(trx, { account, passwordHash, agent, now });
  });
  logSecurity(app.log, 'password.changed', { user_id: found.id });
  return opened;
}
