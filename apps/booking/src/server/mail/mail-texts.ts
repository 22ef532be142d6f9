import { ADDRESS_MINUTES, PROVE_DAYS, RESET_MINUTES } from './mailed-link.ts';

/** Every word of the mails. Values that people chose come in as they are; rendering makes them safe. */

export const FACTS = {
  when: 'When',
  was: 'It was',
  where: 'Where',
  online: 'Online',
  with: 'With',
  booked: 'Booked',
  places: (seats: number) => (seats === 1 ? '1 place' : `${seats} places`),
  pay: 'To pay',
  free: 'Nothing, it is free',
  atStudio: (amount: string) => `${amount}, at the studio`,
} as const;

export const CONFIRMED = {
  subject: (title: string, day: string) => `You have a place: ${title}, ${day}`,
  title: (seats: number) => (seats === 1 ? 'You have a place' : `You have ${seats} places`),
  text: (title: string) =>
    `See you at ${title}. The calendar file that came with this mail puts it into your calendar.`,
  terms: 'What the studio asks of you',
} as const;

/** How people get back to their booking. */
export const MANAGE = {
  booking: 'See your booking',
  guest: 'Look after your booking',
  guestText:
    'This link shows your booking. There you can cancel it, or keep it in an account of your own. It opens for whoever has it, so keep it to yourself.',
} as const;

export const CANCELLED = {
  subject: (title: string, day: string) => `Cancelled: ${title}, ${day}`,
  title: 'Your booking is cancelled',
  text: (title: string, seats: number) =>
    `You are no longer booked at ${title}, and the ${seats === 1 ? 'place is' : 'places are'} free for somebody else. The calendar file that came with this mail takes it out of your calendar.`,
  again: 'If you change your mind, you can book again while there are places.',
  button: 'See the event',
} as const;

export const EVENT_CANCELLED = {
  subject: (title: string, day: string) => `Cancelled by the studio: ${title}, ${day}`,
  title: 'The event does not take place',
  text: (studio: string, title: string) =>
    `${studio} had to cancel ${title}. Your booking has ended, and there is nothing to pay. The calendar file that came with this mail takes it out of your calendar.`,
  other: 'Perhaps another date suits you.',
  button: 'See what else there is',
} as const;

export const EVENT_CHANGED = {
  subject: (title: string, day: string) => `Changed: ${title}, ${day}`,
  title: 'Something changed',
  text: (title: string) =>
    `${title}, where you have a place, is not quite as it was when you booked. This is how it is now:`,
  after:
    'Your place is kept. If it does not suit you any more, you can cancel it on the page of your booking. The calendar file that came with this mail puts your calendar right.',
} as const;

export const AGAIN = {
  subject: (title: string, day: string) => `You already have a place: ${title}, ${day}`,
  title: 'You already have a place',
  text: (title: string) =>
    `Somebody, probably you, asked for a place at ${title}. You have one, and nothing about it changed.`,
} as const;

export const PROVE = {
  subject: (studio: string) => `Confirm your address for ${studio}`,
  title: 'Is this your address?',
  text: (studio: string) => `Somebody, probably you, gave this address to ${studio}. Please confirm that it is yours.`,
  button: 'Confirm this address',
  after: `The link works for ${PROVE_DAYS} days. If it was not you, leave it: without you nothing happens.`,
} as const;

export const RESET = {
  subject: (studio: string) => `A new password for ${studio}`,
  title: 'Choose a new password',
  text: (studio: string) => `Somebody, probably you, asked for a new password at ${studio}.`,
  button: 'Choose a new password',
  after: `The link works once, for ${RESET_MINUTES} minutes. If it was not you, leave it: your password stays as it is.`,
} as const;

/** The same for who booked with an address alone and now signs up. */
export const GUEST_RESET = {
  subject: (studio: string) => `Your account at ${studio}`,
  title: 'Choose a password',
  text: (studio: string) =>
    `Somebody, probably you, wants an account at ${studio} with this address. You booked with it before: choose a password, and those bookings are yours to see.`,
  button: 'Choose a password',
  after: `The link works once, for ${RESET_MINUTES} minutes. If it was not you, leave it: nothing about your bookings changed.`,
} as const;

export const KNOWN = {
  subject: (studio: string) => `You already have an account at ${studio}`,
  title: 'You already have an account',
  text: (studio: string) =>
    `Somebody, probably you, wanted to make an account at ${studio} with this address. There is one already, and nothing about it changed.`,
  button: 'Sign in',
  forgotten: 'Forgot the password?',
  choose: 'Choose a new one',
  after: 'If it was not you, leave it: nobody learnt that you have an account.',
} as const;

export const PASSWORD_CHANGED = {
  subject: (studio: string) => `Your password at ${studio} was changed`,
  title: 'Your password was changed',
  text: (studio: string) =>
    `The password of your account at ${studio} was changed by somebody who knew it. You are signed out everywhere else. If that was you, there is nothing to do.`,
  notYou: 'If it was not you, take your account back:',
  choose: 'Choose a new password',
} as const;

