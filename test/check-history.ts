import type { Books, Deed } from './booking-history.ts';

/** What is wrong between what clients were told and what the database holds, a sentence each. All empty is good. */
export interface Verdict {
  /** Promised and not there: a booking, a cancellation, or a seat of it. */
  lost: string[];
  /** There and never asked for, or there although its client was told no. */
  phantom: string[];
  /** Two bookings for one, or one for two. */
  duplicate: string[];
  /** More seats than there are, at the end or at any moment between. */
  over: string[];
}

/** Compares a history with the books at its end. What a client does not know is looked up by its key, never guessed. */
export function checkHistory(deeds: readonly Deed[], books: Books): Verdict {
  const facts = arrange(deeds, books);
  return {
    lost: [...findLost(facts)],
    phantom: [...findPhantoms(facts)],
    duplicate: [...findDuplicates(facts)],
    over: [...findOver(facts)],
  };
}

/** How the requests ended of which clients do not know: how many bookings are there, and how many are not. */
export function resolveUnknown(deeds: readonly Deed[], books: Books): { kept: number; gone: number } {
  const facts = arrange(deeds, books);
  const unknown = facts.booked.filter(({ outcome }) => outcome === 'unknown');
  const kept = unknown.filter((deed) => facts.bookingOf(deed) !== undefined).length;
  return { kept, gone: unknown.length - kept };
}

type Facts = ReturnType<typeof arrange>;

function arrange(deeds: readonly Deed[], books: Books) {
  const byKey = new Map(books.keys.map((row) => [`${row.user_id} ${row.key}`, row.booking_id]));
  return {
    books,
    rows: new Map(books.bookings.map((row) => [row.id, row])),
    booked: deeds.filter(({ does }) => does === 'book'),
    cancelled: deeds.filter(({ does, outcome }) => does === 'cancel' && outcome !== 'refused'),
    /** The booking that a deed made or was told of: by its answer, or by its key. */
    bookingOf(deed: Deed): number | undefined {
      return deed.bookingId ?? (deed.key === undefined ? undefined : byKey.get(`${deed.userId} ${deed.key}`));
    },
  };
}

function* findLost({ booked, cancelled, rows }: Facts): Generator<string> {
  const maybeCancelled = new Set(cancelled.map(({ bookingId }) => bookingId));
  for (const { outcome, bookingId = 0, userId, eventId, seats } of booked) {
    if (outcome !== 'ok') continue;
    const row = rows.get(bookingId);
    if (!row) yield `booking ${bookingId} was promised and is gone`;
    else if (row.user_id !== userId || row.event_id !== eventId || row.seats !== seats) {
      yield `booking ${bookingId} was promised as ${seats} at event ${eventId}, and is ${row.seats} at ${row.event_id}`;
    } else if (!row.holds && !maybeCancelled.has(bookingId)) {
      yield `booking ${bookingId} is ${row.status}, and nobody asked for that`;
    }
  }
  for (const { outcome, bookingId = 0 } of cancelled) {
    if (outcome === 'ok' && rows.get(bookingId)?.holds) yield `booking ${bookingId} was cancelled and holds its seat`;
  }
}

function* findPhantoms(facts: Facts): Generator<string> {
  const { booked, books, bookingOf } = facts;
  const explained = new Set(booked.map(bookingOf));
  // Without a key only the person and the event can say where a booking came from.
  const keyless = new Set(
    booked.filter(({ outcome, key }) => outcome === 'unknown' && key === undefined).map(personAtEvent),
  );
  for (const { id, user_id: userId, event_id: eventId } of books.bookings) {
    if (!explained.has(id) && !keyless.has(personAtEvent({ userId, eventId }))) {
      yield `booking ${id} was never asked for`;
    }
  }
  for (const [key, sameKey] of Map.groupBy(booked, ({ userId, key }) => `${userId} ${key}`)) {
    const [first] = sameKey;
    if (first?.key === undefined || !sameKey.every(({ outcome }) => outcome === 'refused')) continue;
    const id = bookingOf(first);
    if (id !== undefined) yield `${key} was told ${first.code}, and has booking ${id}`;
  }
}

function* findDuplicates({ booked, books, bookingOf }: Facts): Generator<string> {
  const told = booked.filter(({ outcome }) => outcome === 'ok');
  for (const [id, same] of Map.groupBy(told, bookingOf)) {
    // Whoever sent no key asked anew each time.
    const wishes = new Set(same.map(({ userId, key }, n) => `${userId} ${key ?? `without a key, ${n}`}`));
    if (wishes.size > 1) yield `booking ${id} was promised to ${[...wishes].join(' and ')}`;
  }
  for (const [key, same] of Map.groupBy(told, ({ userId, key }) => `${userId} ${key}`)) {
    const ids = new Set(same.map(({ bookingId }) => bookingId));
    if (same[0]?.key !== undefined && ids.size > 1) yield `${key} was promised bookings ${[...ids].join(' and ')}`;
  }
  const holding = books.bookings.filter(({ holds }) => holds);
  for (const [who, same] of Map.groupBy(holding, ({ user_id: userId, event_id: eventId }) =>
    personAtEvent({ userId, eventId }),
  )) {
    if (same.length > 1) yield `${who} has bookings ${same.map(({ id }) => id).join(' and ')}`;
  }
}

function* findOver({ books, booked, cancelled }: Facts): Generator<string> {
  for (const { id, max_participants: places, seats_taken: taken } of books.events) {
    const seats = books.bookings
      .filter((row) => row.event_id === id && row.holds)
      .reduce((sum, row) => sum + row.seats, 0);
    if (seats > places) yield `event ${id} has ${places} places and sold ${seats}`;
    if (seats !== taken) yield `event ${id} sold ${seats} places and counts ${taken}`;
    const most = mostHeldAtOnce(
      booked.filter(({ eventId, outcome }) => eventId === id && outcome === 'ok'),
      cancelled,
    );
    if (most > places) yield `event ${id} has ${places} places and had sold ${most} at one moment`;
  }
}

/** The most seats that were held for certain at one moment: from the promise until somebody asks to cancel. */
function mostHeldAtOnce(promised: readonly Deed[], cancelled: readonly Deed[]): number {
  const changes: { at: number; seats: number }[] = [];
  for (const [id, same] of Map.groupBy(promised, ({ bookingId }) => bookingId)) {
    const { seats = 0 } = same[0] ?? {};
    const from = Math.min(...same.map(({ answeredAt = Number.POSITIVE_INFINITY }) => answeredAt));
    const until = Math.min(
      ...cancelled.filter(({ bookingId }) => bookingId === id).map(({ calledAt }) => calledAt),
      Number.POSITIVE_INFINITY,
    );
    // A repeated key is answered with its booking after that was cancelled too.
    if (until > from) changes.push({ at: from, seats }, { at: until, seats: -seats });
  }
  changes.sort((one, other) => one.at - other.at || one.seats - other.seats);
  let [held, most] = [0, 0];
  for (const { seats } of changes) {
    held += seats;
    most = Math.max(most, held);
  }
  return most;
}

function personAtEvent({ userId, eventId }: { userId: number; eventId: number }): string {
  return `person ${userId} at event ${eventId}`;
}
