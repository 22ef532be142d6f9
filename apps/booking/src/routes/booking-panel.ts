import type { Booking } from '#server/bookings/booking.ts';
import { type Event, seatsLeft } from '#server/events/event.ts';
import { momentInWords, priceInWords } from '../words/wall-clock.ts';

/** As many places as one person books on a page. */
export const SEATS_MOST = 4;

const SOON_MINUTES = 30;
const MINUTE_MS = 60_000;

/** What the booking panel of an event offers. */
export type Panel = {
  /** When it was to start before it moved, in words. */
  movedFrom: string | null;
} & (
  | { state: 'booked'; bookingId: number; seats: number; mayCancel: boolean }
  | { state: 'waitlisted'; bookingId: number }
  | { state: 'cancelled' | 'closed' | 'started' | 'over' | 'full' }
  | OpenPanel
);

export interface OpenPanel {
  state: 'open';
  /** How many places somebody can take, and what they cost together. */
  choices: { seats: number; total: string }[];
  seats: number;
  startsInMinutes: number | null;
  /** Until when it costs nothing to cancel: the start, in words. */
  cancelUntil: string;
}

/** One's own place comes first; then what keeps anybody from booking, in the order the booking itself would refuse. */
export function panelOf(event: Event, own: Booking | undefined, { seats, now }: { seats: number; now: Date }): Panel {
  const startsIn = event.date_time.getTime() - now.getTime();
  const hasStarted = startsIn <= 0;
  const isOver = startsIn + event.duration * MINUTE_MS <= 0;
  const movedFrom = event.moved_from && !isOver ? momentInWords(event.moved_from, event.time_zone) : null;
  if (event.cancelled_at) return { state: 'cancelled', movedFrom: null };
  if (own?.status === 'waitlisted') return { state: 'waitlisted', movedFrom, bookingId: own.id };
  if (own) {
    const mayCancel = !hasStarted && own.status !== 'attended' && own.status !== 'no_show';
    return { state: 'booked', movedFrom, bookingId: own.id, seats: own.seats, mayCancel };
  }
  if (isOver) return { state: 'over', movedFrom };
  if (!event.is_active) return { state: 'closed', movedFrom };
  if (hasStarted) return { state: 'started', movedFrom };
  const left = seatsLeft(event);
  if (left <= 0) return { state: 'full', movedFrom };
  const minutes = Math.ceil(startsIn / MINUTE_MS);
  return {
    state: 'open',
    movedFrom,
    choices: choicesOf(event, Math.min(left, SEATS_MOST)),
    seats: Math.min(seats, left, SEATS_MOST),
    startsInMinutes: minutes <= SOON_MINUTES ? minutes : null,
    cancelUntil: momentInWords(event.date_time, event.time_zone),
  };
}

/** How many places somebody asked for: a whole number from 1 to 4; anything else is 1. */
export function readSeats(typed: unknown): number {
  return typeof typed === 'string' && /^[1-4]$/.test(typed) ? Number(typed) : 1;
}

function choicesOf({ price, currency }: Event, most: number): OpenPanel['choices'] {
  return Array.from({ length: most }, (_, index) => ({
    seats: index + 1,
    total: priceInWords(price * (index + 1), currency),
  }));
}
