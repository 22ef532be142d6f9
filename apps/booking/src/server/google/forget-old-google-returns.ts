import type { Kysely } from 'kysely';
import type { DB } from '#server/database-types.ts';
import { deleteOldGoogleReturns } from './google-queries.ts';

/** Forgets which sign-ins came back from Google long ago. */
export async function forgetOldGoogleReturns(db: Kysely<DB>): Promise<void> {
  await deleteOldGoogleReturns(db);
}
