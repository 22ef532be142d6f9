import type { Kysely } from 'kysely';
import { composeCalendar } from '#server/calendar/compose-calendar.ts';
import type { DB } from '#server/database-types.ts';
import { wordsOf } from '#server/search-words.ts';
import { slugOf } from './event.ts';
import { type CalendarEvent, selectCalendarEvents } from './event-calendar-queries.ts';
import type { EventFilter } from './event-filter-queries.ts';

// Calendars are read whole, by everybody who subscribed, again and again.
const MOST_EVENTS = 500;

/**
 * The events that a filter finds as a calendar to subscribe to: those not over, the next 500, and, as cancelled, those
 * that somebody had booked. Nothing in it says who. `site` is our public address, whose host makes identifiers unique
 * in the world.
 */
export async function composeEventCalendar(
  db: Kysely<DB>,
  { search, filter, ...rest }: { search: string; filter: EventFilter; name: string; site: string; now: Date },
): Promise<string> {
  const events = await selectCalendarEvents(db, wordsOf(search), { filter, limit: MOST_EVENTS });
  return composeCalendar(
    events.map((event) => entryOf(event, rest.site)),
    rest,
  );
}

function entryOf(event: CalendarEvent, site: string) {
  const url = `${site}/e/${event.id}-${slugOf(event.title)}`;
  return {
    uid: `event-${event.id}@${new URL(site).host}`,
    sequence: event.revision,
    startsAt: event.date_time,
    minutes: event.duration,
    title: event.title,
    description: [event.summary, `With ${event.facilitator.name}.`, url].filter(Boolean).join('\n'),
    place: event.place ?? (event.online ? 'Online' : null),
    url,
    isOff: event.cancelled_at !== null,
  };
}
