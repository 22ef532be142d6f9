import { EVENT_TYPES, type Event, type EventType } from '#server/events/event.ts';
import { eventChangesSchema } from '#server/events/event-schemas.ts';
import { RowRefused } from '#server/imports/import-errors.ts';
import { isCurrency, readMinutes, readPlaces, readPrice } from '#server/imports/read-value.ts';
import { findZone, placeOnEarth } from '#server/imports/wall-clock.ts';
import { lengthTyped } from '../../../words/wall-clock.ts';
import { type EventFaults, FIELDS, type TypedEvent, type TypedField } from './event-fields.ts';
import { EVENT_FAULTS, EVENT_FORM } from './event-form-texts.ts';

/** What an event is made of, as use cases take it. */
export interface EventInput {
  title: string;
  event_type: EventType;
  date_time: Date;
  duration: number;
  max_participants: number;
  price: number;
  facilitator_id?: number;
  summary: string | null;
  description: string;
  place: string | null;
  online: boolean;
  practice: string | null;
  level: string | null;
  time_zone: string;
  currency: string;
}

export interface ReadEvent {
  /** What could be read; all of it when there are no faults. */
  input: Partial<EventInput>;
  faults: EventFaults;
  /** The clocks show this time twice; the first is taken. */
  isTwice: boolean;
}

const LINES = ['summary', 'place', 'practice', 'level'] as const;

export function emptyEvent({ timeZone, currency }: { timeZone: string; currency: string }): TypedEvent {
  const nothing = Object.fromEntries(FIELDS.map((field) => [field, ''])) as TypedEvent;
  return { ...nothing, event_type: 'session', duration: '1 h', time_zone: timeZone, currency, open: 'on' };
}

/** An event as the form shows it, on its own clock; `weeks` later for a copy. */
export function typedOf(event: Event, weeks = 0): TypedEvent {
  const start = Temporal.Instant.fromEpochMilliseconds(event.date_time.getTime())
    .toZonedDateTimeISO(event.time_zone)
    .toPlainDateTime()
    .add({ weeks });
  return {
    title: event.title,
    event_type: event.event_type,
    date: start.toPlainDate().toString(),
    time: start.toPlainTime().toString({ smallestUnit: 'minute' }),
    duration: lengthTyped(event.duration),
    places: String(event.max_participants),
    price: String(event.price),
    facilitator_id: String(event.facilitator_id),
    summary: event.summary ?? '',
    description: event.description,
    place: event.place ?? '',
    online: event.online ? 'on' : '',
    practice: event.practice ?? '',
    level: event.level ?? '',
    time_zone: event.time_zone,
    currency: event.currency,
    open: 'on',
  };
}

export function typedFrom(form: FormData): TypedEvent {
  const text = (field: TypedField) => {
    const value = form.get(field);
    return typeof value === 'string' ? value : '';
  };
  return Object.fromEntries(FIELDS.map((field) => [field, text(field)])) as TypedEvent;
}

/**
 * Reads the form. `kept` is the event as it is: a start that nobody touched stays the moment it was, also where the
 * clocks show it twice. With `namesFacilitator` somebody has to be chosen who leads it.
 */
export function readEvent(
  typed: TypedEvent,
  { kept, namesFacilitator = false }: { kept?: Event | undefined; namesFacilitator?: boolean } = {},
): ReadEvent {
  const faults: EventFaults = {};
  const input: Partial<EventInput> = { online: typed.online === 'on' };
  const shape = eventChangesSchema.shape;

  const title = shape.title.safeParse(typed.title);
  if (title.success) input.title = title.data;
  else faults.title = sentenceOf('title', title.error);
  const description = shape.description.safeParse(typed.description);
  if (description.success) input.description = description.data;
  else faults.description = sentenceOf('description', description.error);
  for (const field of LINES) {
    const line = shape[field].safeParse(typed[field].trim() === '' ? null : typed[field]);
    if (line.success) input[field] = line.data ?? null;
    else faults[field] = sentenceOf(field, line.error);
  }

  const type = EVENT_TYPES.find((one) => one === typed.event_type);
  if (type) input.event_type = type;
  else faults.event_type = EVENT_FAULTS.type;
  take(() => (input.duration = readMinutes(typed.duration.trim(), 'minutes')), 'duration', faults);
  take(() => (input.max_participants = readPlaces(typed.places)), 'places', faults);

  const currency = typed.currency.trim().toUpperCase();
  if (isCurrency(currency)) input.currency = currency;
  else faults.currency = EVENT_FAULTS.currency;
  take(() => (input.price = readPrice(typed.price, { stated: currency, fallback: currency }).price), 'price', faults);
  const facilitatorId = /^[1-9]\d{0,9}$/.test(typed.facilitator_id) ? Number(typed.facilitator_id) : undefined;
  if (facilitatorId !== undefined) input.facilitator_id = facilitatorId;
  else if (namesFacilitator) faults.facilitator_id = EVENT_FAULTS.facilitator;

  const zone = findZone(typed.time_zone.trim());
  if (zone !== undefined) input.time_zone = zone;
  else faults.time_zone = EVENT_FAULTS.zone;
  const { isTwice } = readStart(typed, zone, { input, faults, kept });
  return { input, faults, isTwice };
}

/** The faults in the order of the page, for the list above the form. */
export function listFaults(faults: EventFaults): { field: TypedField; sentence: string }[] {
  return FIELDS.flatMap((field) => {
    const sentence = faults[field];
    return sentence === undefined ? [] : [{ field, sentence }];
  });
}

function readStart(
  typed: TypedEvent,
  zone: string | undefined,
  { input, faults, kept }: { input: Partial<EventInput>; faults: EventFaults; kept: Event | undefined },
): { isTwice: boolean } {
  const day = plainDay(typed.date);
  const time = /^([01]\d|2[0-3]):[0-5]\d$/.test(typed.time) ? Temporal.PlainTime.from(typed.time) : undefined;
  if (!day) faults.date = EVENT_FAULTS.date;
  if (!time) faults.time = EVENT_FAULTS.time;
  if (!day || !time || zone === undefined) return { isTwice: false };
  if (kept && isUntouched(typed, typedOf(kept))) {
    input.date_time = kept.date_time;
    return { isTwice: false };
  }
  try {
    const { instant, note } = placeOnEarth({ plain: day.toPlainDateTime(time), zone }, 'date_time');
    input.date_time = new Date(instant.epochMilliseconds);
    return { isTwice: note !== undefined };
  } catch (error) {
    if (!(error instanceof RowRefused)) throw error;
    faults.time = EVENT_FAULTS.gap(typed.time, zone);
    return { isTwice: false };
  }
}

function isUntouched(typed: TypedEvent, before: TypedEvent): boolean {
  return typed.date === before.date && typed.time === before.time && typed.time_zone === before.time_zone;
}

function plainDay(text: string): Temporal.PlainDate | undefined {
  // As far as anybody plans, and as the calendar of the database reaches.
  if (!/^(19[7-9]\d|2\d{3})-\d\d-\d\d$/.test(text)) return undefined;
  try {
    return Temporal.PlainDate.from(text, { overflow: 'reject' });
  } catch {
    return undefined;
  }
}

function take(read: () => unknown, field: 'duration' | 'places' | 'price', faults: EventFaults): void {
  try {
    read();
  } catch (error) {
    if (!(error instanceof RowRefused)) throw error;
    faults[field] = EVENT_FAULTS[field];
  }
}

function sentenceOf(field: TypedField, { issues }: { issues: readonly { message: string }[] }): string {
  return `${EVENT_FORM.labels[field]} ${issues[0]?.message ?? ''}.`;
}
