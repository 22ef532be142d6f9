import { type Kysely, sql } from 'kysely';
import type { DB } from '#server/database-types.ts';
import type { Booking } from './booking.ts';
import type { Visit, VisitedEvent } from './visit.ts';

type Row = Booking & Omit<VisitedEvent, 'id'> & { version: number; startsAt: string };

/** Where a page of visits ends: the start of its last event, to the microsecond, and its booking. */
export type VisitPosition = readonly [startsAt: string, bookingId: number];

export interface PlacedVisit extends Visit {
  startsAt: string;
}

const COLUMNS = sql`
  b.id, b.user_id, b.event_id, b.booking_date, b.status, b.seats, b.version,
  e.title, e.event_type, e.date_time, e.duration, e.price, e.currency, e.time_zone, e.place, e.online, e.practice,
  e.summary, e.is_active, e.cancelled_at, e.moved_from, json_build_object('id', f.id, 'name', f.name) as facilitator,
  to_char(e.date_time at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as "startsAt"`;
const TABLES = sql`bookings b join events e on e.id = b.event_id join facilitators f on f.id = e.facilitator_id`;
// What a person still goes to: it stands, and is not over.
const IS_AHEAD = sql`(holds_seat(b.status) or b.status = 'waitlisted')
  and e.date_time + make_interval(mins => e.duration) > now()`;

/** What a person still goes to, soonest first. */
export async function selectVisitsAhead(db: Kysely<DB>, userId: number, limit: number): Promise<Visit[]> {
  const { rows } = await sql<Row>`
    select ${COLUMNS} from ${TABLES} where b.user_id = ${userId} and ${IS_AHEAD}
    order by e.date_time, b.id limit ${limit}`.execute(db);
  return rows.map(visitOf);
}

/** What is over or was cancelled, latest first. */
export async function selectVisitsBehind(
  db: Kysely<DB>,
  { userId, before, limit }: { userId: number; before: VisitPosition | undefined; limit: number },
): Promise<PlacedVisit[]> {
  const isBefore = before ? sql`(e.date_time, b.id) < (${before[0]}::timestamptz, ${before[1]}::integer)` : sql`true`;
  const { rows } = await sql<Row>`
    select ${COLUMNS} from ${TABLES} where b.user_id = ${userId} and not (${IS_AHEAD}) and ${isBefore}
    order by e.date_time desc, b.id desc limit ${limit}`.execute(db);
  return rows.map(visitOf);
}

export async function selectVisit(
  db: Kysely<DB>,
  { id, userId }: { id: number; userId: number },
): Promise<Visit | undefined> {
  const { rows } = await sql<Row>`
    select ${COLUMNS} from ${TABLES} where b.id = ${id} and b.user_id = ${userId}`.execute(db);
  return rows[0] && visitOf(rows[0]);
}

/** A booking with its event, whoever's it is: for whoever holds a link to it. */
export async function selectVisitOf(db: Kysely<DB>, bookingId: number): Promise<Visit | undefined> {
  const { rows } = await sql<Row>`select ${COLUMNS} from ${TABLES} where b.id = ${bookingId}`.execute(db);
  return rows[0] && visitOf(rows[0]);
}

/** The booking by which a person has a place at an event, or waits for one. */
export async function selectOwnPlace(
  db: Kysely<DB>,
  { userId, eventId }: { userId: number; eventId: number },
): Promise<Booking | undefined> {
  const { rows } = await sql<Booking>`
    select b.id, b.user_id, b.event_id, b.booking_date, b.status, b.seats from bookings b
    where b.event_id = ${eventId} and b.user_id = ${userId}
      and (holds_seat(b.status) or b.status = 'waitlisted')`.execute(db);
  return rows[0];
}

function visitOf({
  id,
  user_id,
  event_id,
  booking_date,
  status,
  seats,
  version,
  startsAt,
  ...event
}: Row): PlacedVisit {
  return { id, user_id, event_id, booking_date, status, seats, version, startsAt, event: { id: event_id, ...event } };
}
