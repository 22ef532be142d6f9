import { DomainError } from '@samaya/platform/domain-error.ts';

/** Every refusal booking can give beside those of the platform. Their HTTP statuses stand in `api.ts`. */
export type BookingErrorCode =
  | 'bad-credentials'
  | 'second-factor-needed'
  | 'bad-code'
  | 'sign-in-again'
  | 'bad-passkey'
  | 'bad-signature'
  | 'not-a-facilitator'
  | 'email-taken'
  | 'link-ended'
  | 'too-many-tokens'
  | 'google-unproven'
  | 'google-known'
  | 'google-taken'
  | 'google-refused'
  | 'last-way-in'
  | 'event-inactive'
  | 'event-started'
  | 'already-booked'
  | 'already-waitlisted'
  | 'too-many-seats'
  | 'event-full'
  | 'not-enough-seats'
  | 'seats-taken'
  | 'event-cancelled'
  | 'event-changed'
  | 'attendance-too-early'
  | 'booking-ended'
  | 'not-proven'
  | 'bad-idempotency-key'
  | 'idempotency-mismatch'
  | 'idempotency-in-progress';

/** A refusal of booking's own; `detail` is a sentence that helps. */
export class BookingError extends DomainError<BookingErrorCode> {}
