import type { BookingStatus } from '#server/bookings/booking.ts';
import { peopleInWords, placesInWords } from '../organise-texts.ts';

/** The words of an event's list of people. */
export const ROSTER = {
  title: 'Roster',
  search: 'Search the list',
  placeholder: 'name or address',
  found: (search: string, count: number) =>
    count === 0 ? `Nobody with “${search}”` : `${peopleInWords(count)} with “${search}”`,
  all: 'Show all',
  print: 'Print',
  printHint: 'To print, use your browser’s print command: the list comes out on its own, with a box for each person.',
  csv: 'Download CSV',
  columns: {
    name: 'Name',
    email: 'E-mail',
    places: 'Places',
    booked: 'Booked',
    status: 'State',
    mark: 'Note',
    here: 'Here',
    notes: 'Notes',
  },
  statuses: {
    confirmed: 'Booked',
    pending: 'Waiting for payment',
    waitlisted: 'On the waiting list',
    offered: 'A place is held',
    cancelled: 'Cancelled',
    event_cancelled: 'Cancelled with the event',
    attended: 'Came',
    no_show: 'Did not come',
    expired: 'Expired',
  } satisfies Record<BookingStatus, string>,
  marks: { attended: 'Came', no_show: 'Did not come', confirmed: 'Back to booked' },
  markOf: (name: string) => `: ${name}`,
  remove: 'Remove',
  everyone: 'Everybody else came',
  markedMany: (count: number) =>
    count === 0 ? 'Nobody was left to note.' : `${peopleInWords(count)} noted as having come.`,
  tookBack: 'Taken back.',
  summary: ({ people, seats }: { people: number; seats: number }) =>
    people === seats ? peopleInWords(people) : `${peopleInWords(people)}, ${placesInWords(seats)}`,
  attendance: ({ attended, missed, open }: { attended: number; missed: number; open: number }) =>
    `${attended} came · ${missed} did not · ${open} not noted`,
  opens: (minutes: number) => `From ${minutes} minutes before the start on you note here who came.`,
  empty: { title: 'Nobody has booked yet', text: 'Who books stands here at once. You can also add somebody yourself.' },
  gone: (count: number) => `Cancelled: ${count}`,
  next: 'Further people',
  first: 'From the beginning',
  add: {
    title: 'Add a person',
    hint: 'For who called or stands before you. They get the confirmation by mail.',
    name: 'Name',
    nameHint: 'Somebody who has an account keeps the name they gave themselves.',
    email: 'E-mail',
    places: 'Places',
    button: 'Add to the list',
    closed: 'Booking is closed. Open it to add somebody.',
    notAdded: 'Nobody was added',
    fix: 'Please mend this:',
    added: (name: string) => `${name} is on the list.`,
    nameFault: (detail: string) => `The name ${detail}.`,
    emailFault: 'Write an address such as ana@example.org.',
    placesFault: 'Write a whole number of places, 1 or more.',
  },
  removed: 'The place is free again, and the person is being told.',
  notNoted: 'Not noted',
  ended: 'This booking has ended meanwhile; nothing is to note.',
} as const;

/** Why somebody could not be added, said to the organiser. */
export const ADD_REFUSALS: Readonly<Record<string, string>> = {
  'event-inactive': 'Booking is closed. Open it, add the person, and close it again.',
  'event-started': 'The event has started; nobody can be added any more.',
  'already-booked': 'This person is on the list already.',
  'already-waitlisted': 'This person is on the waiting list already.',
  'event-full': 'All places are taken. Give the event more places first.',
  unauthenticated: 'This person’s account was deleted a moment ago. Try again.',
};

export function seatsRefusal(left: number | undefined): string {
  return left === undefined
    ? 'The event has fewer places than that in all.'
    : `Only ${placesInWords(left)} ${left === 1 ? 'is' : 'are'} left.`;
}

export const REMOVE = {
  title: (name: string) => `Remove ${name}?`,
  tab: 'Remove',
  means: (seats: number) => [
    `${seats === 1 ? 'The place is' : 'The places are'} free for others at once.`,
    'The person is told by mail, and CRM hears of it.',
    'They can book again as long as there are places.',
  ],
  confirm: 'Remove from the list',
  keep: 'Keep',
  noted: 'It is noted whether this person came. Put that back to booked first.',
  ended: 'This booking has ended already.',
  back: 'Back to the list',
} as const;
