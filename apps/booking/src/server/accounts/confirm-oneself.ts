import type { BookingApp } from '#server/app.ts';
import { BookingError } from '#server/errors.ts';
import { NO_PASSWORD } from './account.ts';
import { selectAccountState } from './account-state-queries.ts';
import type { Identity } from './identity.ts';
import { badCredentials, checkPassword } from './sign-in.ts';
import { selectSignedInAt } from './sign-in-queries.ts';

/** For how long a sign-in shows that it is still the same person, where there is no password to ask for. */
export const FRESH_MINUTES = 10;
const MINUTE_MS = 60_000;

/**
 * Asks somebody who is signed in once more who they are, before what a stranger at their desk must not do: by the
 * password, or, of who has none, by having signed in a moment ago. Refuses with `bad-credentials`, as `signIn` does
 * after too many tries, and with `sign-in-again`.
 */
export async function confirmOneself(
  app: Pick<BookingApp, 'db' | 'passwords' | 'limits' | 'config' | 'log'>,
  {
    identity: { userId, signInId, email },
    password,
    network,
    now,
  }: { identity: Identity; password: string; network: string; now: Date },
): Promise<void> {
  const account = await selectAccountState(app.db, userId);
  if (account?.passwordHash === NO_PASSWORD) {
    const since = await selectSignedInAt(app.db, signInId);
    if (since && now.getTime() - since.getTime() <= FRESH_MINUTES * MINUTE_MS) return;
    throw new BookingError('sign-in-again', 'Sign out and in again, then come back within ten minutes.');
  }
  const person = await checkPassword(app, { email: email.toLowerCase(), password, network });
  if (person?.id !== userId) throw badCredentials();
}
