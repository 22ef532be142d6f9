import type { BookingApp } from '#server/app.ts';
import type { Origin } from '#server/audit/audit.ts';
import { BookingError } from '#server/errors.ts';
import { requestMail } from '#server/mail/request-mail.ts';
import { logSecurity } from '#server/security-log.ts';
import { lockAccountState } from './account-state-queries.ts';
import { findUserOfGoogle, lockGoogleAccount, setGoogleId } from './google-account-queries.ts';

/**
 * Ties the account of whoever is signed in to their Google account, whatever address that has; a mail says so. Refuses
 * with `google-taken` when it opens another account, or this account has another already, and with `not-proven` while
 * the address is not confirmed: the account may be a stranger's who typed it.
 */
export async function linkGoogle(
  { db, log }: Pick<BookingApp, 'db' | 'log'>,
  { userId, sub }: { userId: number; sub: string },
  origin?: Origin,
): Promise<void> {
  const isChanged = await db.transaction().execute(async (trx) => {
    await lockGoogleAccount(trx, sub);
    const owner = await findUserOfGoogle(trx, sub);
    const account = await lockAccountState(trx, userId);
    if (owner === userId) return false;
    if (!account?.isProven) throw new BookingError('not-proven', 'Confirm your address first, then connect Google.');
    if (owner !== undefined || account.googleId !== null) {
      throw new BookingError(
        'google-taken',
        'This Google account is connected with another account, or yours with another.',
      );
    }
    await setGoogleId(trx, userId, sub);
    await requestMail(trx, { kind: 'account.google-connected', userId });
    return true;
  });
  if (isChanged) logSecurity(log, 'google.connected', { user_id: userId }, origin);
}
