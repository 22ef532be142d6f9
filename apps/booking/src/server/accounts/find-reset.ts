import type { BookingApp } from '#server/app.ts';
import { subjectOfToken } from '#server/mail/mailed-link.ts';
import { opensReset } from './account-links.ts';
import { type AccountState, selectAccountState } from './account-state-queries.ts';

/**
 * The account for which a mailed link chooses a password; `undefined` when the link opens nothing. Changes nothing:
 * mail programs follow links too.
 */
export async function findReset(
  { db, config }: Pick<BookingApp, 'db' | 'config'>,
  { token, now }: { token: string; now: Date },
): Promise<Pick<AccountState, 'id' | 'name' | 'email'> | undefined> {
  const userId = subjectOfToken(token);
  const account = userId === undefined ? undefined : await selectAccountState(db, userId);
  if (!account || !opensReset({ keys: config.cookieKeys, token, now }, account)) return undefined;
  const { id, name, email } = account;
  return { id, name, email };
}
