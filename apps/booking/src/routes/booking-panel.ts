import type { Booking } from '#server/bookings/booking.ts';
import { type Event, seatsLeft } from '#server/events/event.ts';

/** As many places as one person books on a page. */
export const SEATS_MOST = 4;

const SOON_MINUTES = 30;
const MINUTE_MS = 60_000;

/** What the booking panel of an event offers. */
export type Panel =
  | { state: 'booked'; bookingId: number; seats: number; mayCancel: boolean }
  | { state: 'waitlisted'; bookingId: number }
  | { state: 'cancelled' | 'closed' | 'started' | 'over' | 'full' }
  | { state: 'open'; seatsMost: number; seats: number; startsInMinutes: number | null };

/** One's own place comes first; then what keeps anybody from booking, in the order the booking itself would refuse. */
export function panelOf(event: Event, own: Booking | undefined, { seats, now }: { seats: number; now: Date }): Panel {
  const startsIn = event.date_time.getTime() - now.getTime();
  const hasStarted = startsIn <= 0;
  if (event.cancelled_at) return { state: 'cancelled' };
  if (own?.status === 'waitlisted') return { state: 'waitlisted', bookingId: own.id };
  if (own) {
    const mayCancel = !hasStarted && own.status !== 'attended' && own.status !== 'no_show';
    return { state: 'booked', bookingId: own.id, seats: own.seats, mayCancel };
  }
  if (startsIn + event.duration * MINUTE_MS <= 0) return { state: 'over' };
  if (!event.is_active) return { state: 'closed' };
  if (hasStarted) return { state: 'started' };
  const left = seatsLeft(event);
  if (left <= 0) return { state: 'full' };
  const seatsMost = Math.min(left, SEATS_MOST);
  const minutes = Math.ceil(startsIn / MINUTE_MS);
  return {
    state: 'open',
    seatsMost,
    seats: Math.min(seats, seatsMost),
    startsInMinutes: minutes <= SOON_MINUTES ? minutes : null,
  };
}

/** How many places somebody asked for: a whole number from 1 to 4; anything else is 1. */
export function readSeats(typed: unknown): number {
  return typeof typed === 'string' && /^[1-4]$/.test(typed) ? Number(typed) : 1;
}
