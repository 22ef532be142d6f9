import type { Kysely } from 'kysely';
import type { DB } from '#server/database-types.ts';
import { wordsOf } from '#server/search-words.ts';
import { type DayEvent, type DaySpan, selectEventsByDay } from './event-days-queries.ts';
import type { EventFilter } from './event-filter-queries.ts';

/** A day on the studio's clock, with the first of its events and how many there are. */
export interface EventDay {
  day: string;
  count: number;
  events: DayEvent[];
}

/** The days of a span on which anybody can still come to something, soonest first, `perDay` events of each at most. */
export async function listEventDays(
  db: Kysely<DB>,
  { search, ...asked }: DaySpan & { search: string; filter: EventFilter; perDay: number },
): Promise<EventDay[]> {
  const days: EventDay[] = [];
  for (const event of await selectEventsByDay(db, wordsOf(search), asked)) {
    if (days.at(-1)?.day !== event.day) days.push({ day: event.day, count: event.onThatDay, events: [] });
    days.at(-1)?.events.push(event);
  }
  return days;
}
