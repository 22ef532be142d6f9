import { PlatformError } from '@samaya/platform/platform-error.ts';
import type { Kysely } from 'kysely';
import type { Identity } from '#server/accounts/identity.ts';
import type { DB } from '#server/database-types.ts';
import { BookingError } from '#server/errors.ts';
import { mayAssist } from '#server/events/event.ts';
import { ATTENDANCE_OPENS_MINUTES, type Attendance, type Booking, mayBecome } from './booking.ts';
import { lockBooking, updateBookingStatus } from './booking-queries.ts';

/**
 * Notes that somebody came or did not, or takes the note back: the event's facilitator, an assistant or an admin, from half
 * an hour before it starts on and without an end. What stands already is left alone. Refuses with `not-found` what is somebody
 * else's, `event-cancelled`, `attendance-too-early`, and `booking-ended` when there is no place to come to.
 */
export async function markAttendance(
  db: Kysely<DB>,
  { id, attendance }: { id: number; attendance: Attendance },
  actor: Identity,
): Promise<Booking> {
  return await db.transaction().execute(async (trx) => {
    const found = await lockBooking(trx, id);
    if (!found || !mayAssist(actor, { facilitator_id: found.event.facilitatorId })) throw notFound();
    const { event, ...booking } = found;
    if (booking.status === attendance) return booking;
    if (event.isCancelled) {
      throw new BookingError('event-cancelled', 'This event was cancelled; there was nothing to come to.');
    }
    if (!event.takesAttendance) {
      throw new BookingError(
        'attendance-too-early',
        `Who came can be noted from ${ATTENDANCE_OPENS_MINUTES} minutes before the start on.`,
      );
    }
    if (!mayBecome(booking.status, attendance)) {
      throw new BookingError('booking-ended', 'This booking holds no place any more.');
    }
    return await updateBookingStatus(trx, id, attendance);
  });
}

function notFound() {
  return new PlatformError('not-found', 'There is no such booking.');
}
