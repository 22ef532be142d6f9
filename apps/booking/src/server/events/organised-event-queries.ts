import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { DB } from '#server/database-types.ts';
import type { Event, OrganisedState } from './event.ts';
import { type EventPosition, hasWords } from './event-filter-queries.ts';
import { type ListedEvent, STARTS_AT } from './event-list-queries.ts';
import { EVENT_COLUMNS } from './event-queries.ts';

const TABLES = sql`events e join facilitators f on f.id = e.facilitator_id`;
// What an index can be asked first, so that nobody walks through all that is over to find what is not.
const MAY_BE_AHEAD = sql`e.date_time > now() - make_interval(mins => (select max(duration) from events))`;
const IS_AHEAD = sql<boolean>`${MAY_BE_AHEAD} and e.date_time + make_interval(mins => e.duration) > now()`;
const IS_BEHIND = sql<boolean>`e.date_time <= now() and e.date_time + make_interval(mins => e.duration) <= now()`;
const STATES: Record<OrganisedState, RawBuilder<boolean>> = {
  upcoming: sql`e.cancelled_at is null and ${IS_AHEAD}`,
  closed: sql`e.cancelled_at is null and not e.is_active and ${IS_AHEAD}`,
  past: sql`e.cancelled_at is null and ${IS_BEHIND}`,
  cancelled: sql`e.cancelled_at is not null`,
};
const LATEST_FIRST: ReadonlySet<OrganisedState> = new Set(['past', 'cancelled']);

/** Events in a state, everybody's or one facilitator's: what is ahead soonest first, what is behind latest first. */
export async function selectOrganisedEvents(
  db: Kysely<DB>,
  options: {
    facilitatorIds: readonly number[] | undefined;
    state: OrganisedState;
    words: readonly string[];
    after: EventPosition | undefined;
    limit: number;
  },
): Promise<ListedEvent[]> {
  const { state, words, after, limit } = options;
  const conditions = [STATES[state], isOf(options.facilitatorIds)];
  const isLatestFirst = LATEST_FIRST.has(state);
  if (after) {
    const [startsAt, id] = after;
    const isBeyond = isLatestFirst ? sql`<` : sql`>`;
    conditions.push(sql`(e.date_time, e.id) ${isBeyond} (${startsAt}::timestamptz, ${id}::integer)`);
  }
  if (words.length > 0) {
    conditions.push(sql`exists (select 1 from event_search s where s.event_id = e.id and ${hasWords(words)})`);
  }
  const order = isLatestFirst ? sql`e.date_time desc, e.id desc` : sql`e.date_time, e.id`;
  const { rows } = await sql<ListedEvent>`
    select ${EVENT_COLUMNS}, ${STARTS_AT} from ${TABLES}
    where ${sql.join(conditions, sql` and `)}
    order by ${order} limit ${limit}`.execute(db);
  return rows;
}

/** What is on, or only what begins, between two moments and was not cancelled; soonest first. */
export async function selectEventsBetween(
  db: Kysely<DB>,
  options: {
    facilitatorIds: readonly number[] | undefined;
    is: 'on' | 'beginning';
    from: Date;
    to: Date;
    limit: number;
  },
): Promise<Event[]> {
  const { from, to } = options;
  const isLateEnough =
    options.is === 'on' ? sql`e.date_time + make_interval(mins => e.duration) > ${from}` : sql`e.date_time >= ${from}`;
  const { rows } = await sql<Event>`
    select ${EVENT_COLUMNS} from ${TABLES}
    where e.cancelled_at is null and ${isOf(options.facilitatorIds)}
      and e.date_time < ${to} and ${isLateEnough}
    order by e.date_time, e.id limit ${options.limit}`.execute(db);
  return rows;
}

export interface UnmarkedEvent {
  id: number;
  title: string;
  date_time: Date;
  time_zone: string;
  /** Bookings of which nobody noted what became of them. */
  people: number;
}

/** Events over since `since` with people of whom nobody noted whether they came, the latest first. */
export async function selectUnmarkedEvents(
  db: Kysely<DB>,
  options: { facilitatorIds: readonly number[] | undefined; since: Date; limit: number },
): Promise<UnmarkedEvent[]> {
  const { rows } = await sql<UnmarkedEvent>`
    select e.id, e.title, e.date_time, e.time_zone, count(*)::integer as people
    from events e join bookings b on b.event_id = e.id and b.status = 'confirmed'
    where ${STATES.past} and ${isOf(options.facilitatorIds)} and e.date_time >= ${options.since}
    group by e.id order by e.date_time desc, e.id desc limit ${options.limit}`.execute(db);
  return rows;
}

/** How many events ahead take no bookings, and whether there is one at all from one moment to another. */
export async function selectOutlook(
  db: Kysely<DB>,
  { facilitatorIds, from, to }: { facilitatorIds: readonly number[] | undefined; from: Date; to: Date },
): Promise<{ closed: number; ahead: number; between: number }> {
  const { rows } = await sql<{ closed: number; ahead: number; between: number }>`
    select (count(*) filter (where not e.is_active))::integer as closed, count(*)::integer as ahead,
           (count(*) filter (where e.date_time >= ${from} and e.date_time < ${to}))::integer as between
    from events e where ${STATES.upcoming} and ${isOf(facilitatorIds)}`.execute(db);
  return rows[0] ?? { closed: 0, ahead: 0, between: 0 };
}

function isOf(facilitatorIds: readonly number[] | undefined): RawBuilder<boolean> {
  if (facilitatorIds === undefined) return sql`true`;
  const [only, ...more] = facilitatorIds;
  // Of one facilitator an index has the events in their order.
  if (only !== undefined && more.length === 0) return sql`e.facilitator_id = ${only}`;
  return sql`e.facilitator_id = any (${facilitatorIds}::integer[])`;
}
