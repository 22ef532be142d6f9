import type { Kysely } from 'kysely';
import type { DB } from '#server/database-types.ts';
import { selectEventCreation } from './event-queries.ts';

/** Since when an event can be found here; `undefined` when there is none. */
export async function findFirstOffered(db: Kysely<DB>, id: number): Promise<Date | undefined> {
  return await selectEventCreation(db, id);
}
