import pg from 'pg';

/** One request of a client, and what it was told. Times are milliseconds of `performance.now()`. */
export interface Deed {
  does: 'book' | 'cancel';
  userId: number;
  eventId: number;
  seats: number;
  /** The Idempotency-Key of a booking. */
  key?: string;
  calledAt: number;
  /** Absent when no answer came. */
  answeredAt?: number;
  /**
   * `ok` and `refused` are the server's word. `unknown` is everything else: no answer, or one that says that nobody
   * knows (503). It may have been done, or be done later.
   */
  outcome: 'ok' | 'refused' | 'unknown';
  /** The booking: what a `book` was told, or what a `cancel` was about. */
  bookingId?: number;
  /** The code of a refusal. */
  code?: string;
}

/** Sends requests and writes down each; in the manner of Jepsen. */
export interface BookingHistory {
  deeds: readonly Deed[];
  book(door: Door, wish: { userId: number; eventId: number; seats: number; key?: string }): Promise<Deed>;
  cancel(door: Door, booked: Deed): Promise<Deed>;
}

export interface Door {
  url: string;
  token: string;
}

const ANSWER_MS = 8000;

export function createHistory(): BookingHistory {
  const deeds: Deed[] = [];

  async function record(deed: Deed, send: () => Promise<Response>): Promise<Deed> {
    deeds.push(deed);
    try {
      const response = await send();
      const body = (await response.json()) as { id?: number; code?: string };
      deed.answeredAt = performance.now();
      if (response.ok) {
        deed.outcome = 'ok';
        if (body.id !== undefined) deed.bookingId = body.id;
      } else {
        if (body.code !== undefined) deed.code = body.code;
        // A key whose first request is still under way says nothing about its end.
        const isDecided = response.status < 500 && body.code !== 'idempotency-in-progress';
        if (isDecided) deed.outcome = 'refused';
      }
    } catch {
      // No whole answer.
    }
    return deed;
  }

  return {
    deeds,
    book: ({ url, token }, { key, ...wish }) =>
      record({ does: 'book', ...wish, ...(key !== undefined && { key }), ...begun() }, () =>
        fetch(`${url}/api/v1/bookings`, {
          method: 'POST',
          headers: {
            authorization: `Bearer ${token}`,
            'content-type': 'application/json',
            ...(key !== undefined && { 'idempotency-key': key }),
          },
          body: JSON.stringify({ event_id: wish.eventId, seats: wish.seats }),
          signal: AbortSignal.timeout(ANSWER_MS),
        }),
      ),
    cancel: ({ url, token }, { userId, eventId, seats, bookingId }) =>
      record(
        { does: 'cancel', userId, eventId, seats, ...(bookingId !== undefined && { bookingId }), ...begun() },
        () =>
          fetch(`${url}/api/v1/bookings/${bookingId}/cancel`, {
            method: 'POST',
            headers: { authorization: `Bearer ${token}` },
            signal: AbortSignal.timeout(ANSWER_MS),
          }),
      ),
  };
}

function begun() {
  return { calledAt: performance.now(), outcome: 'unknown' as const };
}

/** The books as they are: what the database holds at the end. */
export interface Books {
  bookings: { id: number; user_id: number; event_id: number; status: string; seats: number; holds: boolean }[];
  events: { id: number; max_participants: number; seats_taken: number }[];
  /** Which booking each key leads to. */
  keys: { user_id: number; key: string; booking_id: number }[];
}

export async function readBooks(client: pg.Client): Promise<Books> {
  const rowsOf = async (statement: string) => (await client.query(statement)).rows;
  return {
    bookings: await rowsOf('select id, user_id, event_id, status, seats, holds_seat(status) as holds from bookings'),
    events: await rowsOf('select id, max_participants, seats_taken from events'),
    keys: await rowsOf(
      `select substr(owner, 6)::int as user_id, key, (body::json ->> 'id')::int as booking_id
       from idempotency_keys where body is not null`,
    ),
  };
}

/** The same on a connection of its own. */
export async function readBooksAt(databaseUrl: string): Promise<Books> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  return await readBooks(client).finally(() => client.end());
}
