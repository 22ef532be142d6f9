import type { Kysely } from 'kysely';
import type { Identity } from '#server/accounts/identity.ts';
import type { DB } from '#server/database-types.ts';
import { BookingError } from '#server/errors.ts';
import type { Event } from './event.ts';
import { refuseOthersFacilitator, refusePastStart } from './event-access.ts';
import { type EventFields, updateEvent } from './event-queries.ts';
import { versionOf } from './event-version.ts';
import { lockOwnEvent } from './lock-own-event.ts';

/**
 * Changes the fields given; who booked is told of a new time, place, title or facilitator. Refuses with `not-found`,
 * `forbidden` (somebody else's event, or giving it to somebody), `event-cancelled` (that is final), `invalid` as when
 * it is created, `seats-taken` when it would have fewer places than are taken, and `event-changed` when it is not as
 * it was `seen` any more.
 */
export async function changeEvent(
  db: Kysely<DB>,
  id: number,
  changes: Partial<Omit<EventFields, 'date_time' | 'facilitator_id'>> & { facilitator_id?: number; date_time?: Date },
  actor: Identity,
  { seen }: { seen?: string } = {},
): Promise<Event> {
  return await db.transaction().execute(async (trx) => {
    const event = await lockOwnEvent(trx, id, actor);
    if (event.cancelled_at !== null) {
      throw new BookingError('event-cancelled', 'This event was cancelled; that is final. Create a new one.');
    }
    if (seen !== undefined && seen !== versionOf(event)) {
      throw new BookingError('event-changed', 'Somebody changed this event after you opened it.');
    }
    const { facilitator_id: facilitatorId, date_time: start } = changes;
    if (facilitatorId !== undefined) refuseOthersFacilitator(facilitatorId, actor);
    if (start !== undefined && start.getTime() !== event.date_time.getTime()) {
      await refusePastStart(trx, start, actor);
    }
    return Object.keys(changes).length === 0 ? event : await updateEvent(trx, event, changes);
  });
}
