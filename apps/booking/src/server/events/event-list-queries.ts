import { type Kysely, sql } from 'kysely';
import type { DB } from '#server/database-types.ts';
import type { Event } from './event.ts';
import { type EventFilter, type EventPosition, hasWords, IN_ORDER, isOpen, matches } from './event-filter-queries.ts';
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
const NEAR = 2000;

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
  const { rows } = await sql<ListedEvent>`
    select ${EVENT_COLUMNS}, ${STARTS_AT}
    from (select * from events e where ${isOpen(filter, after)} ${IN_ORDER} limit ${NEAR}) e
      join event_search s on s.event_id = e.id
      join facilitators f on f.id = e.facilitator_id
    where ${hasWords(words)} and ${matches(filter)}
    ${IN_ORDER} limit ${limit}`.execute(db);
  return rows;
}

/** All events that have all of `words`, found by the index of words. */
export async function selectOpenEventsByWords(
  db: Kysely<DB>,
  words: readonly string[],
  { filter, after, limit }: EventListing,
): Promise<ListedEvent[]> {
  // Materialized, lest the order and the limit talk the planner into walking through every event.
  const { rows } = await sql<ListedEvent>`
    with found as materialized (select s.event_id from event_search s where ${hasWords(words)})
    select ${EVENT_COLUMNS}, ${STARTS_AT}
    from found join events e on e.id = found.event_id join facilitators f on f.id = e.facilitator_id
    where ${isOpen(filter, after)} and ${matches(filter)}
    ${IN_ORDER} limit ${limit}`.execute(db);
  return rows;
}
