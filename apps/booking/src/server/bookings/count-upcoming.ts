import type { Kysely } from 'kysely';
import type { DB } from '#server/database-types.ts';
import { countUpcomingOf } from './booking-queries.ts';

/** How many bookings would be cancelled if a person's account were deleted now. */
export async function countUpcoming(db: Kysely<DB>, userId: number): Promise<number> {
  return await countUpcomingOf(db, userId);
}
