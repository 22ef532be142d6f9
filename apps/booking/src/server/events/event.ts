import type { Identity } from '#server/accounts/identity.ts';

/** A session or a retreat that people can book. Times are moments; `time_zone` says on which clock it is read. */
export interface Event {
  id: number;
  title: string;
  description: string;
  event_type: EventType;
  date_time: Date;
  /** Minutes. */
  duration: number;
  max_participants: number;
  /** In `currency`, for one seat. */
  price: number;
  facilitator_id: number;
  is_active: boolean;
  seats_taken: number;
  time_zone: string;
  currency: string;
  place: string | null;
  online: boolean;
  practice: string | null;
  level: string | null;
  summary: string | null;
  cancelled_at: Date | null;
  /** When it was to start before it moved; `null` when it never did. */
  moved_from: Date | null;
  facilitator: { id: number; name: string };
}

/** An event as lists show it. */
export type EventInBrief = Omit<Event, 'description'>;

export const EVENT_TYPES = ['session', 'retreat'] as const;

export type EventType = (typeof EVENT_TYPES)[number];

/** How organisers sort their events. Upcoming ones are not over, open or not; closed are those that take no bookings. */
export const ORGANISED_STATES = ['upcoming', 'closed', 'past', 'cancelled'] as const;

export type OrganisedState = (typeof ORGANISED_STATES)[number];

/** Hours of the event's own clock at which it starts: from, and up to but not including. Evening lasts into the night. */
export const TIMES_OF_DAY = {
  morning: { from: 4, until: 12 },
  afternoon: { from: 12, until: 17 },
  evening: { from: 17, until: 4 },
} as const;

export type TimeOfDay = keyof typeof TIMES_OF_DAY;

export function seatsLeft(event: Pick<Event, 'seats_taken' | 'max_participants'>): number {
  return event.max_participants - event.seats_taken;
}

/** Whether anybody may see an event, also after it was. */
export function isPublic(event: Pick<Event, 'is_active' | 'cancelled_at'>): boolean {
  return event.is_active && event.cancelled_at === null;
}

/** Whether somebody may see who comes to an event and note who came: who runs it, and the facilitator's assistants. */
export function mayAssist(
  actor: Pick<Identity, 'isAdmin' | 'facilitatorId' | 'assists'>,
  event: Pick<Event, 'facilitator_id'>,
): boolean {
  return mayRun(actor, event) || actor.assists.includes(event.facilitator_id);
}

/** Whether somebody may change an event and see who comes. */
export function mayRun(
  actor: Pick<Identity, 'isAdmin' | 'facilitatorId'>,
  event: Pick<Event, 'facilitator_id'>,
): boolean {
  return actor.isAdmin || actor.facilitatorId === event.facilitator_id;
}

/** Fields whose change is told to everybody who booked; the trigger `events_tell_bookings` knows the same ones. */
export const TOLD_FIELDS = ['title', 'date_time', 'place', 'online', 'facilitator_id'] as const;

export type ToldField = (typeof TOLD_FIELDS)[number];

/** Of what a change would tell everybody who booked. */
export function toldChanges(event: Event, changes: Partial<Pick<Event, ToldField>>): ToldField[] {
  return TOLD_FIELDS.filter((field) => {
    const to = changes[field];
    return to !== undefined && plain(to) !== plain(event[field]);
  });
}

function plain(value: Event[ToldField]): string | number | boolean | null {
  return value instanceof Date ? value.getTime() : value;
}

const SLUG_MOST = 80;
// Letters that are letters of their own, not a letter with a mark.
const SPELLED: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  đ: 'd',
  ð: 'd',
  ł: 'l',
  þ: 'th',
  ı: 'i',
};

/**
 * The words of a title for the address of its page, `/e/{id}-{slug}`: small ASCII letters, digits and hyphens, 80 at
 * most. The id decides; the words only help. A title without any such letter is an `event`.
 */
export function slugOf(title: string): string {
  const words = title
    .toLowerCase()
    .replace(/[ßæœøđðłþı]/g, (letter) => SPELLED[letter] ?? '')
    .normalize('NFKD')
    .replace(/[\p{M}'’]/gu, '')
    .match(/[a-z0-9]+/g);
  const slug = (words ?? []).join('-');
  if (slug.length <= SLUG_MOST) return slug || 'event';
  return slug.slice(
    0,
    slug[SLUG_MOST] === '-' ? SLUG_MOST : Math.max(slug.lastIndexOf('-', SLUG_MOST), 0) || SLUG_MOST,
  );
}
