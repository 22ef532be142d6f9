export const SIGN_UP = {
  title: 'Make an account',
  titleRefused: 'No account yet',
  lead: 'To book, and to see what you have booked.',
  leadForBooking: 'Then your place is one click away; your choice is kept.',
  submit: 'Make an account',
  known: 'Been here before?',
  signIn: 'Sign in',
} as const;

export const SIGN_UP_SENT = {
  title: 'Look into your mail',
  /** Around the address. */
  before: 'We sent a mail to',
  after: ': open it to confirm your address.',
  valid: (days: number) => `Its link is good for ${days} days. Open it in this browser, and one click is enough.`,
  again: 'Send it again',
  sentAgain: 'Sent again',
  sentAgainText: 'Only the link in the newest mail works.',
  notSent: 'Not sent again',
  nothing: 'Nothing there? Look into the folder for spam, or',
  otherAddress: 'use another address',
} as const;

export const SIGN_UP_PASSKEY = {
  link: 'Use a passkey instead of a password',
  title: 'An account with a passkey',
  lead: 'Your device keeps it and asks for face, finger or PIN. There is no password to forget.',
  submit: 'Go on with a passkey',
  otherWay: 'Choose a password instead',
  passkeyName: 'My first passkey',
} as const;
