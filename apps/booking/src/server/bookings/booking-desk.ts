import { isDatabaseAway } from '@samaya/platform/database.ts';
import { batchNaturally } from '@samaya/platform/natural-batching.ts';
import type { Kysely } from 'kysely';
import type { DB } from '#server/database-types.ts';
import { type AnsweredOnce, type RepeatableRequest, readKey, runOnce } from '#server/idempotency/with-idempotency.ts';
import { type Booking, bookingJson } from './booking.ts';
import { type BatchedOutcome, type BatchedRequest, bookPlaces, findPeopleOf } from './booking-batch-queries.ts';
import type { WantedPlace } from './booking-queries.ts';
import { refusalOf } from './booking-refusals.ts';
import { createBooking } from './create-booking.ts';
import { rememberSoldOut } from './sold-out-memory.ts';

/** Where a process takes bookings: many at once cost little more than one. */
export interface BookingDesk {
  /**
   * Books seats for a person at an event. Refuses as `createBooking` does, and with `unavailable` when too many wait.
   */
  book(wanted: WantedPlace): Promise<Booking>;
  /** The same for a request that may be repeated; resolves to the JSON of the booking, the same for every repetition. */
  bookOnce(wanted: WantedPlace, request: RepeatableRequest): Promise<AnsweredOnce>;
}

interface Ticket {
  wanted: WantedPlace;
  request: RepeatableRequest | undefined;
  key: BatchedRequest['key'];
}

type Outcome = (AnsweredOnce & { booking?: Booking; error?: undefined }) | { error: unknown };

const MOST_TOGETHER = 64;
const MOST_WAITING = 2000;
// More people than this are not kept in memory; such an event is asked about each time.
const MOST_PEOPLE_REMEMBERED = 20_000;

/**
 * Opens the desk of a process. Several processes may each have one, on one database. `clock` counts milliseconds, for
 * how long a sold-out event is remembered.
 */
export function createBookingDesk(db: Kysely<DB>, clock?: () => number): BookingDesk {
  const soldOut = rememberSoldOut(clock);
  const queue = batchNaturally<Ticket, Outcome>({ run: serve, mostTogether: MOST_TOGETHER, mostWaiting: MOST_WAITING });

  async function take(ticket: Ticket): Promise<Exclude<Outcome, { error: unknown }>> {
    // A key may be that of a place already given, which only the database knows.
    if (ticket.key === null && soldOut.knows(ticket.wanted))
      throw refusalOf('event-full', { maxParticipants: 0, seatsLeft: 0 });
    const outcome = await queue(ticket);
    if ('json' in outcome) return outcome;
    throw outcome.error;
  }

  async function serve(tickets: readonly Ticket[]): Promise<Outcome[]> {
    const [first] = tickets;
    if (first && tickets.length === 1 && first.key === null) return [await serveAlone(first)];
    let outcomes: BatchedOutcome[];
    try {
      outcomes = await bookPlaces(
        db,
        tickets.map(({ wanted, key }) => ({ ...wanted, key })),
      );
    } catch (error) {
      if (!isDatabaseAway(error)) {
        if (tickets.length > 1) throw error;
        return first ? [await serveAlone(first)] : [];
      }
      // The commit may have happened before the connection broke: a key tells, and without one nobody guesses.
      return await Promise.all(tickets.map((ticket) => (ticket.key ? serveAlone(ticket) : { error })));
    }
    const served: Outcome[] = [];
    for (const [index, ticket] of tickets.entries()) {
      const outcome = outcomes[index] ?? { outcome: 'again' };
      // Those left over go one after the other, so that who came first is served first.
      served.push(outcome.outcome === 'again' ? await serveAlone(ticket) : settle(outcome));
    }
    await noteSoldOut(tickets, outcomes);
    return served;
  }

  async function noteSoldOut(tickets: readonly Ticket[], outcomes: readonly BatchedOutcome[]): Promise<void> {
    const full = new Map<number, number>();
    for (const [index, outcome] of outcomes.entries()) {
      const eventId = tickets[index]?.wanted.eventId;
      if (outcome.outcome === 'event-full' && eventId !== undefined) full.set(eventId, outcome.maxParticipants);
    }
    for (const [eventId, maxParticipants] of full) {
      const people = await findPeopleOf(db, eventId, MOST_PEOPLE_REMEMBERED).catch(() => undefined);
      if (people) soldOut.note({ eventId, maxParticipants, people });
    }
  }

  async function serveAlone({ wanted, request }: Ticket): Promise<Outcome> {
    try {
      if (!request) {
        const booking = await createBooking(db, wanted);
        return { booking, json: JSON.stringify(bookingJson(booking)), isRepetition: false };
      }
      return await createBooking(db, wanted, (book) =>
        runOnce(db, request, async (trx) => bookingJson(await book(trx))),
      );
    } catch (error) {
      return { error };
    }
  }

  return {
    async book(wanted) {
      const { booking } = await take({ wanted, request: undefined, key: null });
      if (!booking) throw new Error('only a repeated request has an answer without a booking');
      return booking;
    },
    async bookOnce(wanted, request) {
      const { json, isRepetition } = await take({ wanted, request, key: readKey(request) });
      return { json, isRepetition };
    },
  };
}

function settle(outcome: Exclude<BatchedOutcome, { outcome: 'again' }>): Outcome {
  if (outcome.outcome !== 'confirmed') return { error: refusalOf(outcome.outcome, outcome) };
  return { booking: outcome.booking, json: outcome.answer, isRepetition: false };
}
