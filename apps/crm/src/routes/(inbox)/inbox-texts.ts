import type { BOOKING_KINDS } from '@samaya/booking-notification/message.ts';
import type { IconName } from '@samaya/ui/icons.ts';
import type { InboxFilter, InboxView } from '#server/notifications/inbox-schemas.ts';
import type { NotificationJson } from '#server/notifications/notification-schemas.ts';
import { dayAndTime } from '../../ui/clock.ts';

interface KindWords {
  word: string;
  sign: IconName;
  tone: 'good' | 'bad' | 'other';
  /** What it means, as a sentence on the notification's own page. */
  meaning: string;
}

const KINDS: Record<(typeof BOOKING_KINDS)[number], KindWords> = {
  'booking.confirmed': { word: 'Booked', sign: 'plus', tone: 'good', meaning: 'A place was booked.' },
  'booking.cancelled': {
    word: 'Cancelled',
    sign: 'cross',
    tone: 'bad',
    meaning: 'The booking was cancelled; its place is free again.',
  },
  'booking.waitlisted': {
    word: 'On the waitlist',
    sign: 'clock',
    tone: 'other',
    meaning: 'The event is full; this person waits for a place.',
  },
  'booking.offered': {
    word: 'Place offered',
    sign: 'clock',
    tone: 'other',
    meaning: 'A place became free and is kept for this person for a while.',
  },
  'booking.expired': {
    word: 'Expired',
    sign: 'minus',
    tone: 'other',
    meaning: 'The place that was kept was not taken.',
  },
  'booking.attended': { word: 'Came', sign: 'check', tone: 'good', meaning: 'This person was there.' },
  'booking.no_show': {
    word: 'Did not come',
    sign: 'minus',
    tone: 'other',
    meaning: 'This person had a place and was not there.',
  },
  'booking.changed': {
    word: 'Booking changed',
    sign: 'turn',
    tone: 'other',
    meaning: 'The number of places or the guests changed.',
  },
  'event.changed': {
    word: 'Event changed',
    sign: 'turn',
    tone: 'other',
    meaning: 'Time, place, title or facilitator of the event changed.',
  },
  'event.cancelled': { word: 'Event cancelled', sign: 'cross', tone: 'bad', meaning: 'The whole event was cancelled.' },
};

export const KIND_CHOICES = Object.entries(KINDS).map(([kind, { word }]) => ({ kind, word }));

/** The words of a kind; one we do not know yet is called by its name. */
export function wordsOf(kind: string): KindWords {
  return (KINDS as Record<string, KindWords>)[kind] ?? { word: kind, sign: 'turn', tone: 'other', meaning: '' };
}

export const VIEW_NAMES: Record<InboxView, string> = { todo: 'To do', processed: 'Processed', all: 'All' };

export const STATUS_WORDS: Readonly<Record<string, string>> = {
  confirmed: 'Confirmed',
  pending: 'Awaiting payment',
  waitlisted: 'On the waitlist',
  offered: 'Place offered',
  cancelled: 'Cancelled',
  event_cancelled: 'Cancelled with the event',
  attended: 'Came',
  no_show: 'Did not come',
  expired: 'Expired',
};

export const INBOX = {
  views: 'Inbox',
  keys: (areOn: boolean) => (areOn ? 'Keys' : 'Keys (off)'),
  zone: (zone: string) => `Times in ${zone}`,
  title: (studio: string, { toDo, title }: { toDo: string | undefined; title: string }) =>
    `${toDo === undefined ? '' : `(${toDo}) `}${title} · ${studio} CRM`,
  choose: 'Choose a notification',
  chooseText: 'You see all about it here, and what else this client did.',
  select: (what: string) => `Select ${what}`,
  selected: 'Selected:',
  selectedCount: (count: number) => `${count} selected`,
  selection: 'Selected notifications',
  received: 'received',
  superseded: 'Superseded',
  mark: 'Mark as processed',
  moveBack: 'Move back to To do',
  undo: 'Undo',
  arrived: (count: number) => `${count} new`,
  pages: 'Pages',
  newest: 'Newest',
  older: 'Older',
} as const;

const FIELDS: Record<keyof InboxFilter, string> = {
  event_title: 'Event',
  kind: 'What happened',
  from: 'Received from',
  to: 'Received until',
};