/** To the address that somebody wants for their account. */
export const NEW_ADDRESS = {
  subject: (studio: string) => `Your new address at ${studio}`,
  title: 'Use this address?',
  text: (studio: string) =>
    `Somebody, probably you, wants to use this address for their account at ${studio}. Nothing changes until you confirm it.`,
  button: 'Look at the change',
  after: `The link works once, for ${ADDRESS_MINUTES} minutes. If it was not you, leave it: without you nothing happens.`,
} as const;

/** The same, where the address is taken. */
export const ADDRESS_TAKEN = {
  subject: (studio: string) => `This address is in use at ${studio}`,
  title: 'This address is in use',
  text: (studio: string) =>
    `Somebody, probably you, wants to use this address for another account at ${studio}. It belongs to an account or a booking there already, and nothing about that changed.`,
  after: 'If both are yours, go on with the one that has this address:',
  signIn: 'Sign in',
} as const;

/** To the address of now. */
export const ADDRESS_ASKED = {
  subject: (studio: string) => `Your address at ${studio} is about to change`,
  title: 'Your address is about to change',
  text: (studio: string) =>
    `Somebody who knows your password asked to use another address for your account at ${studio}. It changes once that one is confirmed. If that was you, there is nothing to do.`,
  notYou: 'If it was not you, stop it and take your account back:',
  choose: 'Choose a new password',
} as const;

/** To the address that was. */
export const ADDRESS_CHANGED = {
  subject: (studio: string) => `Your address at ${studio} was changed`,
  title: 'Your address was changed',
  text: (studio: string) =>
    `Your account at ${studio} has another address now, and this one is no longer used. If that was you, there is nothing to do.`,
  notYou: (studio: string) => `If it was not you, tell ${studio} at once.`,
} as const;
/** What stands under every notice of a change in how somebody signs in. */
export const NOTICE = {
  button: 'See your account',
  notYou: 'It was not you?',
  choose: 'Choose a new password at once',
} as const;

export interface NoticeWords {
  subject: (studio: string) => string;
  title: string;
  text: (studio: string) => string;
  /** What a new password does not put right. */
  after?: string;
}

export const GOOGLE_CONNECTED: NoticeWords = {
  subject: (studio) => `Google was connected at ${studio}`,
  title: 'Google was connected',
  text: (studio) =>
    `A Google account was connected with your account at ${studio}, and opens it from now on. If that was you, there is nothing to do.`,
  after: 'Then disconnect Google on the page of your account: it opens your account also with a new password.',
};

export const GOOGLE_DISCONNECTED: NoticeWords = {
  subject: (studio) => `Google was disconnected at ${studio}`,
  title: 'Google was disconnected',
  text: (studio) =>
    `Your Google account opens your account at ${studio} no longer. In all other places you were signed out. If that was you, there is nothing to do.`,
};

export const TWO_STEP_ON: NoticeWords = {
  subject: (studio) => `Two-step sign-in is on at ${studio}`,
  title: 'Two-step sign-in is on',
  text: (studio) =>
    `From now on ${studio} asks for a code of your app after your password. In all other places you were signed out.`,
};

export const TWO_STEP_OFF: NoticeWords = {
  subject: (studio) => `Two-step sign-in is off at ${studio}`,
  title: 'Two-step sign-in is off',
  text: (studio) =>
    `From now on ${studio} asks for no code any more. Your recovery codes have ended, and in all other places you were signed out.`,
};

export const RECOVERY_USED: NoticeWords = {
  subject: (studio) => `A recovery code was used at ${studio}`,
  title: 'A recovery code was used',
  text: (studio) =>
    `Somebody, probably you, used one of your recovery codes at ${studio}. It has ended. You can make new ones in your account.`,
};

export const RECOVERY_RENEWED: NoticeWords = {
  subject: (studio) => `New recovery codes at ${studio}`,
  title: 'You have new recovery codes',
  text: (studio) => `The recovery codes of your account at ${studio} were made anew. The ones from before have ended.`,
};

export const PASSKEY_ADDED: NoticeWords = {
  subject: (studio) => `A passkey was added at ${studio}`,
  title: 'A passkey was added',
  text: (studio) =>
    `Your account at ${studio} has a new passkey, which opens it without your password. In all other places you were signed out.`,
  after: 'Then remove the passkey on the page of your account: it opens your account also with a new password.',
};

export const PASSKEY_REMOVED: NoticeWords = {
  subject: (studio) => `A passkey was removed at ${studio}`,
  title: 'A passkey was removed',
  text: (studio) =>
    `One of the passkeys of your account at ${studio} opens it no longer. In all other places you were signed out.`,
};

export const FRAME = {
  /** Stands under every button, for programs that show none. */
  address: 'Or open this address:',
  booked: (studio: string) => `You get this mail because somebody booked at ${studio} with your address.`,
  owned: (studio: string) => `You get this mail because you have an account at ${studio}.`,
  asked: (studio: string) => `You get this mail because somebody gave your address to ${studio}.`,
} as const;
