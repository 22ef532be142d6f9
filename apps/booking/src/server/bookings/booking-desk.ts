import { againIfRolledBack, isDatabaseAway, sqlState } from '@samaya/platform/database.ts';
import type { DomainError } from '@samaya/platform/domain-error.ts';
import { batchNaturally } from '@samaya/platform/natural-batching.ts';
import { PlatformError } from '@samaya/platform/platform-error.ts';
import type { Kysely } from 'kysely';
import type { DB } from '#server/database-types.ts';
import { type AnsweredOnce, type RepeatableRequest, readKey, runOnce } from '#server/idempotency/with-idempotency.ts';
import { type Booking, bookingJson } from './booking.ts';
import {
  type BatchedOutcome,
  type BatchedRequest,
  bookPlaces,
  findHeldEvents,
  findPeopleOf,
} from './booking-batch-queries.ts';
import type { WantedPlace } from './booking-queries.ts';
import { refusalOf } from './booking-refusals.ts';
import { createBooking } from './create-booking.ts';
import { rememberHeldEvents } from './held-events.ts';
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

const MOST_TOGETHER = 256;
const MOST_WAITING = 2000;
// More people than this are not kept in memory; such an event is asked about each time.
const MOST_PEOPLE_REMEMBERED = 20_000;
// One for all: to make an error costs more than to answer with it.
const SOLD_OUT = refusalOf('event-full', { maxParticipants: 0, seatsLeft: 0 });
const LOCK_TIMEOUT = '55P03';

/**
 * Opens the desk of a process. Several processes may each have one, on one database. `clock` counts milliseconds, for
 * how long a sold-out event is remembered.
 */
export function createBookingDesk(db: Kysely<DB>, clock?: () => number): BookingDesk {
  const soldOut = rememberSoldOut(clock);
  const held = rememberHeldEvents(clock);
  const queue = batchNaturally<Ticket, Outcome>({ run: serve, mostTogether: MOST_TOGETHER, mostWaiting: MOST_WAITING });

  function recallRefusal(wanted: WantedPlace): DomainError | undefined {
    return !held.knows(wanted.eventId) && soldOut.knows(wanted) ? SOLD_OUT : undefined;
  }

  async function take(ticket: Ticket): Promise<Exclude<Outcome, { error: unknown }>> {
    if (held.knows(ticket.wanted.eventId)) throw isHeld();
    // A key may be that of a place already given, which only the database knows.
    const refusal = ticket.key === null ? recallRefusal(ticket.wanted) : undefined;
    if (refusal) throw refusal;
    const outcome = await queue(ticket);
    if ('json' in outcome) return outcome;
    throw outcome.error;
  }

  async function serve(tickets: readonly Ticket[]): Promise<Outcome[]> {
    const open = tickets.filter((ticket) => !held.knows(ticket.wanted.eventId));
    const outcomes = await serveTogether(open);
    const outcomeOf = new Map(open.map((ticket, index) => [ticket, outcomes[index]]));
    return tickets.map((ticket) => outcomeOf.get(ticket) ?? { error: isHeld() });
  }

  async function serveTogether(tickets: readonly Ticket[]): Promise<Outcome[]> {
    const [first] = tickets;
    if (!first) return [];
    const isAlone = tickets.length === 1 && first.key === null && !soldOut.remembers(first.wanted.eventId);
    if (isAlone) return [await serveAlone(first)];
    let outcomes: BatchedOutcome[];
    try {
      const requests = tickets.map(({ wanted, key }) => ({ ...wanted, key }));
      outcomes = await againIfRolledBack(() => bookPlaces(db, requests));
    } catch (error) {
      if (sqlState(error) === LOCK_TIMEOUT) return await serveOthers(tickets);
      if (!isDatabaseAway(error)) {
        if (tickets.length > 1) throw error;
        return [await serveAlone(first)];
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

  /** Somebody holds an event of this batch: who wants it is told to come again, the others are served. */
  async function serveOthers(tickets: readonly Ticket[]): Promise<Outcome[]> {
    const heldNow = await findHeldEvents(
      db,
      tickets.map((ticket) => ticket.wanted.eventId),
    );
    held.note(heldNow);
    // When it was no event that was waited for, but a person or a key, each waits for their own.
    return heldNow.length > 0 ? await serve(tickets) : await Promise.all(tickets.map(serveAlone));
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
      if (sqlState(error) === LOCK_TIMEOUT) held.note(await findHeldEvents(db, [wanted.eventId]).catch(() => []));
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
      const key = readKey(request);
      // Without a key there is nothing to keep with the booking, so the one statement does.
      const { json, isRepetition } = await take({ wanted, request: key ? request : undefined, key });
      return { json, isRepetition };
    },
    recallRefusal,
  };
}

function isHeld() {
  return new PlatformError('unavailable', 'This event is being changed right now. Try again in a moment.', {
    retryAfterSeconds: 1,
  });
}

function settle(outcome: Exclude<BatchedOutcome, { outcome: 'again' }>): Outcome {
  if (outcome.outcome !== 'confirmed') return { error: refusalOf(outcome.outcome, outcome) };
  return { booking: outcome.booking, json: outcome.answer, isRepetition: false };
}
