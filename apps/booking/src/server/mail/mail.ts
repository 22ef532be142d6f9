import type { Visit } from '#server/bookings/visit.ts';

/**
 * What people are written about. The first four are changes of a booking, put into the outbox by the trigger that
 * counts its seats; the others are asked for by a use case with `requestMail`.
 */
export type MailKind =
  | 'booking.confirmed'
  | 'booking.cancelled'
  | 'event.changed'
  | 'event.cancelled'
  | RequestedMailKind;

export type RequestedMailKind =
  /** Confirm that this address is yours. */
  | 'account.prove'
  /** Choose a new password. */
  | 'account.reset'
  /** Somebody signed up with the address of an account that exists. */
  | 'account.known'
  /** To another address: confirm that your account is to have it. */
  | 'account.new-address'
  /** To the address of now: somebody asked to change it. */
  | 'account.address-asked'
  /** To the address that was: it is no longer that of the account. */
  | 'account.address-changed'
  /** The password was changed by whoever knew it. */
  | 'account.password-changed'
  /** Something changed in how they sign in. */
  | 'account.google-connected'
  | 'account.google-disconnected'
  | 'account.two-step-on'
  | 'account.two-step-off'
  | 'account.recovery-used'
  | 'account.recovery-renewed'
  | 'account.passkey-added'
  | 'account.passkey-removed'
  /** A guest asked for a place they already have. */
  | 'guest.again';

/** A mail as it goes out. */
export interface Mail {
  /** Of its outbox row. The mail keeps it however often it is sent, so that a second arrival is known as the same. */
  id: string;
  from: Mailbox;
  /** A bare address: the name is the person's own choice, and this mail may have been asked for by a stranger. */
  to: string;
  subject: string;
  text: string;
  html: string;
  /** An iCalendar file. */
  calendar: string | null;
}

export interface Mailbox {
  name: string;
  address: string;
}

/** The person a mail is to, as they are now. */
export interface Addressee {
  id: number;
  email: string;
  /** Or `NO_PASSWORD`. */
  passwordHash: string;
  /** By Google or a passkey. */
  hasOtherWayIn: boolean;
  isProven: boolean;
  isErased: boolean;
  proveAskedAt: Date | null;
  resetAskedAt: Date | null;
  /** The address they want instead, and when they asked for it. */
  newEmail: string | null;
  newEmailAskedAt: Date | null;
}

/** What a mail tells of, as it is now. */
export interface MailFacts {
  /** When it happened, or was asked for. */
  occurredAt: Date;
  addressee: Addressee | undefined;
  /** Where it goes instead of to the person's address; and whether that is somebody else's here. */
  elsewhere: { email: string; isTaken: boolean } | undefined;
  /** The booking it is about, unless that is gone. */
  visit: Visit | undefined;
  /** A later change of the same booking is told by a mail of its own. */
  isOutdated: boolean;
}

/** A mail in the local mailbox, where everybody's lie on a machine that has no mail server. */
export interface KeptMail {
  id: string;
  sentAt: Date;
  recipient: string;
  subject: string;
  text: string;
  html: string;
  calendar: string | null;
}
