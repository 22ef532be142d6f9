/** The words around every page: the frame, and the pages that say what went wrong. */
export const SITE = {
  skip: 'Skip to content',
  navigation: 'Main',
  phoneNavigation: 'Quick ways',
  explore: 'Explore',
  events: 'Events',
  bookings: 'My bookings',
  account: 'Account',
  yourAccount: 'Your account',
  organise: 'Organise',
  crm: 'CRM',
  admin: 'Administration',
  signIn: 'Sign in',
  signOut: 'Sign out',
  footer: 'Made with Samaya, open source.',
  api: 'API',
  mailbox: 'Open the local mailbox',
} as const;

interface ErrorWords {
  title: string;
  /** In place of what the error itself says. */
  text?: string;
}

const ERRORS: Readonly<Record<number, ErrorWords>> = {
  403: { title: 'This page is not for you', text: 'You are signed in, but this page is for somebody else.' },
  404: { title: 'There is nothing here', text: 'The address may be mistyped, or the event is no longer open.' },
  503: { title: 'Try again in a moment' },
};

/** What the page of an error says: its title, and a sentence that helps. */
export function errorWords(status: number, message = ''): { title: string; text: string } {
  const { title, text = message } = ERRORS[status] ?? { title: 'That did not work' };
  return { title, text };
}

export const ERROR_PAGE = {
  search: 'Find an event',
  find: 'Find',
  events: 'See all events',
  home: 'Go to the first page',
  again: 'Try again',
  quote: (requestId: string) => `If you report this, quote ${requestId}.`,
} as const;
