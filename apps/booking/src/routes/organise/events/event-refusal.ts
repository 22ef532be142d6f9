import { DomainError } from '@samaya/platform/domain-error.ts';
import type { EventFaults } from './event-fields.ts';
import { EVENT_FAULTS, EVENT_FORM } from './event-form-texts.ts';

const POINTED: Readonly<Record<string, EventFaults>> = {
  '/date_time': { date: EVENT_FAULTS.past },
  '/facilitator_id': { facilitator_id: EVENT_FAULTS.facilitator },
  '/time_zone': { time_zone: EVENT_FAULTS.zone },
};

export interface EventRefusal {
  status: number;
  faults: EventFaults;
  message?: string;
}

/** Why an event was not saved, said at its fields where it has some; `undefined` for what no form can mend. */
export function eventRefusalOf(error: unknown): EventRefusal | undefined {
  if (!(error instanceof DomainError)) return undefined;
  switch (error.code) {
    case 'invalid': {
      const faults = Object.assign({}, ...(error.errors ?? []).map(({ pointer }) => POINTED[pointer] ?? {}));
      return Object.keys(faults).length > 0 ? { status: 422, faults } : undefined;
    }
    case 'seats-taken':
      return { status: 409, faults: { places: EVENT_FAULTS.taken(Number(error.extensions?.seats_taken)) } };
    case 'event-changed':
      return { status: 409, faults: {}, message: EVENT_FORM.changedMeanwhile };
    case 'event-cancelled':
      return { status: 409, faults: {}, message: error.message };
    default:
      return undefined;
  }
}
