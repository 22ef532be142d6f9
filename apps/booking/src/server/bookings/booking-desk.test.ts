import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countOutcomes, identityOf, openStudio, type Studio } from '#server/test-studio.ts';
import { createBookingDesk } from './booking-desk.ts';
import { findViolations } from './booking-invariants-queries.ts';
import { cancelBooking } from './cancel-booking.ts';

const studio = await openStudio();
const { db } = studio;

/** Requests that find the desk busy, so that they go together. */
async function together<Result>(
  desk: ReturnType<typeof createBookingDesk>,
  work: () => Promise<Result>,
): Promise<Result> {
  const [userId = 0] = await studio.addUsers(1);
  const busy = desk.book({ userId, eventId: await eventOf(studio), seats: 1 });
  const result = await work();
  await busy;
  return result;
}

async function eventOf(place: Studio) {
  return await place.addEvent({ places: 1000 });
}

/** Two strangers are refused together, after which the desk remembers that the event is sold out. */
async function findSoldOut(desk: ReturnType<typeof createBookingDesk>, eventId: number): Promise<void> {
  const strangers = await studio.addUsers(2);
  const outcomes = await together(desk, () =>
    countOutcomes(strangers.map((userId) => desk.book({ userId, eventId, seats: 1 }))),
  );
  assert.deepEqual(outcomes, { 'event-full': 2 });
}

function keyed(userId: number, key: string, body = '{}') {
  return { owner: `user:${userId}`, key, method: 'POST', path: '/api/v1/bookings', rawBody: Buffer.from(body) };
}

test('requests that go together get what each would get alone', async () => {
  const desk = createBookingDesk(db);
  const [ana = 0, bo = 0, cem = 0, dana = 0, ede = 0] = await studio.addUsers(5);
  const open = await studio.addEvent({ places: 3 });
  const closed = await studio.addEvent();
  const begun = await studio.addEvent({ startsIn: '-1 hour' });
  await db.updateTable('events').set({ is_active: false }).where('id', '=', closed).execute();
  await desk.book({ userId: dana, eventId: open, seats: 1 });
  const wishes = [
    { userId: ana, eventId: 999_999, seats: 1 },
    { userId: ana, eventId: closed, seats: 1 },
    { userId: ana, eventId: begun, seats: 1 },
    { userId: dana, eventId: open, seats: 1 },
    { userId: ana, eventId: open, seats: 4 },
    { userId: ede, eventId: open, seats: 3 },
    { userId: bo, eventId: open, seats: 2 },
    { userId: bo, eventId: open, seats: 1 },
    { userId: cem, eventId: open, seats: 1 },
    { userId: 999_999, eventId: open, seats: 1 },
  ];
  const outcomes = await together(desk, () => Promise.allSettled(wishes.map((wish) => desk.book(wish))));
  assert.deepEqual(
    outcomes.map((outcome) => (outcome.status === 'fulfilled' ? outcome.value.status : outcome.reason.code)),
    [
      'not-found',
      'event-inactive',
      'event-started',
      'already-booked',
      'too-many-seats',
      'not-enough-seats',
      'confirmed',
      'already-booked',
      'event-full',
      'unauthenticated',
    ],
  );
  assert.deepEqual(await findViolations(db), []);
});

test('CAP-02: a crowd at two desks gets exactly the places there are', async () => {
  const desks = [createBookingDesk(db), createBookingDesk(db)];
  const eventId = await studio.addEvent({ places: 25 });
  const people = await studio.addUsers(200);
  const outcomes = await countOutcomes(
    people.map(async (userId, index) => await desks[index % 2]?.book({ userId, eventId, seats: 1 })),
  );
  assert.deepEqual(outcomes, { ok: 25, 'event-full': 175 });
  assert.equal(await studio.seatsTaken(eventId), 25);
  assert.deepEqual(await findViolations(db), []);
});

