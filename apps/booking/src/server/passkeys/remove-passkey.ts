import { NO_PASSWORD } from '#server/accounts/account.ts';
import { lockAccount } from '#server/accounts/lock-account.ts';
import { endOtherSignIns } from '#server/accounts/sign-in.ts';
import type { BookingApp } from '#server/app.ts';
import type { Origin } from '#server/audit/audit.ts';
import { BookingError } from '#server/errors.ts';
import { requestMail } from '#server/mail/request-mail.ts';
import { logSecurity } from '#server/security-log.ts';
import { deletePasskey, selectHasWayIn } from './passkey-queries.ts';

/**
 * Removes a passkey of somebody who has just confirmed that it is they; somebody else's stays, as if there were none.
 * Every other sign-in ends, and a mail says so. Refuses with `last-way-in` when they could not sign in without it.
 */
export async function removePasskey(
  { db, log }: Pick<BookingApp, 'db' | 'log'>,
  { userId, signInId, id }: { userId: number; signInId: number; id: string },
  origin?: Origin,
): Promise<void> {
  const isRemoved = await db.transaction().execute(async (trx) => {
    // Whoever takes another way in off meanwhile was before this, or waits for it.
    await lockAccount(trx, userId);
    if (!(await deletePasskey(trx, { id, userId }))) return false;
    if (!(await selectHasWayIn(trx, userId, NO_PASSWORD))) {
      throw new BookingError(
        'last-way-in',
        'This is your only way to sign in. Choose a password or add another first.',
      );
    }
    await endOtherSignIns(trx, { userId, signInId });
    await requestMail(trx, { kind: 'account.passkey-removed', userId });
    return true;
  });
  if (isRemoved) logSecurity(log, 'passkey.removed', { user_id: userId }, origin);
}
