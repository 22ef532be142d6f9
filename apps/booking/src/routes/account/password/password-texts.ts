export const PASSWORD = {
  title: 'Change your password',
  titleNone: 'Choose a password',
  titleRefused: 'Not changed',
  lead: 'You stay signed in here, and are signed out everywhere else.',
  leadNone: (email: string) =>
    `You have no password yet. We send a link to ${email}, by which you choose one: so we know that the address is yours.`,
  current: 'Current password',
  wrong: 'This is not your password.',
  submit: 'Change my password',
  forgottenTitle: 'Forgotten it?',
  forgotten: (email: string) => `We send a link to ${email}, by which you choose a new one.`,
  send: 'Send me the link',
  notSent: 'No mail sent',
} as const;
