import type { Kysely } from 'kysely';
import type { DB } from '#server/database-types.ts';
import { deleteIdleGuests } from './account-state-queries.ts';

/** Deletes guests whose booking was refused at the last moment, a day later; answers how many. Nothing is kept of them. */
export async function forgetIdleGuests(db: Kysely<DB>): Promise<number> {
  return await deleteIdleGuests(db);
}
