import { againIfRolledBack, sqlState, violatedConstraint } from '@samaya/platform/database.ts';
import { PlatformError } from '@samaya/platform/platform-error.ts';
import type { Kysely } from 'kysely';
import type { DB } from '#server/database-types.ts';
import type { Booking } from './booking.ts';
import { bookPlace, findBookableState, type WantedPlace } from './booking-queries.ts';
import { judge, refusalOf } from './booking-refusals.ts';

// Raised by book_place when the event closed while the statement waited for its turn.
const CLOSED_WHILE_WAITING = 'SA001';
const CHECK_VIOLATION = '23514';
const CAPACITY = 'events_seats_within_capacity';
// Each round means that somebody freed or took seats in between; nobody is that unlucky for long.
const MOST_ROUNDS = 5;

/** The place was not to be had; which condition failed is asked afterwards, outside the failed transaction. */
class NotBooked extends Error {}

/**
 * Books seats for a person at an event: the one function every door calls. `transact` runs the booking inside a
 * transaction of the caller's, e.g. together with an idempotency key; by default the one statement is the transaction.
 *
 * Refuses, in this order: `not-found`, `event-inactive` (also cancelled), `event-started`, `already-booked` or
 * `already-waitlisted`, `too-many-seats` (more than the event has at all), `event-full`, `not-enough-seats`. A
 * refusal leaves no trace. A person deleted meanwhile is `unauthenticated`.
 */
export async function createBooking(db: Kysely<DB>, wanted: WantedPlace): Promise<Booking>;
export async function createBooking<Result>(
  db: Kysely<DB>,
  wanted: WantedPlace,
  transact: (book: (trx: Kysely<DB>) => Promise<Booking>) => Promise<Result>,
): Promise<Result>;
export async function createBooking(
  db: Kysely<DB>,
  wanted: WantedPlace,
  transact: (book: (trx: Kysely<DB>) => Promise<Booking>) => Promise<unknown> = (book) => book(db),
): Promise<unknown> {
  for (let round = 1; round <= MOST_ROUNDS; round++) {
    try {
      return await againIfRolledBack(() => transact((trx) => book(trx, wanted)));
    } catch (error) {
      if (!(error instanceof NotBooked)) throw error;
    }
    const refusal = await findRefusal(db, wanted);
    if (refusal) throw refusal;
  }
  throw new PlatformError('unavailable', 'Many people are booking this event right now. Try again in a moment.', {
    retryAfterSeconds: 1,
  });
}

async function book(trx: Kysely<DB>, wanted: WantedPlace): Promise<Booking> {
  try {
    const booking = await bookPlace(trx, wanted);
    if (booking) return booking;
  } catch (error) {
    const isFull = sqlState(error) === CHECK_VIOLATION && violatedConstraint(error) === CAPACITY;
    if (!isFull && sqlState(error) !== CLOSED_WHILE_WAITING) throw error;
  }
  throw new NotBooked();
}

/** Why a person cannot book now; `undefined` when they could. */
async function findRefusal(db: Kysely<DB>, wanted: WantedPlace): Promise<Error | undefined> {
  const state = await findBookableState(db, wanted);
  if (state && !state.isKnown) return new PlatformError('unauthenticated', 'This account was deleted.');
  const refusal = state ? judge(state, wanted.seats) : 'not-found';
  return refusal && refusalOf(refusal, { maxParticipants: 0, seatsLeft: 0, ...state });
}
