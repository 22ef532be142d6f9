export const CONFIRM = {
  title: 'Confirm your address',
  titleRefused: 'Not confirmed yet',
  who: (name: string, email: string) => `${name}, is ${email} your address?`,
  oneClick: 'Then confirm it, and you are signed in.',
  signedIn: 'You are signed in with it already: one click is enough.',
  needsPassword:
    'Type the password you chose, so that nobody else confirms an account with your address. Opening this page in the browser where you signed up saves you that.',
  submit: 'Confirm my address',
  noPassword: 'No password, or forgotten it?',
  choose: 'Choose a new one',
  withPasskey: 'You signed up with a passkey?',
  signInFirst: 'Sign in with it, then open this link again',
  notYou: 'If you did not make this account, close this page: nothing happens.',
  doneTitle: 'Your address is confirmed',
  doneText: (email: string) => `${email} was confirmed with this link before.`,
  signIn: 'Sign in',
  account: 'Go to your account',
  endedTitle: 'This link has ended',
  endedText:
    'It is older than a week, a newer one was sent, or it is not complete. Only the link in the newest mail works.',
  endedAgain: 'Sign in, and have a new one sent',
  endedReset: 'Choose a new password',
} as const;
