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
