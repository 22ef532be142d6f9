import { againIfRolledBack } from '@samaya/platform/database.ts';
import { PlatformError } from '@samaya/platform/platform-error.ts';
import type { Kysely, Transaction } from 'kysely';
import type { Identity } from '#server/accounts/identity.ts';
import type { DB } from '#server/database-types.ts';
import { BookingError } from '#server/errors.ts';
import { mayAssist } from '#server/events/event.ts';
import { type Booking, hasEnded, mayBecome } from './booking.ts';
import { lockBooking, updateBookingStatus } from './booking-queries.ts';

/** Who cancels: somebody signed in, or whoever holds the mailed link of a guest, who is the guest and nothing more. */
type Canceller = Pick<Identity, 'userId' | 'isAdmin' | 'facilitatorId' | 'assists'>;

/**
 * Cancels a booking: its own person until the event starts, the event's facilitator, an assistant and an admin also later.
 * A booking that has ended stays as it is, so asking twice is asking once. What is somebody else's is `not-found`;
 * `event-started` when it is too late.
 */
export async function cancelBooking(db: Kysely<DB>, id: number, actor: Canceller): Promise<Booking> {
  return await againIfRolledBack(() => db.transaction().execute((trx) => cancel(trx, id, actor)));
}

async function cancel(trx: Transaction<DB>, id: number, actor: Canceller): Promise<Booking> {
  const found = await lockBooking(trx, id);
  if (!found) throw notFound();
  const { event, ...booking } = found;
  const runsIt = mayAssist(actor, { facilitator_id: event.facilitatorId });
  if (!runsIt && booking.user_id !== actor.userId) throw notFound();
  if (hasEnded(booking.status)) return booking;
  if (event.hasStarted && !runsIt) {
    throw new BookingError('event-started', 'This event has started; ask its facilitator to cancel your booking.');
  }
  if (!mayBecome(booking.status, 'cancelled')) {
    throw new BookingError('event-started', 'Attendance of this booking is noted; it can no longer be cancelled.');
  }
  return await updateBookingStatus(trx, id, 'cancelled');
}

function notFound() {
  return new PlatformError('not-found', 'There is no such booking.');
}
