export const GOOGLE = {
  continue: 'Continue with Google',
  or: 'or with a password',
  inDemo: 'In the demo a stand-in plays Google, on this machine.',
  awayTitle: 'Google does not answer',
  again: 'Try Google again',
  otherWay: 'Sign in another way',
  signUp: 'Make an account',
  reset: 'Choose a new password',
  refusedTitle: 'Not signed in',
  refused:
    'This sign-in with Google cannot be finished: it took too long, was used already, or began in another browser.',
  isOff: 'Sign-in with Google is not set up here.',
} as const;
