import type { Scope } from '#server/accounts/access-token.ts';

export const TOKENS = {
  title: 'Access tokens',
  lead: 'For programs of yours that book or organise through the API. A token is as good as you are, for what it may do: give each program one of its own.',
  none: 'You have no tokens.',
  made: 'Your new token',
  madeTitle: (name: string) => `Your new token: ${name}`,
  madeText: 'Copy it now: it is shown this once, and we keep no copy that could be read.',
  ended: 'The token has ended',
  newTitle: 'A new token',
  name: 'What it is for',
  nameHint: 'For example: calendar at home.',
  nameNeeded: 'Say what it is for.',
  nameLong: 'Say it in 60 letters or fewer.',
  mayTitle: 'What it may do',
  alwaysRead: 'It may always look at what you may see.',
  days: 'Good for',
  needsPassword: 'A token needs a password that vouches for it, and you have none yet.',
  choosePassword: 'Choose a password',
  submit: 'Make the token',
  end: 'End it',
  endThis: (name: string) => `End the token: ${name}`,
  notMade: 'No token made',
  apiText: 'Programs send it with each request.',
  apiLink: 'How the API works',
} as const;

export const SCOPE_WORDS: Readonly<Record<Scope, string>> = {
  read: 'look',
  book: 'book and cancel',
  organise: 'run your events',
};

/** The choices of a new token; to look goes without saying. */
export const CHOOSABLE: readonly { scope: Exclude<Scope, 'read'>; label: string }[] = [
  { scope: 'book', label: 'Book places for you, and cancel them' },
  { scope: 'organise', label: 'Run events: create, change and cancel them, read who comes' },
];

export function daysInWords(days: number): string {
  return days === 365 ? 'a year' : `${days} days`;
}

/** What a token may, and how it stands, on one line. */
export function tokenFacts(token: { scopes: readonly Scope[]; endsOn: string; usedOn: string | undefined }): string {
  const may = token.scopes.map((scope) => SCOPE_WORDS[scope]).join(', ');
  return `May ${may} · ends ${token.endsOn} · ${token.usedOn === undefined ? 'not used yet' : `used ${token.usedOn}`}`;
}
