import { type Kysely, sql } from 'kysely';
import type { DB } from '#server/database-types.ts';
import type { Booking, BookingStatus } from './booking.ts';
import type { WantedPlace } from './booking-queries.ts';
import type { Refusal } from './booking-refusals.ts';

export interface BatchedRequest extends WantedPlace {
  /** The idempotency key sent with it, as it is stored. */
  key: { owner: string; key: string; fingerprint: string } | null;
}

export type BatchedOutcome =
  /** `answer` is what is stored under the key: the booking as JSON. */
  | { outcome: 'confirmed'; booking: Booking; answer: string }
  | { outcome: Refusal; maxParticipants: number; seatsLeft: number }
  /** To be tried by itself. */
  | { outcome: 'again' };

interface Row {
  outcome: 'confirmed' | 'again' | Refusal;
  max_participants: number | null;
  seats_left: number | null;
  id: number;
  user_id: number;
  event_id: number;
  booking_date: Date;
  status: BookingStatus;
  seats: number;
  answer: string;
}

/** Runs `book_places`, one transaction for all; see its comment in the migrations. Outcomes come in the order asked. */
export async function bookPlaces(db: Kysely<DB>, requests: readonly BatchedRequest[]): Promise<BatchedOutcome[]> {
  const { rows } = await sql<Row>`
    select outcome, max_participants, seats_left, id, user_id, event_id, booking_date, status, seats, answer
    from book_places(
      ${requests.map((request) => request.userId)}::integer[],
      ${requests.map((request) => request.eventId)}::integer[],
      ${requests.map((request) => request.seats)}::integer[],
      ${requests.map((request) => request.key?.owner ?? null)}::text[],
      ${requests.map((request) => request.key?.key ?? null)}::text[],
      ${requests.map((request) => request.key?.fingerprint ?? null)}::text[])
    order by request`.execute(db);
  return rows.map(outcomeOf);
}

function outcomeOf(row: Row): BatchedOutcome {
  if (row.outcome === 'again') return { outcome: 'again' };
  if (row.outcome !== 'confirmed') {
    return { outcome: row.outcome, maxParticipants: row.max_participants ?? 0, seatsLeft: row.seats_left ?? 0 };
  }
  const { id, user_id, event_id, booking_date, status, seats, answer } = row;
  return { outcome: 'confirmed', booking: { id, user_id, event_id, booking_date, status, seats }, answer };
}

/** Everybody who ever booked an event, `most` at most; `undefined` when there are more. */
export async function findPeopleOf(db: Kysely<DB>, eventId: number, most: number): Promise<Set<number> | undefined> {
  const rows = await db
    .selectFrom('bookings')
    .select('user_id')
    .distinct()
    .where('event_id', '=', eventId)
    .limit(most + 1)
    .execute();
  return rows.length > most ? undefined : new Set(rows.map((row) => row.user_id));
}

/** Which of these events somebody holds for a change at this moment. */
export async function findHeldEvents(db: Kysely<DB>, eventIds: readonly number[]): Promise<number[]> {
  const { rows } = await sql<{ id: number }>`
    with free as materialized (
      select id from events where id = any (${eventIds}::integer[]) for no key update skip locked)
    select id from events where id = any (${eventIds}::integer[]) and id not in (select id from free)`.execute(db);
  return rows.map((row) => row.id);
}
