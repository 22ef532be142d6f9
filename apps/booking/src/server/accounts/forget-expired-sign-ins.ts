import type { Kysely } from 'kysely';
import type { DB } from '#server/database-types.ts';
import { deleteExpiredSignIns, deleteOldEnds } from './sign-in-queries.ts';

/** Deletes sign-ins that have expired, by the database's clock; answers how many. They were refused already. */
export async function forgetExpiredSignIns(db: Kysely<DB>): Promise<number> {
  await deleteOldEnds(db);
  return await deleteExpiredSignIns(db);
}
