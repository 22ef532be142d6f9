export const PASSKEYS = {
  title: 'Passkeys',
  notDone: 'Not done',
  lead: 'With a passkey your device signs you in: by face, finger or PIN, without a password or code.',
  list: 'Your passkeys',
  none: 'You have none yet.',
  when: (added: string, used: string | null) =>
    used ? `added ${added}, used ${used}` : `added ${added}, not used yet`,
  remove: 'Remove',
  removeNamed: (name: string) => `Remove ${name}`,
  addTitle: 'Add a passkey',
  name: 'Its name',
  nameHint: 'So that you know it again.',
  nameFault: 'Give it a name of 60 characters at most.',
  anyName: 'My device',
  password: 'Your password',
  wrongPassword: 'This is not your password.',
  noPassword:
    'You have no password here, so this works within ten minutes of signing in. Has it been longer? Sign out and in again first.',
  add: 'Add a passkey',
  refused: 'This passkey did not work here, or your device has one already.',
} as const;

export const REMOVE_PASSKEY = {
  title: 'Remove this passkey?',
  lead: (name: string) => `${name} opens your account no longer, and everywhere else you are signed out.`,
  device: 'Your device may go on offering it; delete it there, too.',
  submit: 'Remove it',
  keep: 'Keep it',
} as const;

const DONE: Readonly<Record<string, { title: string; text: string }>> = {
  added: { title: 'Your passkey is added', text: 'Everywhere else you are signed out.' },
  removed: { title: 'The passkey is removed', text: 'Everywhere else you are signed out.' },
};

/** What was just done, by the word in the address after a form. */
export function passkeyDone(word: string | null): { title: string; text: string } | undefined {
  return word !== null && Object.hasOwn(DONE, word) ? DONE[word] : undefined;
}