test('negative control: without the capacity constraint and the look at what is free, the same crowd oversells', async () => {
  const other = await openStudio();
  await other.asOwner('alter table events drop constraint events_seats_within_capacity');
  await other.asOwner(`
    drop function book_places;
    create function book_places(
      for_users integer[], at_events integer[], wanted_seats integer[], text[], text[], text[]
    ) returns table (
      request integer, outcome text, max_participants integer, seats_left integer,
      id integer, user_id integer, event_id integer, booking_date timestamptz, status text, seats integer, answer text
    ) language sql as $$
      with booked as (
        insert into bookings (user_id, event_id, seats)
          select * from unnest(for_users, at_events, wanted_seats) returning *)
      select row_number() over ()::integer, 'confirmed', 0, 0, id, user_id, event_id, booking_date, status, seats, '{}'
      from booked $$`);
  const desk = createBookingDesk(other.db);
  const eventId = await other.addEvent({ places: 25 });
  const outcomes = await countOutcomes(
    (await other.addUsers(200)).map((userId) => desk.book({ userId, eventId, seats: 1 })),
  );
  assert.ok(Number(outcomes.ok) > 25, JSON.stringify(outcomes));
});

test('CAP-04: one person many times at once is one booking', async () => {
  const desk = createBookingDesk(db);
  const eventId = await studio.addEvent();
  const [userId = 0] = await studio.addUsers(1);
  const outcomes = await countOutcomes(Array.from({ length: 40 }, () => desk.book({ userId, eventId, seats: 1 })));
  assert.deepEqual(outcomes, { ok: 1, 'already-booked': 39 });
  assert.equal(await studio.seatsTaken(eventId), 1);
});

test('CAP-05: a key is one booking and one answer, byte for byte, also within a batch and after the place was sold out', async () => {
  const desk = createBookingDesk(db);
  const eventId = await studio.addEvent({ places: 1 });
  const [ana = 0, bo = 0] = await studio.addUsers(2);
  const ask = () => desk.bookOnce({ userId: ana, eventId, seats: 1 }, keyed(ana, 'one'));
  const first = await together(desk, () => Promise.all([ask(), ask(), ask()]));
  assert.equal(new Set(first.map(({ json }) => json)).size, 1);
  assert.deepEqual(first.map(({ isRepetition }) => isRepetition).sort(), [false, true, true]);
  assert.equal(JSON.parse(String(first[0]?.json)).event_id, eventId);

  assert.deepEqual(await countOutcomes([desk.book({ userId: bo, eventId, seats: 1 })]), { 'event-full': 1 });
  assert.deepEqual(await ask(), { json: first[0]?.json, isRepetition: true });
  assert.deepEqual(await countOutcomes([desk.book({ userId: ana, eventId, seats: 1 })]), { 'already-booked': 1 });
});

test('the answer in a batch has the bytes of the answer alone', async () => {
  const desk = createBookingDesk(db);
  const eventId = await eventOf(studio);
  const people = await studio.addUsers(3);
  const answers = await together(desk, () =>
    Promise.all(people.map((userId) => desk.bookOnce({ userId, eventId, seats: 2 }, keyed(userId, 'bytes')))),
  );
  for (const { json } of answers) {
    const booking = JSON.parse(json);
    assert.equal(json, JSON.stringify(booking));
    assert.deepEqual(Object.keys(booking), ['id', 'user_id', 'event_id', 'booking_date', 'status', 'seats']);
    assert.equal(new Date(booking.booking_date).toISOString(), booking.booking_date);
  }
});

test('CAP-06: a key of another request is a mismatch, a refusal leaves no key', async () => {
  const desk = createBookingDesk(db);
  const [ana = 0] = await studio.addUsers(1);
  const full = await studio.addEvent({ places: 0 });
  const open = await studio.addEvent();
  const ask = (eventId: number, body: string) =>
    desk.bookOnce({ userId: ana, eventId, seats: 1 }, keyed(ana, 'again', body));
  assert.deepEqual(await countOutcomes([ask(full, 'full')]), { 'too-many-seats': 1 });
  assert.deepEqual(await countOutcomes([ask(open, 'open')]), { ok: 1 });
  assert.deepEqual(await countOutcomes([ask(open, 'another')]), { 'idempotency-mismatch': 1 });
  await assert.rejects(async () => desk.bookOnce({ userId: ana, eventId: open, seats: 1 }, keyed(ana, 'no good')), {
    code: 'bad-idempotency-key',
  });
});

test('a place given back is refused for half a second at a desk that remembers, and then to be had', async () => {
  let now = 0;
  const desk = createBookingDesk(db, () => now);
  const eventId = await studio.addEvent({ places: 1 });
  const [ana = 0, bo = 0] = await studio.addUsers(2);
  const { id } = await desk.book({ userId: ana, eventId, seats: 1 });
  await findSoldOut(desk, eventId);
  await cancelBooking(db, id, identityOf(ana));
  const ask = () => countOutcomes([desk.book({ userId: bo, eventId, seats: 1 })]);
  now = 499;
  assert.deepEqual(await ask(), { 'event-full': 1 });
  now = 500;
  assert.deepEqual(await ask(), { ok: 1 });
});

