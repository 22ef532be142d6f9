import { placesInWords } from '../organise/organise-texts.ts';

/** The words of the pages for admins. */
export const ADMIN = {
  title: 'Administration',
  figures: {
    people: 'People',
    facilitators: 'Facilitators',
    ahead: 'Events ahead',
    dead: 'Messages given up',
  },
  atLeast: (count: number) => `${count} or more`,
  deadNote: 'Messages that could not be delivered for three days. They wait to be sent again.',
} as const;

export const PEOPLE = {
  title: 'People',
  search: 'Search people',
  placeholder: 'name or address',
  all: 'Show all',
  found: (search: string) => `With “${search}”`,
  columns: { name: 'Name', what: 'Is', upcoming: 'Upcoming', since: 'Since' },
  admin: 'Admin',
  facilitator: 'Facilitator',
  proven: 'Address confirmed',
  unproven: 'Address not confirmed',
  participant: 'Participant',
  disabled: 'Disabled',
  next: 'Older accounts',
  first: 'From the newest',
  upcoming: (count: number) => (count === 0 ? 'nothing' : count === 1 ? '1 booking' : `${count} bookings`),
  empty: { title: 'Nobody is here yet', text: 'Who signs up stands here.' },
  nothing: (search: string) => ({ title: `Nobody with “${search}”`, text: 'Look for a part of the name or address.' }),
} as const;

export const PERSON = {
  facts: { email: 'E-mail', since: 'Since', address: 'Address', is: 'Is' },
  proven: 'Confirmed',
  unproven: 'Not confirmed',
  disabled: (since: string) => `This account has been disabled since ${since}`,
  disabledText: 'Nobody signs in with it. Its bookings stay as they are.',
  signIns: 'Signed in',
  signedInNowhere: 'Signed in nowhere.',
  program: 'A program',
  browser: 'A browser',
  end: 'End',
  endThat: (what: string) => `End this sign-in: ${what}`,
  ahead: 'Upcoming bookings',
  nothingAhead: 'No upcoming booking.',
  behind: 'Past and cancelled',
  earlier: 'Earlier ones',
  places: placesInWords,
  rights: 'Rights',
  rightsText: 'Admins see and change everything here, other admins included.',
  makeAdmin: 'Make an admin',
  unmakeAdmin: 'Take the admin’s rights away',
  mustProve: 'Only somebody who has confirmed the address can become an admin.',
  byAddress:
    'Admin because the address is listed in ADMIN_EMAILS; that is changed in the settings of the installation.',
  yourself: 'This is you. Another admin can change your rights.',
  signOut: 'Sign out everywhere',
  releaseText: 'Signs in in two steps. Switch that off only for somebody you know, who lost app and recovery codes.',
  release: 'Switch two-step sign-in off',
  signOutText: 'Ends every sign-in in browsers and programs, here and in CRM.',
  disable: 'Disable this account …',
  enable: 'Enable this account …',
  delete: 'Delete this account …',
  done: {
    made: 'Is an admin now.',
    unmade: 'Is no admin any more.',
    released: 'Two-step sign-in is off, and everywhere signed out.',
    out: 'Signed out everywhere.',
    ended: 'That sign-in has ended.',
    disabled: 'The account is disabled.',
    enabled: 'The account is enabled again.',
  },
  notDone: 'Nothing was changed',
  facilitatorPage: 'See as a facilitator',
  audit: 'What was done, in the audit trail',
} as const;

export const DELETE = {
  tab: 'Delete',
  title: (name: string) => `Delete the account of ${name}?`,
  meansTitle: 'What it means',
  final: 'This cannot be undone.',
  means: (upcoming: number) => [
    upcoming === 0
      ? 'There is no upcoming booking.'
      : `${upcoming === 1 ? 'The upcoming booking is' : `The ${upcoming} upcoming bookings are`} cancelled; the places are free for others.`,
    'Every sign-in ends.',
    'Name and address are erased here and in CRM. Past bookings stay, without a name.',
    'The address can sign up again, as somebody new.',
  ],
  confirm: 'Delete this account',
  keep: 'Keep it',
  isAdmin: 'Take the admin’s rights away first.',
  isYou: 'This is your own account; you delete it on its own page.',
  deleted: 'The account is deleted.',
} as const;

