/**
 * A booking is a person's hold on seats at an event. Whether it holds them is its status's business; the SQL
 * function `holds_seat` is the same list for the database, and a test keeps the two equal.
 */
export interface Booking {
  id: number;
  user_id: number;
  event_id: number;
  booking_date: Date;
  status: BookingStatus;
  seats: number;
}

export const BOOKING_STATUSES = [
  'confirmed',
  'pending',
  'waitlisted',
  'offered',
  'cancelled',
  'event_cancelled',
  'attended',
  'no_show',
  'expired',
] as const;

export type BookingStatus = (typeof BOOKING_STATUSES)[number];

/** What each status may become; the one table for pages, API and jobs. Empty means final. */
export const TRANSITIONS: Readonly<Record<BookingStatus, readonly BookingStatus[]>> = {
  pending: ['confirmed', 'cancelled', 'event_cancelled', 'expired'],
  waitlisted: ['offered', 'confirmed', 'cancelled', 'event_cancelled', 'expired'],
  offered: ['confirmed', 'cancelled', 'event_cancelled', 'expired'],
  confirmed: ['cancelled', 'event_cancelled', 'attended', 'no_show'],
  attended: ['confirmed', 'no_show'],
  no_show: ['confirmed', 'attended'],
  cancelled: [],
  event_cancelled: [],
  expired: [],
};

const SEAT_HOLDING: ReadonlySet<BookingStatus> = new Set(['confirmed', 'pending', 'offered', 'attended', 'no_show']);

export function holdsSeat(status: BookingStatus): boolean {
  return SEAT_HOLDING.has(status);
}

export function mayBecome(from: BookingStatus, to: BookingStatus): boolean {
  return TRANSITIONS[from].includes(to);
}

/** Whether a booking has ended, whoever ended it. */
export function hasEnded(status: BookingStatus): boolean {
  return TRANSITIONS[status].length === 0;
}

/** What can be noted of who came; back to confirmed is the way back. */
export const ATTENDANCES = ['attended', 'no_show', 'confirmed'] as const satisfies readonly BookingStatus[];

export type Attendance = (typeof ATTENDANCES)[number];

/** Minutes before an event starts from which on it can be noted who came. */
export const ATTENDANCE_OPENS_MINUTES = 30;

/** A booking as JSON sends it. */
export function bookingJson(booking: Booking) {
  return {
    id: booking.id,
    user_id: booking.user_id,
    event_id: booking.event_id,
    booking_date: booking.booking_date.toISOString(),
    status: booking.status,
    seats: booking.seats,
  };
}
