import type { Kysely } from 'kysely';
import type { DB } from '#server/database-types.ts';
import { selectOutlook } from './organised-event-queries.ts';

/** How many events are not over and were not cancelled. */
export async function countEventsAhead(db: Kysely<DB>, now: Date): Promise<number> {
  const { ahead } = await selectOutlook(db, { facilitatorIds: undefined, from: now, to: now });
  return ahead;
}
