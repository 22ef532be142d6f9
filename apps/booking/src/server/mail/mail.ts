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
  /** A guest asked for a place they already have. */
  | 'guest.again';
