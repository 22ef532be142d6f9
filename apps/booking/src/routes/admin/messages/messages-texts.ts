import type { MailKind } from '#server/mail/mail.ts';
import type { MailState } from '#server/mail/mail-log.ts';

/** The words of the page on which an admin sees what became of mails and of notifications to CRM. */
export const MESSAGES = {
  title: 'Messages',
  lead: 'What the studio writes to people, and what it tells the facilitators’ application.',
  parts: 'Kinds of messages',
  mail: 'Mail',
  crm: 'CRM',
  times: (zone: string) => `Times are ${zone}.`,
  again: (count: number) => (count === 1 ? 'One message is sent again now.' : `${count} messages are sent again now.`),
  againNone: 'Nothing was left to send again.',
  choose: 'Choose the messages that are to be sent again, then press the button once more.',
  failed: 'Not done yet',
  sendOne: 'Send again',
  sendChosen: 'Send the chosen ones again',
  sendAll: (count: number) => `Send all ${count} again`,
  tick: 'Choose',
  of: (about: string) => `: ${about}`,
  older: 'Older',
  newest: 'Newest',
} as const;

/** How a destination stands. */
export const STANDING = {
  waiting: (count: number) => (count === 1 ? '1 message waits.' : `${count} messages wait.`),
  noneWaiting: 'Nothing waits.',
  mailUp: 'The mail server takes mail.',
  mailDown: (since: string) => `The mail server has taken nothing since ${since}.`,
  mailbox: 'There is no mail server: mails lie in the local mailbox of this machine.',
  openMailbox: 'Open the mailbox',
  mailNowhere: 'No mail is sent',
  mailNowhereText:
    'No mail server is set. Mails wait for three days, then they are given up. Set SMTP_URL and start booking again.',
  crmUp: 'CRM takes notifications.',
  crmDown: (since: string) => `CRM has taken nothing since ${since}.`,
  goesOn: 'What waits goes by itself as soon as this is mended.',
  reason: (reason: string) => `The reason: ${reason}`,
} as const;

export const FILTER = {
  state: 'State',
  any: 'Any',
  address: 'Address, or a part of it',
  show: 'Show',
  clear: 'Show all',
} as const;

export const STATES: Readonly<Record<MailState, string>> = {
  waiting: 'Waiting',
  sent: 'Sent',
  unneeded: 'Not needed',
  dead: 'Given up',
};

/** What a mail is about, in a word or two. */
const KINDS: Readonly<Record<MailKind, string>> = {
  'booking.confirmed': 'Confirmation',
  'booking.cancelled': 'Cancellation',
  'event.changed': 'Event changed',
  'event.cancelled': 'Event cancelled',
  'account.prove': 'Address to confirm',
  'account.reset': 'New password',
  'account.known': 'Account that exists',
  'account.new-address': 'New address',
  'account.address-asked': 'Address to be changed',
  'account.address-changed': 'Address changed',
  'account.password-changed': 'Password changed',
  'account.google-connected': 'Google connected',
  'account.google-disconnected': 'Google disconnected',
  'account.two-step-on': 'Two-step sign-in on',
  'account.two-step-off': 'Two-step sign-in off',
  'account.recovery-used': 'Recovery code used',
  'account.recovery-renewed': 'New recovery codes',
  'account.passkey-added': 'Passkey added',
  'account.passkey-removed': 'Passkey removed',
  'guest.again': 'Place that exists',
};

export function kindInWords(kind: string): string {
  return Object.hasOwn(KINDS, kind) ? KINDS[kind as MailKind] : kind;
}

export const ENTRY = {
  to: (recipient: string) => `to ${recipient}`,
  erased: 'to a person who was erased',
  nextTry: (moment: string) => `Next try ${moment}`,
  tries: (count: number) => (count === 1 ? 'refused once' : `refused ${count} times`),
  booking: (id: number) => `Booking ${id}`,
} as const;

export const EMPTY = {
  mail: 'No mail in the last week',
  mailText: 'Mails about bookings and accounts are listed here for a week.',
  found: 'No such mail in the last week',
  foundText: 'Try another state, or less of the address.',
  crm: 'Nothing was given up',
  crmText: 'A notification that CRM refuses for good, or for three days, is kept here until you send it again.',
  crmMost: (count: number) => `These are the oldest ${count}.`,
} as const;
