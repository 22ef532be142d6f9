import type { IconName } from '@samaya/ui/icons.ts';

/** What has become of a booking, in a word or two and a sign. */
export const STATUSES: Readonly<Record<string, { word: string; icon: IconName }>> = {
  confirmed: { word: 'Confirmed', icon: 'check' },
  over: { word: 'Over', icon: 'clock' },
  pending: { word: 'Waiting for payment', icon: 'clock' },
  waitlisted: { word: 'On the waiting list', icon: 'clock' },
  offered: { word: 'A place is held for you', icon: 'bell' },
  cancelled: { word: 'Cancelled', icon: 'cross' },
  event_cancelled: { word: 'The event was cancelled', icon: 'warning' },
  attended: { word: 'You were there', icon: 'check' },
  no_show: { word: 'Missed', icon: 'minus' },
  expired: { word: 'Expired', icon: 'clock' },
};

export const placesInWords = (seats: number) => (seats === 1 ? '1 place' : `${seats} places`);

export const VISITS = {
  title: 'My bookings',
  ahead: 'Upcoming',
  next: 'Your next one',
  behind: 'Past and cancelled',
  earlier: 'Earlier ones',
  nothing: 'Nothing ahead yet',
  nothingText: 'What you book stands here.',
  find: 'Find an event',
  with: (name: string) => `with ${name}`,
  movedFrom: (when: string) => `Moved from ${when}`,
} as const;

export const VISIT = {
  back: 'My bookings',
  kept: (seats: number) => `${seats === 1 ? 'Your place is' : 'Your places are'} kept. See you there.`,
  waiting: 'When somebody cancels you move up; you hear of it by mail.',
  freed: 'Your place is free for somebody else.',
  eventOff: (studio: string) => `${studio} cancelled this event. You need to do nothing; there is nothing to pay.`,
  movedTitle: 'This event has moved',
  movedText: (from: string) => `It was to start on ${from}. If the new time does not suit you, cancel at no cost.`,
  when: 'When',
  where: 'Where',
  with: 'With',
  for: 'For',
  forWhom: (name: string, places: string) => `${name}, ${places}`,
  toPay: 'To pay',
  nothingToPay: 'Nothing',
  payThere: (total: string, studio: string) => `${total}, at ${studio}`,
  number: 'Number',
  calendar: 'Add to calendar',
  about: 'About this event',
  cancel: 'Cancel booking',
  cancelUntil: (until: string, zone: string) => `Free to cancel until ${until} (${zone}).`,
  again: 'Book again',
} as const;

export const CANCEL = {
  title: 'Cancel this booking?',
  titleRefused: 'Not cancelled',
  cannot: 'This booking cannot be cancelled',
  until: (until: string, zone: string) => `You can cancel until it starts: ${until} (${zone}).`,
  freed: (seats: number) => `Your ${seats === 1 ? 'place is' : 'places are'} free for others at once.`,
  free: 'It costs you nothing.',
  lessToPay: (total: string, studio: string) => `It costs you nothing; there are ${total} less to pay at ${studio}.`,
  told: (facilitator: string) => `${facilitator} is told, and you have a mail that says so.`,
  again: 'If you change your mind you can book again, as long as there are places.',
  terms: (studio: string) => `What ${studio} asks of you`,
  submit: 'Cancel my booking',
  keep: 'Keep it',
  ended: (status: string) => `It has already ended: ${status.toLowerCase()}.`,
  noted: 'Your attendance is noted; the facilitator can still change that.',
  started: 'The event has started; its facilitator can still cancel for you.',
  back: 'Back to your booking',
  crumb: 'Your booking',
} as const;

/** What is said to somebody who booked without an account, and came by the link in the mail. */
export const GUEST = {
  crumb: (studio: string) => `Booked at ${studio}`,
  keepTitle: 'Keep my bookings: choose a password',
  keepText: (email: string) =>
    `Then you find everything booked with ${email} in one place, and your next booking takes one click.`,
  keepRefused: 'No password yet',
  keepSubmit: 'Keep my bookings',
  endedTitle: 'This link has ended',
  endedText: 'It is not complete, or the booking is no longer kept. Every mail about a booking has a link of its own.',
  endedSignIn: 'Sign in',
  endedReset: 'Have a link sent to choose a password',
} as const;

export const BOOKED = {
  title: 'Your place is booked',
  before: 'We sent the link to manage it to',
  after: '. You need nothing else to come.',
  calendar: 'Add to calendar',
  about: 'About this event',
  nothing:
    'No mail within a few minutes? Look into the folder for spam. If the address is wrong, book again with the right one.',
  more: 'Find another event',
} as const;
