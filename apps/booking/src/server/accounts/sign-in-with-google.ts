import type { BookingApp } from '#server/app.ts';
import type { GooglePerson } from '#server/google/google-person.ts';
import { logSecurity } from '#server/security-log.ts';
import { findTwoStep } from '#server/two-step/find-two-step.ts';
import { findGoogleAccount, googleRefused } from './find-google-account.ts';
import { type FirstStep, firstStepOf } from './first-step.ts';
import { type OpenedSignIn, openSignIn } from './sign-in.ts';

/**
 * Signs in whom Google vouches for, or answers their first step where a code is asked for; who is new gets an account.
 * Which account that is, `findGoogleAccount` decides and refuses. Refuses with `too-many-requests` like `signIn`.
 */
export async function signInWithGoogle(
  app: Pick<BookingApp, 'db' | 'limits' | 'log'>,
  { person, network, agent, now }: { person: GooglePerson; network: string; agent: string | undefined; now: Date },
): Promise<{ userId: number; entered: OpenedSignIn | FirstStep }> {
  await app.limits('sign-in-network', network);
  const { userId, isNewlyTied, opened, firstStep } = await app.db.transaction().execute(async (trx) => {
    const account = await findGoogleAccount(trx, person);
    const signIn = await openSignIn(trx, { ...account, kind: 'page', agent, now });
    if (!signIn && !(await findTwoStep(trx, account.userId))) throw googleRefused();
    return { ...account, opened: signIn, firstStep: firstStepOf(account) };
  });
  if (isNewlyTied) logSecurity(app.log, 'google.connected', { user_id: userId }, { network });
  if (!opened) return { userId, entered: firstStep };
  logSecurity(app.log, 'sign_in.ok', { user_id: userId, kind: 'page', way: 'google' }, { network });
  return { userId, entered: opened };
}
