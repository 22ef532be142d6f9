import { PlatformError } from '@samaya/platform/platform-error.ts';
import type { Kysely } from 'kysely';
import type { Identity } from '#server/accounts/identity.ts';
import type { DB } from '#server/database-types.ts';
import { cancelEventAndBookings, lockEventOwner } from './event-cancellation-queries.ts';

/**
 * Cancels an event for good: its facilitator or an admin. Bookings that held or waited for a seat become
 * `event_cancelled`, and everybody is told. Asking twice is asking once. Refuses with `not-found`, or with
 * `forbidden` for somebody else's event.
 */
export async function cancelEvent(db: Kysely<DB>, id: number, actor: Identity): Promise<void> {
  await db.transaction().execute(async (trx) => {
    const event = await lockEventOwner(trx, id);
    if (!event) throw new PlatformError('not-found', 'There is no such event.');
    if (!actor.isAdmin && actor.facilitatorId !== event.facilitator_id) {
      throw new PlatformError('forbidden', 'Only its facilitator or an admin can cancel this event.');
    }
    await cancelEventAndBookings(trx, id);
  });
}
