import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { DB } from '#server/database-types.ts';
import type { EventInBrief } from './event.ts';
import { type EventFilter, IN_ORDER, isFoundBy, isOpen, matches } from './event-filter-queries.ts';
import { BRIEF_EVENT_COLUMNS } from './event-queries.ts';

/** An event on the day it has on the studio's clock. */
export interface DayEvent extends EventInBrief {
  day: string;
  /** How many there are on that day, itself included. */
  onThatDay: number;
}

/** A span of days on the studio's clock, both ends included. */
export interface DaySpan {
  from: string;
  to: string;
}

// The zone is read once, not for every event.
const DAY = sql`(e.date_time at time zone studio.time_zone)::date::text`;

/** The first events of each day that has any, in order; `perDay` of a day at most. */
export async function selectEventsByDay(
  db: Kysely<DB>,
  words: readonly string[],
  { filter, from, to, perDay }: DaySpan & { filter: EventFilter; perDay: number },
): Promise<DayEvent[]> {
  const { rows } = await sql<DayEvent>`
    with dated as (
      select e.*, ${DAY} as day from events e cross join studio
      where ${isOpen({ from, to })} and ${matches(filter)} and ${isFoundBy(words)}),
    numbered as (
      select *, row_number() over (partition by day order by date_time, id) as place_in_day,
        (count(*) over (partition by day))::int as "onThatDay" from dated)
    select ${BRIEF_EVENT_COLUMNS}, e.day, e."onThatDay"
    from numbered e join facilitators f on f.id = e.facilitator_id
    where e.place_in_day <= ${perDay} ${IN_ORDER}`.execute(db);
  return rows;
}

/** The nearest days with such events: the last before the span and the first after it. */
export async function selectNearestDays(
  db: Kysely<DB>,
  words: readonly string[],
  { filter, before, after }: { filter: EventFilter; before: string | undefined; after: string | undefined },
): Promise<{ before: string | null; after: string | null }> {
  const nearest = (span: EventFilter, order: RawBuilder<unknown>) => sql`(
    select ${DAY} from events e
    where ${isOpen(span)} and ${matches(filter)} and ${isFoundBy(words)} order by ${order} limit 1)`;
  const { rows } = await sql<{ before: string | null; after: string | null }>`
    select ${before === undefined ? sql`null` : nearest({ to: before }, sql`e.date_time desc`)} as before,
      ${after === undefined ? sql`null` : nearest({ from: after }, sql`e.date_time`)} as after
    from studio`.execute(db);
  return rows[0] ?? { before: null, after: null };
}
