import type { Kysely } from 'kysely';
import type { DB } from '#server/database-types.ts';
import { selectFacilitatorNames } from './facilitator-account-queries.ts';

/** Every facilitator's name, by name, for an admin to choose from. */
export async function listFacilitatorNames(db: Kysely<DB>): Promise<{ id: number; name: string }[]> {
  return await selectFacilitatorNames(db);
}
