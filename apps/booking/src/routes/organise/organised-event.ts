import { type Event, seatsLeft } from '#server/events/event.ts';
import { dayInShort, lengthInWords, timeOfDay, wallClock, zoneInWords } from '../../words/wall-clock.ts';
import { kindInWords, whereInWords } from '../event-card.ts';
import { placesTaken, type STATES } from './organise-texts.ts';

export type EventState = keyof typeof STATES;

/** An event as its organiser sees it in a list, in words. */
export type OrganisedEvent = ReturnType<typeof organisedEventOf>;

const MINUTE_MS = 60_000;

/** `mayRun` is whether the viewer runs it; who only assists is led to its list. */
export function organisedEventOf(event: Event, now: Date, mayRun = true) {
  const path = `/organise/events/${event.id}`;
  const rosterPath = `${path}/roster`;
  return {
    id: event.id,
    path: mayRun ? path : rosterPath,
    rosterPath,
    mayRun,
    title: event.title,
    kind: kindInWords(event),
    startsAt: event.date_time.toISOString(),
    day: dayInShort(event.date_time, event.time_zone),
    time: timeOfDay(event.date_time, event.time_zone),
    when: wallClock(event.date_time, event.duration, event.time_zone),
    zone: zoneInWords(event.time_zone),
    length: lengthInWords(event.duration),
    where: whereInWords(event),
    facilitator: event.facilitator,
    taken: event.seats_taken,
    most: event.max_participants,
    places: placesTaken(event.seats_taken, event.max_participants),
    state: stateOf(event, now),
  };
}

/** What matters most of an event's state: that it is off comes before that it is on. */
export function stateOf(event: Event, now: Date): EventState {
  const start = event.date_time.getTime();
  if (event.cancelled_at) return 'cancelled';
  if (start + event.duration * MINUTE_MS <= now.getTime()) return 'over';
  if (start <= now.getTime()) return 'running';
  if (!event.is_active) return 'closed';
  return seatsLeft(event) <= 0 ? 'full' : 'open';
}
