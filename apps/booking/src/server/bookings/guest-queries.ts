import { type Kysely, sql, type Transaction } from 'kysely';
import type { DB } from '#server/database-types.ts';

interface Place {
  userId: number;
  eventId: number;
}

/** The newest booking of a person at an event that has ended; `undefined` when there is none. */
export async function findLastEnded(db: Kysely<DB>, { userId, eventId }: Place): Promise<number | undefined> {
  const { rows } = await sql<{ id: number }>`
    select id from bookings
    where event_id = ${eventId} and user_id = ${userId} and not (holds_seat(status) or status = 'waitlisted')
    order by id desc limit 1`.execute(db);
  return rows[0]?.id;
}

/** Locks the booking by which a person has a place or waits for one, and says whether it is younger than that. */
export async function lockOwnPlace(
  trx: Transaction<DB>,
  { userId, eventId, minutes }: Place & { minutes: number },
): Promise<{ isYoung: boolean } | undefined> {
  const { rows } = await sql<{ isYoung: boolean }>`
    select booking_date > clock_timestamp() - make_interval(mins => ${minutes}) as "isYoung" from bookings
    where event_id = ${eventId} and user_id = ${userId} and (holds_seat(status) or status = 'waitlisted')
    for no key update`.execute(trx);
  return rows[0];
}
