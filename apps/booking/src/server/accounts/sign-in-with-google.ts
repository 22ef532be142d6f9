import type { Transaction } from 'kysely';
import type { BookingApp } from '#server/app.ts';
import type { DB } from '#server/database-types.ts';
import { BookingError } from '#server/errors.ts';
import type { GooglePerson } from '#server/google/google-person.ts';
import { findTwoStep } from '#server/two-step/find-two-step.ts';
import { findGoogleAccount } from './find-google-account.ts';
import { type FirstStep, firstStepOf } from './first-step.ts';
import { type OpenedSignIn, openSignIn } from './sign-in.ts';

/**
 * Signs in whom Google vouches for, or answers their first step where a code is asked for; who is new gets an account.
 * Which account that is, `findGoogleAccount` decides and refuses. Refuses with `too-many-requests` like `signIn`.
 */
export async function signInWithGoogle(
  app: Pick<BookingApp, 'db' | 'limits'>,
  { person, network, agent, now }: { person: GooglePerson; network: string; agent: string | undefined; now: Date },
): Promise<{ userId: number; entered: OpenedSignIn | FirstStep }> {
  await app.limits('sign-in-network', network);
  return await app.db.transaction().execute(async (trx: Transaction<DB>) => {
    const account = await findGoogleAccount(trx, person);
    const { userId } = account;
    const opened = await openSignIn(trx, { ...account, kind: 'page', agent, now });
    if (opened) return { userId, entered: opened };
    if (await findTwoStep(trx, userId)) return { userId, entered: firstStepOf(account) };
    throw new BookingError('google-refused', 'This account cannot be signed in to.');
  });
}
