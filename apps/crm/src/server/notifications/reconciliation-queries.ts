import type { BookingState } from '@samaya/booking-notification/digest.ts';
import { type Kysely, sql } from 'kysely';
import type { DB } from '#server/database-types.ts';
import type { Reconciliation } from './reconciliation.ts';

// The class of this advisory lock; the intake has another.
const RECONCILING = 2;

/** Runs `work` unless another process is at it; `undefined` then. The lock ends with its connection, whatever happens. */
export async function withReconcilingLock<T>(db: Kysely<DB>, work: () => Promise<T>): Promise<T | undefined> {
  return await db.connection().execute(async (connection) => {
    const { rows } = await sql<{ mine: boolean }>`
      select pg_try_advisory_lock(${RECONCILING}, 0) as mine`.execute(connection);
    if (!rows[0]?.mine) return undefined;
    try {
      return await work();
    } finally {
      await sql`select pg_advisory_unlock(${RECONCILING}, 0)`.execute(connection);
    }
  });
}

/**
 * The newest state known of each booking with an id above `after`, up to `to`, in their order. Of two rows of one
 * version the younger counts.
 */
export async function listKnownStates(
  db: Kysely<DB>,
  { after, to, limit }: { after: number; to: number; limit: number },
): Promise<BookingState[]> {
  const { rows } = await sql<BookingState>`
    select distinct on (booking_id) booking_id, version, status, facilitator_id
    from booking_notifications where booking_id > ${after} and booking_id <= ${to}
    order by booking_id, version desc, id desc limit ${limit}`.execute(db);
  return rows;
}

/** The same of certain bookings. */
export async function listKnownStatesOf(db: Kysely<DB>, bookingIds: readonly number[]): Promise<BookingState[]> {
  const { rows } = await sql<BookingState>`
    select distinct on (booking_id) booking_id, version, status, facilitator_id
    from booking_notifications where booking_id = any (${bookingIds}::integer[])
    order by booking_id, version desc, id desc`.execute(db);
  return rows;
}

/** The same of the bookings that are with a facilitator by what is known newest. */
export async function listStatesWith(
  db: Kysely<DB>,
  { facilitatorId, after, to }: { facilitatorId: number; after: number; to: number },
): Promise<BookingState[]> {
  const { rows } = await sql<BookingState>`
    select distinct on (booking_id) booking_id, version, status, facilitator_id
    from booking_notifications told
    where facilitator_id = ${facilitatorId} and booking_id > ${after} and booking_id <= ${to}
      and not exists (
        select 1 from booking_notifications newer
        where newer.booking_id = told.booking_id and (newer.version, newer.id) > (told.version, told.id))
    order by booking_id`.execute(db);
  return rows;
}

/** When a facilitator's newest notification arrived. */
export async function findNewestArrival(db: Kysely<DB>, facilitatorId: number): Promise<Date | undefined> {
  const row = await db
    .selectFrom('booking_notifications')
    .select('received_at')
    .where('facilitator_id', '=', facilitatorId)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.received_at;
}

export async function insertReconciliation(db: Kysely<DB>, run: Reconciliation & { startedAt: Date }): Promise<void> {
  const { startedAt, compared, healed, waiting, unhealed, extra, ahead } = run;
  await db
    .insertInto('reconciliations')
    .values({ started_at: startedAt, compared, healed, waiting, unhealed, extra, ahead })
    .execute();
}

/** The last one that came to its end, and how many bookings all of them healed. */
export async function findLastReconciliation(
  db: Kysely<DB>,
): Promise<(Reconciliation & { finishedAt: Date; healedEver: number }) | undefined> {
  const { rows } = await sql<Reconciliation & { finishedAt: Date; healedEver: number }>`
    select compared, healed, waiting, unhealed, extra, ahead, finished_at as "finishedAt",
           (select sum(healed)::integer from reconciliations) as "healedEver"
    from reconciliations order by finished_at desc limit 1`.execute(db);
  return rows[0];
}
