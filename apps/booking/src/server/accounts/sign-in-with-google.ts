import type { Transaction } from 'kysely';
import type { BookingApp } from '#server/app.ts';
import type { DB } from '#server/database-types.ts';
import { BookingError } from '#server/errors.ts';
import type { GooglePerson } from '#server/google/google-person.ts';
import { findGoogleAccount } from './find-google-account.ts';
import { type OpenedSignIn, openSignIn } from './sign-in.ts';

/**
 * Signs in whom Google vouches for; who is new gets an account. Which account that is, `findGoogleAccount` decides and
 * refuses. Refuses with `too-many-requests` like `signIn`.
 */
export async function signInWithGoogle(
  app: Pick<BookingApp, 'db' | 'limits'>,
  { person, network, agent, now }: { person: GooglePerson; network: string; agent: string | undefined; now: Date },
): Promise<OpenedSignIn & { userId: number }> {
  await app.limits('sign-in-network', network);
  return await app.db.transaction().execute(async (trx: Transaction<DB>) => {
    const account = await findGoogleAccount(trx, person);
    const opened = await openSignIn(trx, { ...account, kind: 'page', agent, now });
    if (!opened) throw new BookingError('google-refused', 'This account cannot be signed in to.');
    return { ...opened, userId: account.userId };
  });
}
