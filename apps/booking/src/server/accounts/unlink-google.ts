import type { BookingApp } from '#server/app.ts';
import { BookingError } from '#server/errors.ts';
import { lockAccountState } from './account-state-queries.ts';
import { selectGoogleLink, setGoogleId } from './google-account-queries.ts';
import { endOtherSignIns } from './sign-in.ts';

/**
 * Takes the Google sign-in off an account and ends every sign-in but the one that asks: whoever came in by Google is
 * out. Refuses with `last-way-in` when there is no other way to sign in.
 */
export async function unlinkGoogle(
  { db }: Pick<BookingApp, 'db'>,
  person: { userId: number; signInId: number },
): Promise<void> {
  await db.transaction().execute(async (trx) => {
    await lockAccountState(trx, person.userId);
    const link = await selectGoogleLink(trx, person.userId);
    if (!link || link.googleId === null) return;
    if (!link.hasPassword)
      throw new BookingError('last-way-in', 'Choose a password first: Google is your only way in.');
    await setGoogleId(trx, person.userId, null);
    await endOtherSignIns(trx, person);
  });
}
