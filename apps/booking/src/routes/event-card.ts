import type { PaletteName } from '@samaya/ui/landscape.ts';
import { type Event, type EventInBrief, seatsLeft, slugOf } from '#server/events/event.ts';
import {
  hourOf,
  lengthInWords,
  placesLeft,
  priceInWords,
  timeOfDay,
  wallClock,
  zoneInWords,
} from '../words/wall-clock.ts';
import { EVENT_CARD, kindOf } from './event-card-texts.ts';

/** An event as pages show it, in words. */
export interface EventCard {
  id: number;
  path: string;
  title: string;
  summary: string | null;
  /** `Session`, `Retreat · online`. */
  kind: string;
  startsAt: string;
  when: string;
  time: string;
  zone: string;
  length: string;
  facilitator: { id: number; name: string };
  where: string | null;
  price: string;
  places: string;
  isFull: boolean;
  art: Art;
}

/** What the picture of an event follows from. */
export interface Art {
  seed: number;
  palette: PaletteName;
  hour: number;
}

type Shown = Pick<Event, 'id' | 'title' | 'event_type' | 'date_time' | 'time_zone' | 'practice'>;

const PRACTICE_PALETTES: readonly (readonly [words: RegExp, palette: PaletteName])[] = [
  [/sound|gong|kirtan|chant|music/i, 'amber'],
  [/breath|pranayama/i, 'sky'],
  [/danc|movement|ecstatic|parent/i, 'clay'],
  [/meditat|silen|zen|vipassana|sit/i, 'slate'],
  [/yin|yoga|vinyasa|hatha|flow|mobility|pilates/i, 'moss'],
];
const OTHER_PALETTES = ['moss', 'sky', 'amber', 'clay', 'slate'] as const;

export function eventPath(event: Pick<Event, 'id' | 'title'>): string {
  return `/e/${event.id}-${slugOf(event.title)}`;
}

/** Where the picture is that others show of an event; the words of its address would only make it change. */
export function picturePath(event: Pick<Event, 'id'>): string {
  return `/e/${event.id}/picture.png`;
}

export function artOf(event: Shown): Art {
  return { seed: event.id, palette: paletteOf(event), hour: hourOf(event.date_time, event.time_zone) };
}

export function cardOf(event: EventInBrief): EventCard {
  const left = seatsLeft(event);
  return {
    id: event.id,
    path: eventPath(event),
    title: event.title,
    summary: event.summary,
    kind: kindInWords(event),
    startsAt: event.date_time.toISOString(),
    when: wallClock(event.date_time, event.duration, event.time_zone),
    time: timeOfDay(event.date_time, event.time_zone),
    zone: zoneInWords(event.time_zone),
    length: lengthInWords(event.duration),
    facilitator: event.facilitator,
    where: whereInWords(event),
    price: priceInWords(event.price, event.currency),
    places: placesLeft(left),
    isFull: left <= 0,
    art: artOf(event),
  };
}

export function kindInWords(event: Pick<Event, 'event_type' | 'online'>): string {
  return kindOf({ type: event.event_type, online: event.online });
}

export function whereInWords(event: Pick<Event, 'place' | 'online'>): string | null {
  return event.place ?? (event.online ? EVENT_CARD.online : null);
}

function paletteOf({ id, event_type, practice, title }: Shown): PaletteName {
  if (event_type === 'retreat') return 'dusk';
  const known = PRACTICE_PALETTES.find(([words]) => words.test(practice ?? title));
  return known?.[1] ?? OTHER_PALETTES[id % OTHER_PALETTES.length] ?? 'moss';
}
