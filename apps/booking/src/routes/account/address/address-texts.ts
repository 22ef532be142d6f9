export const ADDRESS = {
  title: 'Change your address',
  titleRefused: 'No mail sent',
  now: (email: string) => `Now it is ${email}.`,
  lead: 'We send a link to the new address. Until you confirm it there, nothing changes.',
  label: 'New address',
  password: 'Current password',
  wrong: 'This is not your password.',
  same: 'This is the address you have.',
  submit: 'Send me the link',
  facilitator: 'Your profile as a facilitator goes along.',
  admin:
    'You are an admin by this address: with another one you no longer are, unless it is listed in ADMIN_EMAILS too.',
  noPassword: 'To change your address you need a password.',
  choose: 'Choose a password',
} as const;

export const ADDRESS_SENT = {
  title: 'Look into your mail',
  before: 'A mail is on its way to',
  after: '.',
  valid: (minutes: number) =>
    `Its link is good for ${minutes === 60 ? 'an hour' : `${minutes} minutes`}, once. Until you follow it and confirm, your old address stays. That one is told too.`,
  nothing: 'Nothing there? Look into the folder for spam, or',
  again: 'ask again',
} as const;

/** The page of the mailed link. */
export const TAKE = {
  title: 'Use this address?',
  titleRefused: 'Not changed yet',
  who: (name: string, newEmail: string) => `${name}, from now on you sign in with ${newEmail}.`,
  somebody: (newEmail: string) => `An account here is to be signed in to with ${newEmail} from now on.`,
  instead: (email: string) => `It takes the place of ${email}, which is told. You are signed out everywhere else.`,
  signedIn: 'You are signed in with that account: one click is enough.',
  needsPassword: 'Type the password of the account, so that nobody gives your address to an account that is not yours.',
  submit: 'Use this address',
  notYou: 'If you did not ask for this, close this page: nothing happens.',
  endedTitle: 'This link has ended',
  endedText: 'It was used, it is older than an hour, or a newer one was sent. Your address is as it was.',
  endedAgain: 'Ask for a new one',
} as const;
