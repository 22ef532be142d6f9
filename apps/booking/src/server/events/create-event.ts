import { PlatformError } from '@samaya/platform/platform-error.ts';
import type { Transaction } from 'kysely';
import type { Identity } from '#server/accounts/identity.ts';
import type { DB } from '#server/database-types.ts';
import type { Event } from './event.ts';
import { refuseOthersFacilitator, refusePastStart } from './event-access.ts';
import { type EventFields, insertEvent } from './event-queries.ts';

/**
 * Adds an event. A facilitator adds their own and may leave out who leads it; an admin names anybody. Refuses with
 * `forbidden` for another facilitator's event, and with `invalid` for a start in the past (an admin may), no
 * facilitator or an unknown one.
 */
export async function createEvent(
  trx: Transaction<DB>,
  fields: Omit<EventFields, 'facilitator_id' | 'date_time'> & { facilitator_id?: number | undefined; date_time: Date },
  actor: Identity,
): Promise<Event> {
  const facilitatorId = fields.facilitator_id ?? actor.facilitatorId;
  if (facilitatorId === null) {
    throw new PlatformError('invalid', 'Name the facilitator of the event.', {
      errors: [{ pointer: '/facilitator_id', detail: 'is needed' }],
    });
  }
  refuseOthersFacilitator(facilitatorId, actor);
  await refusePastStart(trx, fields.date_time, actor);
  return await insertEvent(trx, { ...fields, facilitator_id: facilitatorId });
}
