import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { DB } from '#server/database-types.ts';
import { type Event, type EventType, TIMES_OF_DAY, type TimeOfDay } from './event.ts';
import { EVENT_COLUMNS } from './event-queries.ts';

export interface EventFilter {
  event_type?: EventType | undefined;
  practice?: string | undefined;
  facilitator_id?: number | undefined;
  /** A moment, or a day on the studio's clock, both ends included. */
  from?: Date | string | undefined;
  to?: Date | string | undefined;
  time_of_day?: TimeOfDay | undefined;
  price_max?: number | undefined;
  available?: boolean | undefined;
}

/** Where a page ends: the start of its last event, to the microsecond, and its id. */
export type EventPosition = readonly [startsAt: string, id: number];

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
const IN_ORDER = sql`order by e.date_time, e.id`;
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

/** What the index by start decides. `now()`, not `clock_timestamp()`, which no index can be asked with. */
function isOpen(filter: EventFilter, after: EventPosition | undefined): RawBuilder<boolean> {
  const conditions = [sql`e.is_active and e.cancelled_at is null and e.date_time > now()`];
  if (filter.from instanceof Date) conditions.push(sql`e.date_time >= ${filter.from}`);
  else if (filter.from !== undefined) conditions.push(sql`e.date_time >= ${beginningOf(sql`${filter.from}::date`)}`);
  if (filter.to instanceof Date) conditions.push(sql`e.date_time <= ${filter.to}`);
  else if (filter.to !== undefined) conditions.push(sql`e.date_time < ${beginningOf(sql`${filter.to}::date + 1`)}`);
  if (after !== undefined) {
    const [startsAt, id] = after;
    conditions.push(sql`(e.date_time, e.id) > (${startsAt}::timestamptz, ${id}::integer)`);
  }
  return sql<boolean>`${sql.join(conditions, sql` and `)}`;
}

function beginningOf(day: RawBuilder<unknown>): RawBuilder<Date> {
  return sql<Date>`(${day})::timestamp at time zone studio_time_zone()`;
}

function matches(filter: EventFilter): RawBuilder<boolean> {
  const conditions = [sql`true`];
  if (filter.event_type) conditions.push(sql`e.event_type = ${filter.event_type}`);
  if (filter.practice) {
    conditions.push(sql`e.practice is not null and search_form(e.practice) = search_form(${filter.practice})`);
  }
  if (filter.facilitator_id !== undefined) conditions.push(sql`e.facilitator_id = ${filter.facilitator_id}`);
  if (filter.time_of_day) {
    const { from, until } = TIMES_OF_DAY[filter.time_of_day];
    const hour = sql`extract(hour from e.date_time at time zone e.time_zone)`;
    const isWithin = from < until ? sql`between ${from} and ${until - 1}` : sql`not between ${until} and ${from - 1}`;
    conditions.push(sql`${hour} ${isWithin}`);
  }
  if (filter.price_max !== undefined) conditions.push(sql`e.price <= ${filter.price_max}`);
  if (filter.available) conditions.push(sql`e.seats_taken < e.max_participants`);
  return sql<boolean>`${sql.join(conditions, sql` and `)}`;
}

/** Whether the words of an event, `event_search s`, have all of `words`. */
export function hasWords(words: readonly string[]): RawBuilder<boolean> {
  return sql<boolean>`${sql.join(
    words.map((word) => sql`s.words like search_pattern(${word})`),
    sql` and `,
  )}`;
}
