import type { BOOKING_KINDS } from '@samaya/booking-notification/message.ts';
import type { InboxView } from '#server/notifications/inbox-schemas.ts';
import type { NotificationJson } from '#server/notifications/notification-schemas.ts';
import { dayAndTime } from '../../ui/clock.ts';

/** How a kind looks: the sign before the word, and its colour. */
export type Sign = 'plus' | 'cross' | 'wait' | 'turn' | 'tick' | 'dash';

interface KindWords {
  word: string;
  sign: Sign;
  /** What it means, as a sentence on the notification's own page. */
  meaning: string;
}

const KINDS: Record<(typeof BOOKING_KINDS)[number], KindWords> = {
  'booking.confirmed': { word: 'Booked', sign: 'plus', meaning: 'A place was booked.' },
  'booking.cancelled': {
    word: 'Cancelled',
    sign: 'cross',
    meaning: 'The booking was cancelled; its place is free again.',
  },
  'booking.waitlisted': {
    word: 'On the waitlist',
    sign: 'wait',
    meaning: 'The event is full; this person waits for a place.',
  },
  'booking.offered': {
    word: 'Place offered',
    sign: 'wait',
    meaning: 'A place became free and is kept for this person for a while.',
  },
  'booking.expired': { word: 'Expired', sign: 'dash', meaning: 'The place that was kept was not taken.' },
  'booking.attended': { word: 'Came', sign: 'tick', meaning: 'This person was there.' },
  'booking.no_show': { word: 'Did not come', sign: 'dash', meaning: 'This person had a place and was not there.' },
  'booking.changed': { word: 'Booking changed', sign: 'turn', meaning: 'The number of places or the guests changed.' },
  'event.changed': {
    word: 'Event changed',
    sign: 'turn',
    meaning: 'Time, place, title or facilitator of the event changed.',
  },
  'event.cancelled': { word: 'Event cancelled', sign: 'cross', meaning: 'The whole event was cancelled.' },
};

export const KIND_CHOICES = Object.entries(KINDS).map(([kind, { word }]) => ({ kind, word }));

/** The words of a kind; one we do not know yet is called by its name. */
export function wordsOf(kind: string): KindWords {
  return (KINDS as Record<string, KindWords>)[kind] ?? { word: kind, sign: 'turn', meaning: '' };
}

export const VIEW_NAMES: Record<InboxView, string> = { todo: 'To do', processed: 'Processed', all: 'All' };

export const STATUS_WORDS: Readonly<Record<string, string>> = {
  confirmed: 'confirmed',
  pending: 'awaiting payment',
  waitlisted: 'on the waitlist',
  offered: 'place offered',
  cancelled: 'cancelled',
  event_cancelled: 'cancelled with the event',
  attended: 'came',
  no_show: 'did not come',
  expired: 'expired',
};

export function placesInWords(seats: number): string {
  return seats === 1 ? '1 place' : `${seats} places`;
}

/** What was just done to how many, for the bar with the way back. */
export function markedInWords(processed: boolean, count: number): string {
  if (count === 0) return 'Nothing was selected, so nothing was changed.';
  const what = count === 1 ? '' : `${count} `;
  return processed ? `Marked ${what}as processed.` : `Moved ${what}back to To do.`;
}

/** What the screen reader says of what just arrived. */
export function arrivalInWords(arrived: readonly NotificationJson[], timeZone: string, year: string): string {
  const [one] = arrived;
  if (!one) return '';
  if (arrived.length > 1) return `${arrived.length} new notifications.`;
  return `New: ${wordsOf(one.kind).word}, ${one.user_name}, ${one.event_title}, ${dayAndTime(one.event_date, timeZone, year)}.`;
}

/** One notification in a few words, for controls that must name it. */
export function shortName({ kind, user_name, event_title }: NotificationJson): string {
  return `${wordsOf(kind).word}, ${user_name}, ${event_title}`;
}
