import type { DomainError } from '@samaya/platform/domain-error.ts';
import { PlatformError } from '@samaya/platform/platform-error.ts';
import { BookingError } from '#server/errors.ts';
import type { BookableState } from './booking-queries.ts';

/** Why a place is not to be had, in the order in which it is judged. */
export const REFUSALS = [
  'not-found',
  'event-inactive',
  'event-started',
  'already-booked',
  'already-waitlisted',
  'too-many-seats',
  'event-full',
  'not-enough-seats',
] as const;
export type Refusal = (typeof REFUSALS)[number];

/** Why somebody cannot book now, in the order of `REFUSALS`; `undefined` when they could. */
export function judge(state: Omit<BookableState, 'isKnown'>, seats: number): Refusal | undefined {
  if (!state.isOpen) return 'event-inactive';
  if (state.hasStarted) return 'event-started';
  if (state.ownStatus === 'waitlisted') return 'already-waitlisted';
  if (state.ownStatus !== null) return 'already-booked';
  if (seats > state.maxParticipants) return 'too-many-seats';
  if (state.seatsLeft === 0) return 'event-full';
  return seats > state.seatsLeft ? 'not-enough-seats' : undefined;
}

/** The sentence for a refusal; `maxParticipants` and `seatsLeft` are those of the event at that moment. */
export function refusalOf(
  refusal: Refusal,
  { maxParticipants, seatsLeft }: { maxParticipants: number; seatsLeft: number },
): DomainError {
  switch (refusal) {
    case 'not-found':
      return new PlatformError('not-found', 'There is no such event.');
    case 'event-inactive':
      return new BookingError(refusal, 'This event cannot be booked at the moment.');
    case 'event-started':
      return new BookingError(refusal, 'This event has started; it can no longer be booked.');
    case 'already-booked':
      return new BookingError(refusal, 'You have already booked this event.');
    case 'already-waitlisted':
      return new BookingError(refusal, 'You are on the waiting list of this event.');
    case 'too-many-seats':
      return new BookingError(refusal, `This event has ${maxParticipants} places in all.`, {
        errors: [{ pointer: '/seats', detail: `is ${maxParticipants} at most` }],
      });
    case 'event-full':
      return new BookingError(refusal, 'All places of this event are taken.');
    case 'not-enough-seats':
      return new BookingError(refusal, `Only ${seatsLeft} left. Book fewer seats.`, {
        extensions: { seats_left: seatsLeft },
      });
  }
}
