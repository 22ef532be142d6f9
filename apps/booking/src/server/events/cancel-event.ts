import type { Kysely } from 'kysely';
import type { Identity } from '#server/accounts/identity.ts';
import type { DB } from '#server/database-types.ts';
import type { Event } from './event.ts';
import { cancelEventAndBookings } from './event-queries.ts';
import { lockOwnEvent } from './lock-own-event.ts';

/**
 * Cancels an event for good: its facilitator or an admin. Bookings that held or waited for a seat become
 * `event_cancelled`, and everybody is told. Asking twice is asking once. Refuses with `not-found`, or with
 * `forbidden` for somebody else's event.
 */
export async function cancelEvent(db: Kysely<DB>, id: number, actor: Identity): Promise<Event> {
  return await db.transaction().execute(async (trx) => {
    await lockOwnEvent(trx, id, actor);
    return await cancelEventAndBookings(trx, id);
  });
}
