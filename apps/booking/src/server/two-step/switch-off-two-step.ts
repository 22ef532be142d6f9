import { endOtherSignIns } from '#server/accounts/sign-in.ts';
import type { BookingApp } from '#server/app.ts';
import type { Origin } from '#server/audit/audit.ts';
import { requestMail } from '#server/mail/request-mail.ts';
import { logSecurity } from '#server/security-log.ts';
import { passSecondStep } from './pass-second-step.ts';
import { clearTwoStep } from './two-step-queries.ts';

/**
 * Switches two-step sign-in off for somebody who has just confirmed that it is they, and shows a last code. Recovery
 * codes and every other sign-in end, and a mail says so. Refuses as `passSecondStep` does.
 */
export async function switchOffTwoStep(
  app: Pick<BookingApp, 'db' | 'limits' | 'config' | 'log'>,
  { userId, signInId, code, now }: { userId: number; signInId: number; code: string; now: Date },
  origin?: Origin,
): Promise<void> {
  await passSecondStep(app, { userId, code, now });
  const isChanged = await app.db.transaction().execute(async (trx) => {
    if (!(await clearTwoStep(trx, userId))) return false;
    await endOtherSignIns(trx, { userId, signInId });
    await requestMail(trx, { kind: 'account.two-step-off', userId });
    return true;
  });
  if (isChanged) logSecurity(app.log, 'two_step.off', { user_id: userId }, origin);
}
