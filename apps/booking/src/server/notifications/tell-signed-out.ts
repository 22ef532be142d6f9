import type { Kysely } from 'kysely';
import type { DB } from '#server/database-types.ts';
import { insertSignedOut } from './outbox-queries.ts';

/**
 * Tells CRM, once the transaction has committed, that every sign-in of a person ended, so that those there end too. Who
 * was never proven has none there, and of who was erased it is told as such.
 */
export async function tellSignedOut(db: Kysely<DB>, userId: number): Promise<void> {
  await insertSignedOut(db, userId);
}
