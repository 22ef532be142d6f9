import type { OrganisedState, ToldField } from '#server/events/event.ts';
import { peopleInWords } from '../organise-texts.ts';

/** The words of the list of events, and of one event as its organiser sees it. */
export const EVENTS = {
  title: 'Events',
  states: 'Which events',
  stateNames: {
    upcoming: 'Upcoming',
    closed: 'Closed for booking',
    past: 'Past',
    cancelled: 'Cancelled',
  } satisfies Record<OrganisedState, string>,
  search: 'Search events',
  placeholder: 'title, place, facilitator …',
  all: 'Show all',
  found: (search: string) => `With “${search}”`,
  columns: { event: 'Event', when: 'When', facilitator: 'Facilitator', places: 'Places', state: 'State' },
  empty: {
    upcoming: { title: 'Nothing is ahead', text: 'What you create stands here until it is over.' },
    closed: { title: 'Nothing is closed', text: 'Events ahead that take no bookings stand here.' },
    past: { title: 'Nothing is over yet', text: 'Events stand here once they have ended.' },
    cancelled: { title: 'Nothing was cancelled', text: 'Events that you cancel stand here.' },
  } satisfies Record<OrganisedState, { title: string; text: string }>,
  nothingFound: (search: string) => ({
    title: `No event with “${search}”`,
    text: 'Look for fewer words, or among other events.',
  }),
} as const;

export const EVENT = {
  tabs: 'About this event',
  overview: 'Overview',
  roster: 'Roster',
  facts: {
    moved: 'Moved',
    length: 'Length',
    where: 'Where',
    with: 'With',
    price: 'Price',
    practice: 'Practice',
    level: 'For',
    places: 'Places',
  },
  noPlace: 'No place is named',
  movedFrom: (when: string) => `from ${when}`,
  publicPage: 'See the page visitors see',
  hiddenPage: 'Visitors do not see this event',
  edit: 'Edit',
  duplicate: 'Duplicate',
  close: 'Close booking',
  open: 'Open booking',
  cancel: 'Cancel event …',
  closed: 'Booking is closed. Nobody can book, and places that are taken stay.',
  opened: 'Booking is open.',
  cancelled: 'This event is cancelled, and everybody who had a place is being told.',
  created: 'The event is there, and open for booking.',
  createdClosed: 'The event is there. It is closed for booking.',
  saved: 'Saved.',
  savedTold: (count: number) => `Saved. ${peopleInWords(count)} ${count === 1 ? 'is' : 'are'} being told.`,
  cancelledNote: 'It stays here for your records. To offer it again, duplicate it.',
  notChanged: 'Nothing was changed',
} as const;

export const CANCEL = {
  title: (title: string) => `Cancel ${title}?`,
  tab: 'Cancel',
  final: 'This is final: a cancelled event cannot be opened again. You can duplicate it.',
  told: (count: number) =>
    count === 0
      ? 'Nobody has booked, so nobody is told.'
      : `${peopleInWords(count)} ${count === 1 ? 'loses the place' : 'lose their places'} and ${count === 1 ? 'is' : 'are'} told by mail:`,
  more: (count: number) => `and ${count} more`,
  instead: 'To stop further bookings only, close booking instead.',
  confirm: 'Cancel this event',
  confirmTelling: (count: number) => `Cancel it and tell ${peopleInWords(count)}`,
  keep: 'Keep it',
  already: 'This event is cancelled already.',
  back: 'Back to the event',
} as const;

/** What people are told of when it changes, as parts of a sentence. */
export const TOLD: Record<ToldField, string> = {
  title: 'title',
  date_time: 'time',
  place: 'place',
  online: 'way to take part',
  facilitator_id: 'facilitator',
};

/** `time, place and title`. */
export function listInWords(words: readonly string[]): string {
  return new Intl.ListFormat('en-GB', { type: 'conjunction' }).format(words);
}
