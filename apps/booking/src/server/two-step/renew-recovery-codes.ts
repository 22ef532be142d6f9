import { lockAccount } from '#server/accounts/lock-account.ts';
import type { BookingApp } from '#server/app.ts';
import type { Origin } from '#server/audit/audit.ts';
import { requestMail } from '#server/mail/request-mail.ts';
import { logSecurity } from '#server/security-log.ts';
import { passSecondStep } from './pass-second-step.ts';
import { createRecoveryCodes } from './two-step.ts';
import { insertRecoveryCodes, selectTwoStep } from './two-step-queries.ts';

/**
 * New recovery codes for somebody who has just confirmed that it is they, and shows a code; the old ones end, and a
 * mail says so. `undefined` when two-step sign-in is off. Refuses as `passSecondStep` does.
 */
export async function renewRecoveryCodes(
  app: Pick<BookingApp, 'db' | 'limits' | 'config' | 'log'>,
  { userId, code, now }: { userId: number; code: string; now: Date },
  origin?: Origin,
): Promise<string[] | undefined> {
  await passSecondStep(app, { userId, code, now });
  const renewed = await app.db.transaction().execute(async (trx) => {
    await lockAccount(trx, userId);
    if (!(await selectTwoStep(trx, userId))) return undefined;
    const { codes, hashes } = createRecoveryCodes();
    await insertRecoveryCodes(trx, userId, hashes);
    await requestMail(trx, { kind: 'account.recovery-renewed', userId });
    return codes;
  });
  if (renewed) logSecurity(app.log, 'recovery_codes.renewed', { user_id: userId }, origin);
  return renewed;
}
