import { ATTENDANCES, type Attendance, type BookingStatus, mayBecome } from '#server/bookings/booking.ts';
import type { RosterEntry } from '#server/bookings/booking-queries.ts';
import { clockFormat } from '../../../../../words/clock-format.ts';
import { ROSTER } from '../../roster-texts.ts';

const MOMENT = clockFormat({ day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' });

/** A person on the list, in words. */
export interface ListedEntry {
  id: number;
  name: string;
  email: string;
  seats: number;
  status: BookingStatus;
  statusWord: string;
  bookedAt: string;
  booked: string;
  /** What can be noted now. */
  marks: Attendance[];
  mayBeRemoved: boolean;
}

export function listedEntryOf(
  entry: RosterEntry,
  { timeZone, takesAttendance }: { timeZone: string; takesAttendance: boolean },
): ListedEntry {
  const { id, user_name, user_email, seats, status, booking_date } = entry;
  return {
    id,
    name: user_name,
    email: user_email,
    seats,
    status,
    statusWord: ROSTER.statuses[status],
    bookedAt: booking_date.toISOString(),
    booked: MOMENT(timeZone).format(booking_date),
    marks: takesAttendance ? ATTENDANCES.filter((mark) => canBeNoted(status, mark)) : [],
    mayBeRemoved: mayBecome(status, 'cancelled'),
  };
}

// Confirmed by a note is only who was confirmed before it: the others wait for a payment or a place.
function canBeNoted(status: BookingStatus, mark: Attendance): boolean {
  if (mark === 'confirmed' && status !== 'attended' && status !== 'no_show') return false;
  return mayBecome(status, mark);
}
