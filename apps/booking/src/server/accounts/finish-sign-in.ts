import type { BookingApp } from '#server/app.ts';
import { logSecurity } from '#server/security-log.ts';
import { passSecondStep } from '#server/two-step/pass-second-step.ts';
import { selectAccountState } from './account-state-queries.ts';
import { type FirstStep, isStillPassed } from './first-step.ts';
import { badCredentials, type OpenedSignIn, openSignIn } from './sign-in.ts';

/**
 * Signs in who passed the first step a moment ago and now shows a code. Refuses with `bad-credentials` when the
 * password changed or the account ended in between, and as `passSecondStep` does.
 */
export async function finishSignIn(
  app: Pick<BookingApp, 'db' | 'limits' | 'config' | 'log'>,
  {
    firstStep,
    code,
    network,
    agent,
    now,
  }: { firstStep: FirstStep; code: string; network: string; agent: string | undefined; now: Date },
): Promise<OpenedSignIn> {
  await app.limits('sign-in-network', network);
  const { userId } = firstStep;
  const account = await selectAccountState(app.db, userId);
  if (!account || !isStillPassed(firstStep, account.passwordHash)) throw badCredentials();
  const isSecondStepDone = await passSecondStep(app, { userId, code, now });
  const checked = { userId, checkedHash: account.passwordHash };
  const opened = await openSignIn(app.db, { ...checked, isSecondStepDone, kind: 'page', agent, now });
  if (!opened) throw badCredentials();
  logSecurity(app.log, 'sign_in.ok', { user_id: userId, kind: 'page' }, { network });
  return opened;
}
