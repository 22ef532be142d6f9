import type { Kysely } from 'kysely';
import type { DB } from '#server/database-types.ts';
import type { Facilitator } from './facilitator.ts';
import { selectFacilitator } from './facilitator-queries.ts';

/** The facilitator with this id, without the address; `undefined` when there is none. */
export async function findFacilitator(db: Kysely<DB>, id: number): Promise<Facilitator | undefined> {
  return await selectFacilitator(db, id);
}
