import { PlatformError } from '@samaya/platform/platform-error.ts';
import type { Kysely } from 'kysely';
import type { DB } from '#server/database-types.ts';
import type { Booking } from './booking.ts';
import { findOwnBooking } from './booking-queries.ts';

/** A person's own booking; somebody else's is `not-found`, as if there were none. */
export async function getBooking(db: Kysely<DB>, { id, userId }: { id: number; userId: number }): Promise<Booking> {
  const booking = await findOwnBooking(db, id, userId);
  if (!booking) throw new PlatformError('not-found', 'There is no such booking.');
  return booking;
}
