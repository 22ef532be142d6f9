import { isDatabaseAway } from '@samaya/platform/database.ts';
import type { DomainError } from '@samaya/platform/domain-error.ts';
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
  /** The refusal of a wish without a key, if it is known without asking: the event was sold out a moment ago. */
  recallRefusal(wanted: WantedPlace): DomainError | undefined;
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
// One for all: to make an error costs more than to answer with it.
const SOLD_OUT = refusalOf('event-full', { maxParticipants: 0, seatsLeft: 0 });

/**
 * Opens the desk of a process. Several processes may each have one, on one database. `clock` counts milliseconds, for
 * how long a sold-out event is remembered.
 */
export function createBookingDesk(db: Kysely<DB>, clock?: () => number): BookingDesk {
  const soldOut = rememberSoldOut(clock);
  const queue = batchNaturally<Ticket, Outcome>({ run: serve, mostTogether: MOST_TOGETHER, mostWaiting: MOST_WAITING });

  function recallRefusal(wanted: WantedPlace): DomainError | undefined {
    return soldOut.knows(wanted) ? SOLD_OUT : undefined;
  }

  async function take(ticket: Ticket): Promise<Exclude<Outcome, { error: unknown }>> {
    // A key may be that of a place already given, which only the database knows.
    const refusal = ticket.key === null ? recallRefusal(ticket.wanted) : undefined;
    if (refusal) throw refusal;
    const outcome = await queue(ticket);
    if ('json' in outcome) return outcome;
    throw outcome.error;
  }

  async function serve(tickets: readonly Ticket[]): Promise<Outcome[]> {
    const [first] = tickets;
    const isAlone = tickets.length === 1 && first?.key === null && !soldOut.remembers(first.wanted.eventId);
    if (first && isAlone) return [await serveAlone(first)];
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
      if (eventId === undefined) continue;
      if (outcome.outcome === 'event-full') full.set(eventId, outcome.maxParticipants);
      else if (outcome.outcome === 'confirmed') soldOut.forget(eventId);
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
    recallRefusal,
  };
}

function settle(outcome: Exclude<BatchedOutcome, { outcome: 'again' }>): Outcome {
  if (outcome.outcome !== 'confirmed') return { error: refusalOf(outcome.outcome, outcome) };
  return { booking: outcome.booking, json: outcome.answer, isRepetition: false };
}
