export const RESET = {
  title: 'Choose a new password',
  titleRefused: 'No mail sent',
  lead: 'Tell us your address. We send a link to it by which you choose a new password.',
  submit: 'Send me the link',
  remembered: 'Remembered it?',
  signIn: 'Sign in',
} as const;

export const RESET_SENT = {
  title: 'Look into your mail',
  before: 'If',
  after: ' belongs to an account or a booking here, a mail with a link is on its way to it.',
  valid: (minutes: number) =>
    `The link is good for ${minutes === 60 ? 'an hour' : `${minutes} minutes`}, once. Until then your old password works.`,
  nothing: 'Nothing there? Look into the folder for spam, or',
  again: 'ask again',
} as const;

export const CHOOSE = {
  title: 'Choose a new password',
  titleRefused: 'No new password yet',
  lead: (email: string) => `For ${email}.`,
  means: 'You are signed out everywhere else and signed in here.',
  submit: 'Save and sign in',
  endedTitle: 'This link has ended',
  endedText: 'It was used, it is older than an hour, or a newer one was sent. Your password is as it was.',
  endedAgain: 'Have a new one sent',
  endedSignIn: 'Sign in',
} as const;