export const FILTER = {
  open: (count: number) => (count === 0 ? 'Filter' : `Filter (${count})`),
  title: 'Filter',
  fields: FIELDS,
  eventHint: 'Part of its title',
  anyKind: 'Anything',
  show: 'Show',
  clear: 'Clear all',
  pills: 'Filters in use',
  remove: 'remove this filter',
  fault: (name: keyof InboxFilter, sentence: string) => `${FIELDS[name]}: ${sentence}`,
  faults: 'Some of the filter could not be understood and is left out',
  pill: {
    event_title: (title: string) => `Event: ${title}`,
    kind: (kind: string) => wordsOf(kind).word,
    from: (day: string) => `From ${day}`,
    to: (day: string) => `Until ${day}`,
  },
} as const;

export const EMPTY = {
  notFound: {
    title: 'Nothing found',
    text: 'No notification here is like that. Take a filter away, or clear them all.',
    action: 'Clear the filter',
  },
  end: { title: 'That was the last one', text: 'There is nothing older.', action: 'Back to the newest' },
  todo: {
    title: 'All worked through',
    text: 'Nothing waits for you. New bookings appear here.',
    action: 'See what is processed',
  },
  processed: {
    title: 'Nothing is processed yet',
    text: 'What you mark as processed is kept here, with a way back.',
    action: 'See what is to do',
  },
  all: { title: 'No notifications yet', text: 'When somebody books one of your events, it appears here.' },
} as const;

export const CONNECTION = {
  connecting: 'Connecting',
  live: 'Live',
  reconnecting: 'Reconnecting',
  offline: (time: string) => `Offline since ${time}`,
  refused: 'Signed out',
  signIn: 'Sign in again',
  isBack: 'Live again.',
} as const;

export const DETAIL = {
  back: 'Back to the list',
  supersededText: 'When this arrived, something newer was already known of the same booking.',
  state: 'To do',
  processed: 'Processed',
  by: (isOwn: boolean) => (isOwn ? 'by you' : 'by another account'),
  write: 'E-mail',
  event: 'Event',
  when: 'When',
  places: 'Places',
  booking: 'Booking',
  email: 'E-mail',
  happened: 'Happened',
  received: 'Received',
  viewer: (time: string) => `${time} your time`,
  allOfEvent: 'All about this event',
  eventPage: 'Event page',
  others: (name: string) => `Also from ${name}`,
  noOthers: 'Nothing else so far.',
  record: 'Record',
  recordTerms: {
    notification: 'Notification',
    booking: 'Booking',
    kind: 'Kind',
    client: 'Client',
    event: 'Event',
    facilitator: 'Facilitator',
    message: 'Message',
  },
  version: (booking: number, version: number) => `${booking}, version ${version}`,
  unknown: '–',
  missing: 'There is no such notification',
  missingText: 'It may be another facilitator’s, or the address is mistyped.',
  broken: 'This could not be shown',
  toInbox: 'Back to the inbox',
} as const;

export const KEYS = {
  title: 'Keys',
  use: 'Use these keys on this device',
  close: 'Close',
} as const;

/** The keys, and what each does. */
export const KEY_WORDS: readonly (readonly [keys: string, does: string])[] = [
  ['j / k', 'next / previous notification'],
  ['Enter', 'open it'],
  ['e', 'mark it, or the selected ones, as processed (or back)'],
  ['z', 'undo'],
  ['x', 'select it'],
  ['/', 'find an event'],
  ['g i', 'go to To do'],
  ['g p', 'go to Processed'],
  ['g a', 'go to All'],
  ['Esc', 'close the notification'],
  ['?', 'show these keys'],
];

export const NOT_SAVED = 'That could not be saved, so it is as it was. Try again in a moment.';

export function placesInWords(seats: number): string {
  return seats === 1 ? '1 place' : `${seats} places`;
}

// To make a format takes longer than all else of a row; there is one currency, mostly.
const amounts = new Map<string, Intl.NumberFormat>();
function amountFormat(currency: string): Intl.NumberFormat {
  let format = amounts.get(currency);
  if (!format) {
    format = new Intl.NumberFormat('en', { style: 'currency', currency, trailingZeroDisplay: 'stripIfInteger' });
    amounts.set(currency, format);
  }
  return format;
}

/** What the places cost, in the studio's currency. */
export function priceInWords({ price, seats }: NotificationJson, currency: string): string | undefined {
  if (price === null) return undefined;
  if (price === 0) return 'Free';
  return `${amountFormat(currency).format(price)}${seats > 1 ? ' each' : ''}`;
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
