import type { Kysely } from 'kysely';
import type { DB } from '#server/database-types.ts';
import { selectGoogleLink } from './google-account-queries.ts';

/** Whether an account is tied to Google, and what else opens it. */
export async function getGoogleLink(
  db: Kysely<DB>,
  userId: number,
): Promise<{ isLinked: boolean; hasPassword: boolean; hasPasskey: boolean; isProven: boolean }> {
  const link = await selectGoogleLink(db, userId);
  return {
    isLinked: link?.googleId != null,
    hasPassword: link?.hasPassword ?? false,
    hasPasskey: link?.hasPasskey ?? false,
    isProven: link?.isProven ?? false,
  };
}
