export const PASSKEYS = {
  title: 'Passkeys',
  notDone: 'Not done',
  lead: 'With a passkey your device signs you in: by face, finger or PIN, without a password or code.',
  list: 'Your passkeys',
  none: 'You have none yet.',
  when: (added: string, used: string | null) =>
    used ? `added ${added}, used ${used}` : `added ${added}, not used yet`,
  change: 'Change',
  changeNamed: (name: string) => `Change ${name}`,
  addTitle: 'Add a passkey',
  name: 'Its name',
  nameHint: 'So that you know it again.',
  nameFault: 'Give it a name of 60 characters at most.',
  anyName: 'My device',
  add: 'Add a passkey',
  refused: 'This passkey did not work here, or your device has one already.',
} as const;

/** The page of one. */
export const PASSKEY_PAGE = {
  crumb: 'Your passkeys',
  rename: 'Save the name',
  notRenamed: 'Not renamed',
  removeTitle: 'Remove it',
  removeText: 'It opens your account no longer, and everywhere else you are signed out.',
  device: 'Your device may go on offering it; delete it there, too.',
  remove: 'Remove it',
} as const;

const DONE: Readonly<Record<string, { title: string; text?: string }>> = {
  added: { title: 'Your passkey is added', text: 'Everywhere else you are signed out.' },
  renamed: { title: 'The name is saved' },
  removed: { title: 'The passkey is removed', text: 'Everywhere else you are signed out.' },
};

/** What was just done, by the word in the address after a form. */
export function passkeyDone(word: string | null): { title: string; text?: string } | undefined {
  return word !== null && Object.hasOwn(DONE, word) ? DONE[word] : undefined;
}
