import type { Kysely } from 'kysely';
import type { DB } from '#server/database-types.ts';
import { insertSignedOut } from './outbox-queries.ts';

/** Has CRM end its sign-ins of a person; of one who was erased it is told anyway. */
export async function tellSignedOut(db: Kysely<DB>, userId: number): Promise<void> {
  await insertSignedOut(db, userId);
}
