export const SIGN_IN = {
  title: 'Sign in',
  titleRefused: 'Not signed in',
  titleForCrm: 'Sign in to CRM',
  leadForCrm: (studio: string) => `CRM uses your account at ${studio}.`,
  leadForBooking: 'Then your place is one click away; your choice is kept.',
  submit: 'Sign in',
  forgotten: 'Forgotten your password?',
  newHere: 'New here?',
  signUp: 'Make an account',
  demoTitle: 'Demo accounts',
  demoPassword: 'The password of each is',
  expired: 'This sign-in took too long, or it began in another browser.',
  expiredTitle: 'This sign-in has ended',
  failedTitle: 'You could not be signed in',
  startAgain: 'Start again at CRM',
  again: 'Try again',
} as const;

export const SIGN_OUT = {
  title: 'Sign out',
  question: 'Sign out?',
  who: (name: string) => `You are signed in as ${name}.`,
  submit: 'Sign out',
} as const;

export const SIGN_IN_CODE = {
  title: 'Enter your code',
  lead: 'One more step: the code that your app shows.',
  code: 'Code',
  codeHint: 'Six digits. Each code is good for once.',
  wrong: {
    code: 'This code is wrong or was used. Wait for the next one in your app.',
    recovery: 'This is none of your recovery codes, or it was used. Check what you typed, or take another.',
  },
  lost: 'No app at hand?',
  recovery: 'Recovery code',
  recoveryHint: 'One of the ten you kept. It works once; hyphens do not matter.',
  recoverySubmit: 'Sign in with it',
  lostBoth: 'If you have neither, write to the studio: an admin who knows you can let you in again.',
  other: 'Sign in as somebody else',
} as const;

export const SIGN_IN_PASSKEY = {
  title: 'Sign in with a passkey',
  lead: 'Your device shows that it is you, by face, finger or PIN. No password, no code.',
  or: 'or',
  otherWay: 'Sign in with your password',
} as const;
