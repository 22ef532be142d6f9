import type { Kysely } from 'kysely';
import type { Identity } from '#server/accounts/identity.ts';
import type { Origin } from '#server/audit/audit.ts';
import { recordAct } from '#server/audit/record-act.ts';
import type { DB } from '#server/database-types.ts';
import type { Event } from './event.ts';
import { cancelEventAndBookings } from './event-queries.ts';
import { lockOwnEvent } from './lock-own-event.ts';

/**
 * Cancels an event for good: its facilitator or an admin. Bookings that held or waited for a seat become
 * `event_cancelled`, and everybody is told. Asking twice is asking once. Refuses with `not-found`, or with
 * `forbidden` for somebody else's event.
 */
export async function cancelEvent(db: Kysely<DB>, id: number, actor: Identity, origin?: Origin): Promise<Event> {
  return await db.transaction().execute(async (trx) => {
    const { cancelled_at: before } = await lockOwnEvent(trx, id, actor);
    const event = await cancelEventAndBookings(trx, id);
    if (!before) await recordAct(trx, { kind: 'event.cancelled', actorId: actor.userId, eventId: id }, origin);
    return event;
  });
}
