import type { Event } from '#server/events/event.ts';
import { listFacilitatorNames } from '#server/facilitators/list-facilitator-names.ts';
import type { EventCard } from '../../event-card.ts';
import { requireIdentity } from '../../require-identity.ts';
import type { EventFaults, TypedEvent } from './event-fields.ts';
import { listFaults, readEvent } from './event-form.ts';
import { previewOf } from './event-preview.ts';

/** What the form needs beside what is written in it. */
export async function formContext(locals: App.Locals) {
  const { isAdmin } = requireIdentity(locals);
  return {
    facilitators: isAdmin ? await listFacilitatorNames(locals.app.db) : undefined,
    zones: Intl.supportedValuesOf('timeZone'),
  };
}

/** What the server says of an event that is being written. */
export interface Preview {
  card: EventCard;
  /** The clocks show its time twice; the first is taken. */
  isTwice: boolean;
}

/** The card of what is written, under the name of whoever would lead it. */
export async function makePreview(locals: App.Locals, typed: TypedEvent, kept?: Event): Promise<Preview> {
  const { name, isAdmin } = requireIdentity(locals);
  const read = readEvent(typed, { kept });
  const chosen = isAdmin ? await listFacilitatorNames(locals.app.db) : [];
  const facilitator = chosen.find(({ id }) => id === read.input.facilitator_id) ?? kept?.facilitator ?? { id: 0, name };
  return {
    card: previewOf(read, {
      id: kept?.id ?? 0,
      seatsTaken: kept?.seats_taken ?? 0,
      facilitator,
      now: new Date(),
    }),
    isTwice: read.isTwice,
  };
}

/** What a page says of a form that was not saved. */
export function unsaved(typed: TypedEvent, faults: EventFaults, message?: string) {
  return { typed, faults, faultList: listFaults(faults), message };
}
