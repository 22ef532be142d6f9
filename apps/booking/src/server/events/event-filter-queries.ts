import { type RawBuilder, sql } from 'kysely';
import { type EventType, TIMES_OF_DAY, type TimeOfDay } from './event.ts';

export interface EventFilter {
  event_type?: EventType | undefined;
  practice?: string | undefined;
  level?: string | undefined;
  facilitator_id?: number | undefined;
  /** A moment, or a day on the studio's clock, both ends included. */
  from?: Date | string | undefined;
  to?: Date | string | undefined;
  time_of_day?: TimeOfDay | undefined;
  price_max?: number | undefined;
  /** Only what is online, or only what is not. */
  online?: boolean | undefined;
  available?: boolean | undefined;
}

/** Where a page ends: the start of its last event, to the microsecond, and its id. */
export type EventPosition = readonly [startsAt: string, id: number];

export const IN_ORDER = sql`order by e.date_time, e.id`;

/** What the index by start decides. */
export function isOpen(filter: EventFilter, after?: EventPosition): RawBuilder<boolean> {
  return all([sql`e.is_active and e.cancelled_at is null`, isAhead(filter, after)]);
}

/** Whether an event has yet to start. `now()`, not `clock_timestamp()`, which no index can be asked with. */
export function isAhead(filter: EventFilter, after?: EventPosition): RawBuilder<boolean> {
  return all([sql`e.date_time > now()`, isBetween(filter, after)]);
}

/** Whether an event starts in the span of time that is asked for. */
export function isBetween({ from, to }: EventFilter, after?: EventPosition): RawBuilder<boolean> {
  const conditions: RawBuilder<unknown>[] = [];
  if (from instanceof Date) conditions.push(sql`e.date_time >= ${from}`);
  else if (from !== undefined) conditions.push(sql`e.date_time >= ${beginningOf(sql`${from}::date`)}`);
  if (to instanceof Date) conditions.push(sql`e.date_time <= ${to}`);
  else if (to !== undefined) conditions.push(sql`e.date_time < ${beginningOf(sql`${to}::date + 1`)}`);
  if (after !== undefined) {
    const [startsAt, id] = after;
    conditions.push(sql`(e.date_time, e.id) > (${startsAt}::timestamptz, ${id}::integer)`);
  }
  return all(conditions);
}

function beginningOf(day: RawBuilder<unknown>): RawBuilder<Date> {
  return sql<Date>`(${day})::timestamp at time zone studio_time_zone()`;
}

/** The fields of a filter that say what an event is, rather than when. */
export type EventTrait = Exclude<keyof EventFilter, 'from' | 'to'>;

/** Whether an event is what is asked for. */
export function matches(filter: EventFilter): RawBuilder<boolean> {
  return all(Object.values(traitsOf(filter)));
}

/** A condition for each thing that is asked for. */
export function traitsOf(filter: EventFilter): Partial<Record<EventTrait, RawBuilder<boolean>>> {
  return {
    ...(filter.event_type && { event_type: sql<boolean>`e.event_type = ${filter.event_type}` }),
    ...(filter.practice && { practice: isSaid(sql`e.practice`, filter.practice) }),
    ...(filter.level && { level: isSaid(sql`e.level`, filter.level) }),
    ...(filter.facilitator_id !== undefined && {
      facilitator_id: sql<boolean>`e.facilitator_id = ${filter.facilitator_id}`,
    }),
    ...(filter.time_of_day && { time_of_day: isAt(filter.time_of_day) }),
    ...(filter.price_max !== undefined && { price_max: sql<boolean>`e.price <= ${filter.price_max}` }),
    ...(filter.online !== undefined && { online: sql<boolean>`e.online = ${filter.online}` }),
    ...(filter.available && { available: sql<boolean>`e.seats_taken < e.max_participants` }),
  };
}

function isSaid(column: RawBuilder<unknown>, words: string): RawBuilder<boolean> {
  return sql<boolean>`${column} is not null and search_form(${column}) = search_form(${words})`;
}

/** Whether an event starts at that time of its own day. */
export function isAt(timeOfDay: TimeOfDay): RawBuilder<boolean> {
  const { from, until } = TIMES_OF_DAY[timeOfDay];
  const hour = sql`extract(hour from e.date_time at time zone e.time_zone)`;
  return from < until
    ? sql<boolean>`${hour} between ${from} and ${until - 1}`
    : sql<boolean>`${hour} not between ${until} and ${from - 1}`;
}

/** Of `event_search s`: whether an event has all of `words`. */
export function hasWords(words: readonly string[]): RawBuilder<boolean> {
  return all(words.map((word) => sql`s.words like search_pattern(${word})`));
}

/** The same of `events e`, for a question that does not join their words. */
export function isFoundBy(words: readonly string[]): RawBuilder<boolean> {
  if (words.length === 0) return sql<boolean>`true`;
  return sql<boolean>`e.id in (select s.event_id from event_search s where ${hasWords(words)})`;
}

/** The same where there are few events to look at: else the words of all are read to find those of a few. */
export function isFoundAmongFew(words: readonly string[]): RawBuilder<boolean> {
  if (words.length === 0) return sql<boolean>`true`;
  return sql<boolean>`(select ${hasWords(words)} from event_search s where s.event_id = e.id)`;
}

function all(conditions: readonly RawBuilder<unknown>[]): RawBuilder<boolean> {
  return conditions.length === 0 ? sql<boolean>`true` : sql<boolean>`${sql.join(conditions, sql` and `)}`;
}
