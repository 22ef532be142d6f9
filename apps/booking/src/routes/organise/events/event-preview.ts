import type { Event } from '#server/events/event.ts';
import { cardOf, type EventCard } from '../../event-card.ts';
import type { EventInput, ReadEvent } from './event-form.ts';
import { EVENT_FORM } from './event-form-texts.ts';

/** What of an event is not written in its form. */
export interface PreviewContext {
  id: number;
  seatsTaken: number;
  facilitator: { id: number; name: string };
  now: Date;
}

/** The card that visitors would see, with words in the place of what is not written yet. */
export function previewOf(
  { input }: Pick<ReadEvent, 'input'>,
  { id, seatsTaken, facilitator, now }: PreviewContext,
): EventCard {
  const { cardPlaceholders: missing } = EVENT_FORM;
  const card = cardOf({ ...NOTHING, date_time: now, ...given(input), id, seats_taken: seatsTaken, facilitator });
  return {
    ...card,
    ...(input.title === undefined && { title: missing.title }),
    ...(input.date_time === undefined && { when: missing.when }),
    ...(input.price === undefined && { price: missing.price }),
    ...(input.max_participants === undefined && { places: missing.places, isFull: false }),
  };
}

const NOTHING: Omit<Event, 'date_time' | 'id' | 'facilitator'> = {
  title: '',
  description: '',
  event_type: 'session',
  duration: 60,
  max_participants: 0,
  price: 0,
  facilitator_id: 0,
  is_active: true,
  seats_taken: 0,
  time_zone: 'UTC',
  currency: 'EUR',
  place: null,
  online: false,
  practice: null,
  level: null,
  summary: null,
  cancelled_at: null,
  moved_from: null,
};

function given(input: Partial<EventInput>): Partial<EventInput> {
  return Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined));
}