test('a desk that remembers an event as sold out still knows the key of a place given at another desk', async () => {
  const [here, there] = [createBookingDesk(db, () => 0), createBookingDesk(db)];
  const eventId = await studio.addEvent({ places: 1 });
  const [ana = 0, cem = 0] = await studio.addUsers(2);
  const { id } = await here.book({ userId: ana, eventId, seats: 1 });
  await findSoldOut(here, eventId);
  await cancelBooking(db, id, identityOf(ana));
  const ask = (desk: typeof here) => desk.bookOnce({ userId: cem, eventId, seats: 1 }, keyed(cem, 'moved'));
  const first = await ask(there);
  assert.deepEqual(await ask(here), { json: first.json, isRepetition: true });
});

test('a request that breaks its batch fails alone', async () => {
  const other = await openStudio();
  const people = await other.addUsers(20);
  await other.asOwner(`
    create function break_some() returns trigger language plpgsql as
      $$ begin if new.user_id = ${people[7]} then raise exception 'broken'; end if; return new; end $$;
    create trigger zz_break_some before insert on bookings for each row execute function break_some()`);
  const desk = createBookingDesk(other.db);
  const eventId = await eventOf(other);
  const outcomes = await Promise.allSettled(people.map((userId) => desk.book({ userId, eventId, seats: 1 })));
  assert.deepEqual(
    outcomes.map((outcome) => outcome.status === 'fulfilled'),
    people.map((_, index) => index !== 7),
  );
  assert.equal(await other.seatsTaken(eventId), 19);
});

/** Somebody else's transaction that holds a row while `work` is done. */
async function whileHeld<Result>(place: Studio, row: string, work: () => Promise<Result>): Promise<Result> {
  const holder = await place.pool.connect();
  try {
    await holder.query('begin');
    await holder.query(`select 1 from ${row} for update`);
    return await work();
  } finally {
    await holder.query('rollback');
    holder.release();
  }
}

test('DB-02: an event that somebody holds is refused for a second, and the others of its batch are served', async () => {
  const hurried = await openStudio({ lockTimeoutMs: 200 });
  let now = 0;
  const desk = createBookingDesk(hurried.db, () => now);
  const [held, open] = [await eventOf(hurried), await eventOf(hurried)];
  const people = await hurried.addUsers(7);
  const book = (n: number, eventId: number) => desk.book({ userId: people[n] ?? 0, eventId, seats: 1 });
  await whileHeld(hurried, `events where id = ${held}`, async () => {
    const outcomes = await countOutcomes([
      book(0, open),
      book(1, held),
      book(2, open),
      book(3, held),
      book(4, 999_999),
    ]);
    assert.deepEqual(outcomes, { ok: 2, unavailable: 2, 'not-found': 1 });
  });
  now = 999;
  assert.deepEqual(await countOutcomes([book(5, held), book(6, open)]), { ok: 1, unavailable: 1 });
  now = 1000;
  assert.deepEqual(await countOutcomes([book(5, held), book(1, held)]), { ok: 2 });
  assert.deepEqual([await hurried.seatsTaken(held), await hurried.seatsTaken(open)], [2, 3]);
});

test('a person whose row is held keeps only themselves waiting', async () => {
  const hurried = await openStudio({ lockTimeoutMs: 200 });
  let now = 0;
  const desk = createBookingDesk(hurried.db, () => now);
  const eventId = await eventOf(hurried);
  const people = await hurried.addUsers(5);
  await whileHeld(hurried, `users where id = ${people[2]}`, async () => {
    const outcomes = await Promise.allSettled(people.map((userId) => desk.book({ userId, eventId, seats: 1 })));
    assert.deepEqual(
      outcomes.map((outcome) => outcome.status),
      ['fulfilled', 'fulfilled', 'rejected', 'fulfilled', 'fulfilled'],
    );
  });
  // While the others were served one by one, the event may have been taken for held.
  now = 1000;
  assert.deepEqual(await countOutcomes([desk.book({ userId: people[2] ?? 0, eventId, seats: 1 })]), { ok: 1 });
});
