import type { Transaction } from 'kysely';
import type { DB } from '#server/database-types.ts';
import { cancelUpcomingOf } from './booking-queries.ts';

/**
 * Cancels what a person holds or waits for at events that have not started, as part of erasing them. The caller has
 * locked the person's row, so that no booking of theirs comes in between.
 */
export async function cancelUpcomingBookings(trx: Transaction<DB>, userId: number): Promise<void> {
  await cancelUpcomingOf(trx, userId);
}
