import { dayInWords } from '../../words/wall-clock.ts';

/** The words of what organisers see: the way around, today, and what is common to their pages. */
export const ORGANISE = {
  sections: 'Organise',
  today: 'Today',
  events: 'Events',
  import: 'Import',
  assistants: 'Assistants',
  settings: 'Settings',
  facilitators: 'Facilitators',
  people: 'People',
  roles: 'Roles',
  messages: 'Messages',
  audit: 'Audit trail',
  create: 'Create an event',
  with: (name: string) => `with ${name}`,
  roster: 'Roster',
  rosterOf: (title: string) => `of ${title}`,
  search: 'Search',
  find: 'Find',
  later: 'Later ones',
  earlier: 'Earlier ones',
  undo: 'Undo',
} as const;

export const TODAY = {
  title: 'Today',
  nothing: 'Nothing today.',
  next: 'The next 7 days',
  nothingNext: 'Nothing in the 7 days after today.',
  toDo: 'To do',
  emptyForAssistant: {
    title: 'Nothing is planned yet',
    text: 'The events at which you help stand here.',
  },
  empty: {
    title: 'Nothing is planned yet',
    text: 'Once you have created an event, your day and who comes stand here.',
  },
  import: 'Or import a schedule',
  closed: (count: number) =>
    count === 1 ? '1 event ahead takes no bookings' : `${count} events ahead take no bookings`,
  nothingNextWeek: 'Nothing is planned for next week',
  unmarked: (title: string, start: Date, timeZone: string, people: number) =>
    `Who came to ${title} on ${dayInWords(start, timeZone)}? ${people === 1 ? '1 person is' : `${people} people are`} not noted`,
} as const;

export const STATES = {
  open: 'Open',
  full: 'Full',
  closed: 'Closed for booking',
  cancelled: 'Cancelled',
  running: 'On now',
  over: 'Over',
} as const;

export function placesTaken(taken: number, most: number): string {
  return `${taken} of ${most} ${most === 1 ? 'place' : 'places'}`;
}

export function peopleInWords(count: number): string {
  return count === 1 ? '1 person' : `${count} people`;
}

export function placesInWords(count: number): string {
  return count === 1 ? '1 place' : `${count} places`;
}
