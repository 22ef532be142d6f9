import { type Kysely, sql, type Transaction } from 'kysely';
import type { DB } from '#server/database-types.ts';
import { ATTENDANCE_OPENS_MINUTES, type Attendance } from './booking.ts';
import type { RosterEntry } from './booking-queries.ts';

/** Where a page by name ends: the last name as it is sorted, and its booking. */
export type NamePosition = readonly [name: string, id: number];

export interface NamedEntry extends RosterEntry {
  sortName: string;
}

/** How many people and places of an event are in which state. */
export interface RosterFigures {
  people: number;
  seats: number;
  attended: number;
  missed: number;
  /** Neither noted as there nor as missing. */
  open: number;
  /** Bookings that have ended. */
  gone: number;
}

const ENTRY = sql`
  b.id, b.user_id, u.name as user_name, u.email as user_email, b.seats, b.status, b.booking_date,
  search_form(u.name) as "sortName"`;
const HOLDS = sql`holds_seat(b.status)`;
const HAS_ENDED = sql`b.status in ('cancelled', 'event_cancelled', 'expired')`;

/** Who has a place at an event, by name; at most `limit`, those after `after`. `words` must all occur in name or address. */
export async function selectRosterByName(
  db: Kysely<DB>,
  options: { eventId: number; words: readonly string[]; after: NamePosition | undefined; limit: number },
): Promise<NamedEntry[]> {
  const { eventId, words, after, limit } = options;
  const isAfter = after ? sql`(search_form(u.name), b.id) > (${after[0]}, ${after[1]}::integer)` : sql`true`;
  const { rows } = await sql<NamedEntry>`
    select ${ENTRY} from bookings b join users u on u.id = b.user_id
    where b.event_id = ${eventId} and not ${HAS_ENDED} and ${isAfter} and ${hasWords(words)}
    order by search_form(u.name), b.id limit ${limit}`.execute(db);
  return rows;
}

/** Whose booking of an event has ended, the newest first. */
export async function selectGone(
  db: Kysely<DB>,
  { eventId, words, limit }: { eventId: number; words: readonly string[]; limit: number },
): Promise<RosterEntry[]> {
  const { rows } = await sql<RosterEntry>`
    select ${ENTRY} from bookings b join users u on u.id = b.user_id
    where b.event_id = ${eventId} and ${HAS_ENDED} and ${hasWords(words)}
    order by b.id desc limit ${limit}`.execute(db);
  return rows;
}

export async function selectRosterFigures(db: Kysely<DB>, eventId: number): Promise<RosterFigures> {
  const { rows } = await sql<RosterFigures>`
    select (count(*) filter (where ${HOLDS}))::integer as people,
           coalesce(sum(b.seats) filter (where ${HOLDS}), 0)::integer as seats,
           (count(*) filter (where b.status = 'attended'))::integer as attended,
           (count(*) filter (where b.status = 'no_show'))::integer as missed,
           (count(*) filter (where b.status = 'confirmed'))::integer as open,
           (count(*) filter (where ${HAS_ENDED}))::integer as gone
    from bookings b where b.event_id = ${eventId}`.execute(db);
  const [figures] = rows;
  if (!figures) throw new Error('an aggregate answered no row');
  return figures;
}

/** Who is told when an event changes or is cancelled: how many, and the first names. */
export async function selectPeopleTold(
  db: Kysely<DB>,
  { eventId, of, most }: { eventId: number; of: 'change' | 'cancellation'; most: number },
): Promise<{ count: number; names: string[] }> {
  const isTold = of === 'change' ? HOLDS : sql`b.status in ('confirmed', 'pending', 'offered', 'waitlisted')`;
  const { rows } = await sql<{ name: string; count: number }>`
    select u.name, (count(*) over ())::integer as count from bookings b join users u on u.id = b.user_id
    where b.event_id = ${eventId} and ${isTold}
    order by search_form(u.name), b.id limit ${most}`.execute(db);
  return { count: rows[0]?.count ?? 0, names: rows.map(({ name }) => name) };
}

function hasWords(words: readonly string[]) {
  if (words.length === 0) return sql`true`;
  return sql.join(
    words.map((word) => sql`search_form(u.name || ' ' || u.email) like search_pattern(${word})`),
    sql` and `,
  );
}

/** One booking of an event, whatever became of it. */
export async function selectRosterEntry(
  db: Kysely<DB>,
  { eventId, bookingId }: { eventId: number; bookingId: number },
): Promise<RosterEntry | undefined> {
  const { rows } = await sql<NamedEntry>`
    select ${ENTRY} from bookings b join users u on u.id = b.user_id
    where b.event_id = ${eventId} and b.id = ${bookingId}`.execute(db);
  return rows[0];
}

/**
 * Notes the same of many bookings of a locked event, all of them without `ids`; answers which it changed. None before
 * attendance can be noted, nor after the event was cancelled.
 */
export async function updateAttendances(
  trx: Transaction<DB>,
  options: { eventId: number; ids: readonly number[] | undefined; from: Attendance; to: Attendance },
): Promise<number[]> {
  const { eventId, ids, from, to } = options;
  const { rows } = await sql<{ id: number }>`
    update bookings b set status = ${to} from events e
    where e.id = b.event_id and b.event_id = ${eventId} and b.status = ${from}
      and (${ids === undefined} or b.id = any (${ids ?? []}::integer[]))
      and e.cancelled_at is null
      and e.date_time - make_interval(mins => ${ATTENDANCE_OPENS_MINUTES}) <= clock_timestamp()
    returning b.id`.execute(trx);
  return rows.map(({ id }) => id);
}
