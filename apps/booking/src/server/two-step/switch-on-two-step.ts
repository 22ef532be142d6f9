import { lockAccount } from '#server/accounts/lock-account.ts';
import { endOtherSignIns } from '#server/accounts/sign-in.ts';
import type { BookingApp } from '#server/app.ts';
import type { Origin } from '#server/audit/audit.ts';
import { BookingError } from '#server/errors.ts';
import { requestMail } from '#server/mail/request-mail.ts';
import { logSecurity } from '#server/security-log.ts';
import { badCode } from './pass-second-step.ts';
import { createRecoveryCodes, readCode, sealKey, stepOfCode } from './two-step.ts';
import { insertRecoveryCodes, selectTwoStep, setTwoStep } from './two-step-queries.ts';

/**
 * Has a person asked for a code at every sign-in from now on, once a code shows that their app has the key. Answers
 * the recovery codes, told this once; `undefined` when it was on before. Every other sign-in ends, and a mail says so.
 * Refuses with `bad-code`, and with `not-proven` while the address is not confirmed: the account may yet turn out to
 * be somebody else's.
 */
export async function switchOnTwoStep(
  { db, config, log }: Pick<BookingApp, 'db' | 'config' | 'log'>,
  { userId, signInId, key, code, now }: { userId: number; signInId: number; key: string; code: string; now: Date },
  origin?: Origin,
): Promise<string[] | undefined> {
  const typed = readCode(code);
  const step = typed && 'digits' in typed ? stepOfCode({ key, code: typed.digits, now }) : undefined;
  if (step === undefined) throw badCode();
  const made = await db.transaction().execute(async (trx) => {
    const account = await lockAccount(trx, userId);
    if (!account?.isProven) throw new BookingError('not-proven', 'Confirm your address first.');
    if (await selectTwoStep(trx, userId)) return undefined;
    const { codes, hashes } = createRecoveryCodes();
    await setTwoStep(trx, { userId, secret: sealKey(key, userId, config.cookieKeys), step, now });
    await insertRecoveryCodes(trx, userId, hashes);
    await endOtherSignIns(trx, { userId, signInId });
    await requestMail(trx, { kind: 'account.two-step-on', userId });
    return codes;
  });
  if (made) logSecurity(log, 'two_step.on', { user_id: userId }, origin);
  return made;
}
