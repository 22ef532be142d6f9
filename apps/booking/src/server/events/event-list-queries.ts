import { type Kysely, sql } from 'kysely';
import type { DB } from '#server/database-types.ts';
import type { Event } from './event.ts';
import {
  type EventFilter,
  type EventPosition,
  hasWords,
  IN_ORDER,
  isAhead,
  isOpen,
  matches,
} from './event-filter-queries.ts';
import { EVENT_COLUMNS } from './event-queries.ts';

export interface ListedEvent extends Event {
  startsAt: string;
}

export interface EventListing {
  filter: EventFilter;
  after: EventPosition | undefined;
  limit: number;
}

/** The start to the microsecond, for the position where a page ends. */
export const STARTS_AT = sql<string>`to_char(e.date_time at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as "startsAt"`;
// So many of the next events are looked through for words before the index of words is asked.
const NEAR = 8000;
// Named as events are, since it is asked for their start.
const SEARCHED = sql`(select event_id as id, date_time, words from event_search) e`;

/** Events that anybody can still come to, soonest first. */
export async function selectOpenEvents(db: Kysely<DB>, { filter, after, limit }: EventListing): Promise<ListedEvent[]> {
  const { rows } = await sql<ListedEvent>`
    select ${EVENT_COLUMNS}, ${STARTS_AT}
    from events e join facilitators f on f.id = e.facilitator_id
    where ${isOpen(filter, after)} and ${matches(filter)}
    ${IN_ORDER} limit ${limit}`.execute(db);
  return rows;
}

/**
 * Those among the next events that have all of `words`. Answers at once when words are frequent, where the index of
 * words would first collect every event; a page that is not full says nothing of what comes later.
 */
export async function selectNearEventsByWords(
  db: Kysely<DB>,
  words: readonly string[],
  { filter, after, limit }: EventListing,
): Promise<ListedEvent[]> {
  // Up to a last event, rather than so many of them: then the planner may ask the index of words where they are rare.
  // As a row, of which it expects many to come before: of a start alone it expects few, and collects what is frequent.
  const last = sql`select e.date_time, e.id from ${SEARCHED} where ${isAhead(filter, after)} ${IN_ORDER} offset ${NEAR} limit 1`;
  const isNear = sql`(e.date_time, e.id) <= ((${last}) union all select 'infinity', 0 order by 1 limit 1)`;
  const { rows } = await sql<ListedEvent>`
    select ${EVENT_COLUMNS}, ${STARTS_AT}
    from (select * from ${SEARCHED} where ${isAhead(filter, after)} and ${isNear}) s
      join events e on e.id = s.id join facilitators f on f.id = e.facilitator_id
    where ${hasWords(words)} and ${isOpen({})} and ${matches(filter)}
    order by s.date_time, s.id limit ${limit}`.execute(db);
  return rows;
}

/** All events that have all of `words`, found by the index of words. */
export async function selectOpenEventsByWords(
  db: Kysely<DB>,
  words: readonly string[],
  { filter, after, limit }: EventListing,
): Promise<ListedEvent[]> {
  // Materialized, lest the order and the limit talk the planner into walking through every event; in order, so that
  // of many that are found only the first are read.
  const { rows } = await sql<ListedEvent>`
    with found as materialized (
      select s.id, s.date_time from (select * from ${SEARCHED} where ${isAhead(filter, after)}) s
      where ${hasWords(words)} order by s.date_time, s.id)
    select ${EVENT_COLUMNS}, ${STARTS_AT}
    from found join events e on e.id = found.id join facilitators f on f.id = e.facilitator_id
    where ${isOpen({})} and ${matches(filter)}
    order by found.date_time, found.id limit ${limit}`.execute(db);
  return rows;
}
