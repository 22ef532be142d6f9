export const ACCOUNT = {
  title: 'Your account',
  about: 'About you',
  nameHint: 'What facilitators read when you book.',
  saveName: 'Save',
  notSaved: 'Not saved',
  email: 'E-mail',
  confirmed: 'Confirmed',
  notConfirmed: 'Not confirmed yet',
  passwordTitle: 'Password',
  passwordText: 'We send a link to your address by which you choose a new one.',
  passwordSubmit: 'Send me the link',
  twoStep: 'Two-step sign-in',
  signInsTitle: 'Where you are signed in',
  thisOne: 'this one',
  program: 'A program',
  browser: 'A browser',
  signOut: 'Sign out',
  signOutThere: (what: string) => `Sign out there: ${what}`,
  signOutAll: 'Sign out everywhere',
  dataTitle: 'Your data',
  dataText: 'Everything kept about you, as one file in JSON.',
  download: 'Download it',
  studioTitle: 'For organisers',
  organise: 'Organise events',
  crm: 'Open your CRM',
  admin: 'Administration',
  deleteTitle: 'Delete your account',
  deleteText: 'You see what it means before anything is deleted.',
  deleteLink: 'Go on to delete it',
} as const;

/** What was just done, by the word in the address after a form. */
const DONE: Readonly<Record<string, { title: string; text?: string }>> = {
  confirmed: { title: 'Your address is confirmed', text: 'Welcome. Everything here is yours now.' },
  chosen: { title: 'Your new password is saved', text: 'Everywhere else you are signed out.' },
  kept: { title: 'Your bookings are kept', text: 'From now on you sign in with your address and your new password.' },
  name: { title: 'Your name is saved' },
  proof: { title: 'Look into your mail', text: 'We sent you a link to confirm your address.' },
  password: {
    title: 'Look into your mail',
    text: 'We sent you a link to choose a new password. It is good for an hour.',
  },
  ended: { title: 'Signed out there' },
};

export function doneWords(word: string | null): { title: string; text?: string } | undefined {
  return word !== null && Object.hasOwn(DONE, word) ? DONE[word] : undefined;
}

/** When a sign-in was used last; that is noted once an hour at most. */
export function lastSeen(hours: number): string {
  if (hours < 2) return 'in use lately';
  if (hours < 24) return `used ${hours} hours ago`;
  const days = Math.floor(hours / 24);
  return days === 1 ? 'used yesterday' : `used ${days} days ago`;
}

export const PROOF_BANNER = {
  title: 'Confirm your address',
  text: (email: string) =>
    `We sent a link to ${email}. Until you follow it, it is not certain that the address is yours.`,
  again: 'Send it again',
  notSent: 'Not sent',
} as const;

export const DELETE = {
  title: 'Delete your account?',
  titleRefused: 'Not deleted',
  wrongPassword: 'This is not your password. Check it, or choose a new one first.',
  meansTitle: 'What it means',
  upcoming: (count: number) =>
    count === 0
      ? 'You have no upcoming bookings.'
      : count === 1
        ? 'Your upcoming booking is cancelled; its place is free for others.'
        : `Your ${count} upcoming bookings are cancelled; their places are free for others.`,
  signIns: (count: number) =>
    count === 1 ? 'You are signed out.' : `You are signed out in all ${count} places where you are signed in.`,
  erased: 'Your name and address are erased here and with your facilitators.',
  past: 'Past bookings stay in the studio’s numbers, without your name.',
  profile: 'Your public profile as a facilitator is the studio’s, and stays.',
  final: 'It cannot be undone.',
  submit: 'Delete my account',
  keep: 'Keep it',
  doneTitle: 'Your account is deleted',
  doneText: 'Thank you for having been here. With the same address you can begin anew whenever you like.',
  doneLink: 'To the first page',
} as const;
