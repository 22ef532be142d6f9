import type { BookingApp } from '#server/app.ts';
import { subjectOfToken } from '#server/mail/mailed-link.ts';
import { addressGivenBy } from './account-links.ts';
import { type AccountState, selectAccountState } from './account-state-queries.ts';

/**
 * The account that a mailed link gives another address, and that address; `undefined` when the link opens nothing.
 * Changes nothing: mail programs follow links too.
 */
export async function findNewAddress(
  { db, config }: Pick<BookingApp, 'db' | 'config'>,
  { token, now }: { token: string; now: Date },
): Promise<(Pick<AccountState, 'id' | 'name' | 'email'> & { newEmail: string }) | undefined> {
  const userId = subjectOfToken(token);
  const account = userId === undefined ? undefined : await selectAccountState(db, userId);
  const newEmail = account && addressGivenBy({ keys: config.cookieKeys, token, now }, account);
  if (!account || newEmail === undefined) return undefined;
  const { id, name, email } = account;
  return { id, name, email, newEmail };
}
