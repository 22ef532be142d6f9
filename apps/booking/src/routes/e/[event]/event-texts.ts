/** The words of an event's page, but for its booking panel. */
export const EVENT = {
  all: 'All events',
  notBooked: 'Not booked',
  when: 'When',
  length: 'Length',
  where: 'Where',
  level: 'For',
  yourTime: 'your time',
  movedFrom: (moment: string) => `Moved from ${moment}`,
  about: 'About',
  terms: 'Before you book',
  facilitator: (name: string) => `Your facilitator, ${name}`,
  otherDates: 'Other dates',
  otherDatesOf: (title: string) => `Other dates of ${title}`,
  similar: 'You may also like',
  described: (title: string, name: string, when: string) => `${title} with ${name}, ${when}.`,
} as const;

/** What has become of an event that can no longer be booked. */
export const STATES = {
  cancelled: 'Cancelled',
  closed: 'Takes no bookings',
  over: 'Over',
} as const;

export type EventState = keyof typeof STATES;
