import type { BookingApp } from '#server/app.ts';
import { subjectOfToken } from '#server/mail/mailed-link.ts';
import { opensProof } from './account-links.ts';
import { type AccountState, selectAccountState } from './account-state-queries.ts';

/**
 * The account whose address a mailed link confirms, also when that was done before; `undefined` when the link opens
 * nothing. Changes nothing: mail programs follow links too.
 */
export async function findProof(
  { db, config }: Pick<BookingApp, 'db' | 'config'>,
  { token, now }: { token: string; now: Date },
): Promise<Pick<AccountState, 'id' | 'name' | 'email' | 'isProven'> | undefined> {
  const userId = subjectOfToken(token);
  const account = userId === undefined ? undefined : await selectAccountState(db, userId);
  if (!account || !opensProof({ keys: config.cookieKeys, token, now }, account)) return undefined;
  const { id, name, email, isProven } = account;
  return { id, name, email, isProven };
}
