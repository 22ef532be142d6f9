import { type Kysely, sql } from 'kysely';
import type { DB } from '#server/database-types.ts';

/** Whether a person was written to lately because they asked for a place they have. */
export async function wasToldAgainLately(
  db: Kysely<DB>,
  { userId, eventId, minutes }: { userId: number; eventId: number; minutes: number },
): Promise<boolean> {
  const { rows } = await sql`
    select 1 from outbox where kind = 'guest.again' and user_id = ${userId} and event_id = ${eventId}
      and occurred_at > clock_timestamp() - make_interval(mins => ${minutes}) limit 1`.execute(db);
  return rows.length > 0;
}
