import type { Kysely } from 'kysely';
import type { DB } from '#server/database-types.ts';
import { countEventsBefore } from './event-queries.ts';

/** How many events a facilitator has led so far. */
export async function countPastEvents(
  db: Kysely<DB>,
  { facilitatorId, now }: { facilitatorId: number; now: Date },
): Promise<number> {
  return await countEventsBefore(db, { facilitatorId, moment: now });
}
