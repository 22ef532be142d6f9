import type { BookingApp } from '#server/app.ts';
import { BookingError } from '#server/errors.ts';
import { requestMail } from '#server/mail/request-mail.ts';
import { logSecurity } from '#server/security-log.ts';
import { openKey, readCode, sealKey, stepOfCode } from './two-step.ts';
import { type KeptTwoStep, selectTwoStep, takeRecoveryCode, takeStep } from './two-step-queries.ts';

type SecondStepDeps = Pick<BookingApp, 'db' | 'limits' | 'config' | 'log'>;

/**
 * The second step of somebody who passed the first; nothing is asked of who has it switched off. Refuses with
 * `second-factor-needed` without a code, with `bad-code` for a wrong or used one, with `too-many-requests` after five
 * codes of the app in ten minutes or thirty a day. Only who passed the first step can use those up; a recovery code,
 * which nobody guesses, is not counted, so that its owner gets in even then.
 */
export async function passSecondStep(
  app: SecondStepDeps,
  { userId, code, now }: { userId: number; code: string | undefined; now: Date },
): Promise<void> {
  const kept = await selectTwoStep(app.db, userId);
  if (!kept) return;
  if (code === undefined) {
    throw new BookingError('second-factor-needed', 'This account asks for a code of its app too: send it as `code`.');
  }
  const typed = readCode(code);
  const isRight =
    typed && 'recoveryHash' in typed
      ? await useRecoveryCode(app, userId, typed.recoveryHash)
      : await useDigits(app, { kept, userId, digits: typed?.digits, now });
  if (isRight) return;
  logSecurity(app.log, 'sign_in.failed', { user_id: userId, step: 'code' });
  throw badCode();
}

export function badCode(): BookingError {
  return new BookingError('bad-code', 'This code is wrong or was used. Wait for the next one.');
}

async function useDigits(
  { db, limits, config }: SecondStepDeps,
  { kept, userId, digits, now }: { kept: KeptTwoStep; userId: number; digits: string | undefined; now: Date },
): Promise<boolean> {
  await limits('second-step-account', String(userId));
  await limits('second-step-account-day', String(userId));
  const key = openKey(kept.secret, userId, config.cookieKeys);
  const step = key && digits ? stepOfCode({ key, code: digits, now }) : undefined;
  if (!key || step === undefined) return false;
  // Sealed anew while the older key is still known.
  const isNewest = openKey(kept.secret, userId, config.cookieKeys.slice(0, 1)) !== undefined;
  const secret = isNewest ? kept.secret : sealKey(key, userId, config.cookieKeys);
  return await takeStep(db, { userId, step, seen: kept.secret, secret });
}

async function useRecoveryCode({ db, log }: SecondStepDeps, userId: number, codeHash: Buffer): Promise<boolean> {
  const isUsed = await db.transaction().execute(async (trx) => {
    if (!(await takeRecoveryCode(trx, userId, codeHash))) return false;
    await requestMail(trx, { kind: 'account.recovery-used', userId });
    return true;
  });
  if (isUsed) logSecurity(log, 'recovery_code.used', { user_id: userId });
  return isUsed;
}
