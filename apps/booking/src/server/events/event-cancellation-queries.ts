import { sql, type Transaction } from 'kysely';
import type { DB } from '#server/database-types.ts';

/** Locks an event for a change; who runs it decides who may. */
export async function lockEventOwner(
  trx: Transaction<DB>,
  id: number,
): Promise<{ facilitator_id: number } | undefined> {
  return await trx
    .selectFrom('events')
    .select('facilitator_id')
    .where('id', '=', id)
    .forNoKeyUpdate()
    .executeTakeFirst();
}

/** Marks a locked event cancelled and ends the bookings that held or waited for a seat; attendance stays. */
export async function cancelEventAndBookings(trx: Transaction<DB>, id: number): Promise<void> {
  await trx
    .updateTable('events')
    .set({ cancelled_at: sql<Date>`coalesce(cancelled_at, clock_timestamp())`, is_active: false })
    .where('id', '=', id)
    .execute();
  await trx
    .updateTable('bookings')
    .set({ status: 'event_cancelled' })
    .where('event_id', '=', id)
    .where('status', 'in', ['confirmed', 'pending', 'offered', 'waitlisted'])
    .execute();
}