export const ROLES = {
  title: 'Roles',
  lead: 'Who may do more than book. A right counts at once, and ends at once, wherever somebody is signed in.',
  admins: 'Admins',
  adminsText: 'See and change everything. Made and unmade on the page of a person.',
  byAddress: 'by ADMIN_EMAILS',
  unconfirmed: 'nobody has confirmed this address yet',
  disabled: 'disabled',
  facilitators: 'Facilitators',
  facilitatorsText: 'Run their own events and have CRM: whoever has confirmed the facilitator’s address.',
  facilitatorsLink: (count: number) => (count === 1 ? '1 facilitator' : `${count} facilitators`),
  assistants: 'Assistants',
  assistantsText: 'Help at the door: lists and who came, at the events of one facilitator.',
  helps: (name: string) => `helps ${name}`,
  noAssistants: 'Nobody helps yet.',
  assistantsLink: 'Name and remove assistants',
} as const;

export const DISABLE = {
  tab: 'Disable',
  tabEnable: 'Enable',
  title: (name: string) => `Disable the account of ${name}?`,
  titleEnable: (name: string) => `Enable the account of ${name} again?`,
  meansTitle: 'What it means',
  means: (upcoming: number) => [
    'Every sign-in ends within a second, in browsers and programs, here and in CRM.',
    'Nobody signs in with it again: by no password, no mailed link, and from no program.',
    upcoming === 0
      ? 'There is no upcoming booking.'
      : `${upcoming === 1 ? 'The upcoming booking stays' : `The ${upcoming} upcoming bookings stay`}. Cancel on the list of participants what should not.`,
    'Whoever tries to sign in reads what a wrong password says: the person is not told why.',
    'Rights as an admin or facilitator rest. Public pages and events of a facilitator stay.',
  ],
  meansEnable: [
    'The person signs in again with the password or account they had.',
    'Rights as an admin or facilitator hold again.',
    'What was signed in before stays ended.',
  ],
  confirm: 'Disable this account',
  confirmEnable: 'Enable this account',
  keep: 'Leave it as it is',
  isYou: 'This is your own account. Another admin has to disable it.',
} as const;

export const FACILITATORS = {
  title: 'Facilitators',
  add: 'Add a facilitator',
  columns: { name: 'Name', account: 'Account', ahead: 'Events ahead' },
  signsIn: 'Signs in',
  signsInNot: 'Not yet: nobody has confirmed this address',
  ahead: (count: number) => String(count),
  empty: { title: 'No facilitators yet', text: 'Who leads sessions stands here. Every event needs one.' },
  next: 'Further facilitators',
  first: 'From the beginning',
  edit: (name: string) => `Edit ${name}`,
  publicPage: 'See the page visitors see',
  account: 'See the account',
  labels: {
    name: 'Name',
    email: 'E-mail',
    specialties: 'Specialties',
    bio: 'About',
    password: 'Password',
  },
  hints: {
    email: 'Whoever has confirmed this address signs in as this facilitator.',
    specialties: 'In a line: yin, breathwork, old injuries …',
    bio: 'Who they are and how they teach. Leave a line empty between paragraphs.',
    password:
      'Optional: 10 characters or more. Makes the account they sign in with; what a stranger made at this address before ends.',
  },
  save: 'Save',
  saveNew: 'Add',
  back: 'Back without saving',
  added: 'Added.',
  saved: 'Saved.',
  notSaved: 'Not saved',
  fix: (count: number) => (count === 1 ? 'Please mend one thing:' : 'Please mend these:'),
  taken: 'There is a facilitator with this address already.',
  hasAccount:
    'Somebody has a confirmed account at this address already. Leave the password empty: that account is theirs.',
  faults: {
    name: (detail: string) => `The name ${detail}.`,
    email: 'Write an address such as ana@example.org.',
    specialties: (detail: string) => `The line of specialties ${detail}.`,
    bio: (detail: string) => `The text ${detail}.`,
    password: (detail: string) => `A password ${detail}.`,
  },
} as const;
