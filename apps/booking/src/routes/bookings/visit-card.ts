import { hasEnded } from '#server/bookings/booking.ts';
import type { Visit } from '#server/bookings/visit.ts';
import { lengthInWords, momentInWords, priceInWords, wallClock, zoneInWords } from '../../words/wall-clock.ts';
import { artOf, eventPath, whereInWords } from '../event-card.ts';
import { placesInWords, STATUSES } from './bookings-texts.ts';

const MINUTE_MS = 60_000;

/** A visit as pages show it, in words. */
export type VisitCard = ReturnType<typeof visitCardOf>;

/** `path` is where the viewer manages it: a page of theirs, or a mailed link. */
export function visitCardOf(visit: Visit, { now, path = `/bookings/${visit.id}` }: { now: Date; path?: string }) {
  const { event, status } = visit;
  const startsIn = event.date_time.getTime() - now.getTime();
  const isOver = startsIn + event.duration * MINUTE_MS <= 0;
  const isOff = hasEnded(status);
  const isNoted = status === 'attended' || status === 'no_show';
  const takesBookings = event.is_active && event.cancelled_at === null && startsIn > 0;
  const { word, icon } = STATUSES[status === 'confirmed' && isOver ? 'over' : status] ?? { word: status, icon: 'info' };
  return {
    id: visit.id,
    path,
    status: word,
    icon,
    isOff,
    isOver,
    isNoted,
    isWaiting: status === 'waitlisted',
    mayCancel: !isOff && startsIn > 0 && !isNoted,
    mayBookAgain: isOff && takesBookings,
    isEventOff: status === 'event_cancelled',
    seats: visit.seats,
    places: placesInWords(visit.seats),
    title: event.title,
    eventPath: eventPath(event),
    startsAt: event.date_time.toISOString(),
    when: wallClock(event.date_time, event.duration, event.time_zone),
    starts: momentInWords(event.date_time, event.time_zone),
    movedFrom: event.moved_from && !isOff ? momentInWords(event.moved_from, event.time_zone) : null,
    zone: zoneInWords(event.time_zone),
    timeZone: event.time_zone,
    length: lengthInWords(event.duration),
    facilitator: event.facilitator,
    where: whereInWords(event),
    total: priceInWords(event.price * visit.seats, event.currency),
    isFree: event.price === 0,
    art: artOf(event),
  };
}
