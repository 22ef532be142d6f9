export const ACCOUNT = {
  title: 'Your account',
  about: 'About you',
  nameHint: 'What facilitators read when you book.',
  saveName: 'Save',
  notSaved: 'Not saved',
  securityTitle: 'Signing in',
  password: 'Password',
  passwordIs: (has: boolean) => (has ? 'Change it, or have a link sent' : 'You have none yet: choose one'),
  passkeys: 'Passkeys',
  passkeysAre: (count: number) => (count === 0 ? 'None yet' : count === 1 ? 'One' : String(count)),
  twoStep: 'Two-step sign-in',
  twoStepIs: (isOn: boolean) => (isOn ? 'On: a code of your app is asked for' : 'Off: your password is enough'),
  google: 'Google',
  googleIs: (isConnected: boolean) => (isConnected ? 'Connected' : 'Connect it, to sign in without a password'),
  address: 'E-mail address',
  addressIs: (email: string, isProven: boolean) => `${email}, ${isProven ? 'confirmed' : 'not confirmed yet'}`,
  signIns: 'Where you are signed in',
  signInsAre: (count: number) =>
    count === 1 ? 'Here only' : `Here and in ${count === 2 ? 'one place' : `${count - 1} places`} more`,
  tokens: 'Access tokens',
  tokensText: 'For programs of yours',
  dataTitle: 'Your data',
  download: 'Download your data',
  downloadText: 'Everything kept about you, as JSON or CSV',
  studioTitle: 'For organisers',
  organise: 'Organise events',
  organiseText: 'Your events, and who comes',
  crm: 'Open your CRM',
  crmText: 'Bookings as they come in',
  admin: 'Administration',
  adminText: 'People, facilitators, messages',
  deleteTitle: 'Delete your account',
  deleteText: 'You see what it means before anything is deleted',
  crumb: 'Your account',
} as const;

/** What was just done, by the word in the address after a form. */
const DONE: Readonly<Record<string, { title: string; text?: string }>> = {
  confirmed: { title: 'Your address is confirmed', text: 'Welcome. Everything here is yours now.' },
  chosen: { title: 'Your new password is saved', text: 'Everywhere else you are signed out.' },
  chosenBeside: {
    title: 'Your new password is saved',
    text: 'Everywhere else you are signed out. Your passkeys still open your account: look whether you know them all.',
  },
  kept: { title: 'Your bookings are kept', text: 'From now on you sign in with your address and your new password.' },
  name: { title: 'Your name is saved' },
  proof: { title: 'Look into your mail', text: 'We sent you a link to confirm your address.' },
  password: {
    title: 'Look into your mail',
    text: 'We sent you a link to choose a new password. It is good for an hour.',
  },
  address: {
    title: 'Your new address is yours',
    text: 'You sign in with it from now on. Everywhere else you are signed out.',
  },
};

export function doneWords(word: string | null): { title: string; text?: string } | undefined {
  return word !== null && Object.hasOwn(DONE, word) ? DONE[word] : undefined;
}

export const SIGN_INS = {
  title: 'Where you are signed in',
  lead: 'Sign out wherever you do not know what it is, and choose a new password then.',
  thisOne: 'this one',
  program: 'A program',
  browser: 'A browser',
  signOut: 'Sign out',
  signOutThere: (what: string) => `Sign out there: ${what}`,
  signOutAll: 'Sign out everywhere',
  signOutAllText: 'Here too.',
  signOutAllCrm: 'Here too, and in your CRM.',
  ended: 'Signed out there',
} as const;

/** When a sign-in was used last; that is noted once an hour at most. */
export function lastSeen(hours: number): string {
  if (hours < 2) return 'in use lately';
  if (hours < 24) return `used ${hours} hours ago`;
  const days = Math.floor(hours / 24);
  return days === 1 ? 'used yesterday' : `used ${days} days ago`;
}

/** Where a person confirms that it is they. */
export const OWN_PASSWORD = {
  label: 'Your password',
  wrong: 'This is not your password.',
  none: 'You have no password here, so this works within ten minutes of signing in. Has it been longer? Sign out and in again first.',
} as const;

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
