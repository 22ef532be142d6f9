import { type BookingStatus, hasEnded } from '#server/bookings/booking.ts';
import type { Visit } from '#server/bookings/visit.ts';
import { lengthInWords, priceInWords, wallClock, zoneInWords } from '../../words/wall-clock.ts';
import { artOf, eventPath, kindInWords, whereInWords } from '../event-card.ts';

const MINUTE_MS = 60_000;

/** What has become of a booking, in a word or two. */
const STATUSES: Record<BookingStatus, string> = {
  confirmed: 'Confirmed',
  pending: 'Waiting for payment',
  waitlisted: 'On the waiting list',
  offered: 'A place is held for you',
  cancelled: 'Cancelled',
  event_cancelled: 'The event was cancelled',
  attended: 'You were there',
  no_show: 'Missed',
  expired: 'Expired',
};

/** A visit as pages show it, in words. */
export type VisitCard = ReturnType<typeof visitCardOf>;

export function visitCardOf(visit: Visit, now: Date) {
  const { event } = visit;
  const startsIn = event.date_time.getTime() - now.getTime();
  const isOver = startsIn + event.duration * MINUTE_MS <= 0;
  const isOff = hasEnded(visit.status);
  const takesBookings = event.is_active && event.cancelled_at === null && startsIn > 0;
  return {
    id: visit.id,
    path: `/bookings/${visit.id}`,
    status: visit.status === 'confirmed' && isOver ? 'Over' : STATUSES[visit.status],
    isOff,
    isOver,
    mayCancel: !isOff && startsIn > 0 && visit.status !== 'attended' && visit.status !== 'no_show',
    mayBookAgain: isOff && takesBookings,
    isEventOff: visit.status === 'event_cancelled',
    seats: visit.seats,
    places: visit.seats === 1 ? '1 place' : `${visit.seats} places`,
    title: event.title,
    eventPath: eventPath(event),
    kind: kindInWords(event),
    startsAt: event.date_time.toISOString(),
    when: wallClock(event.date_time, event.duration, event.time_zone),
    zone: zoneInWords(event.time_zone),
    length: lengthInWords(event.duration),
    facilitator: event.facilitator,
    where: whereInWords(event),
    total: priceInWords(event.price * visit.seats, event.currency),
    isFree: event.price === 0,
    art: artOf(event),
  };
}
