import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BookingErrorCode } from '#server/errors.ts';
import { identityOf, openStudio } from '#server/test-studio.ts';
import { findViolations } from './booking-invariants-queries.ts';
import { cancelBooking } from './cancel-booking.ts';
import { createBooking } from './create-booking.ts';

const studio = await openStudio();
const { db, pool } = studio;

afterEach(async () => assert.deepEqual(await findViolations(db), []));

const book = (userId: number, eventId: number, seats = 1) => createBooking(db, { userId, eventId, seats });

async function refusalOf(work: Promise<unknown>): Promise<{ code: string; [more: string]: unknown }> {
  return await work.then(
    () => ({ code: 'none' }),
    (error) => error,
  );
}

test('books a place', async () => {
  const eventId = await studio.addEvent();
  const [userId = 0] = await studio.addUsers(1);
  const booking = await book(userId, eventId);
  assert.deepEqual(
    { ...booking, id: 0, booking_date: 0 },
    { id: 0, user_id: userId, event_id: eventId, booking_date: 0, status: 'confirmed', seats: 1 },
  );
});

test('refuses for the first reason that holds, in the order of the contract', async () => {
  const [ana = 0, ben = 0] = await studio.addUsers(2);
  const eventId = await studio.addEvent({ places: 2 });
  await book(ben, eventId, 2);
  await book(ana, await studio.addEvent());
  const change = (what: string) => pool.query(`update events set ${what} where id = $1`, [eventId]);
  const codes: string[] = [];
  const note = async (seats: number, userId = ana) => codes.push((await refusalOf(book(userId, eventId, seats))).code);

  // Everything is against it; then one reason after the other goes away.
  await change("is_active = false, date_time = now() - interval '1 hour'");
  codes.push((await refusalOf(book(ana, 2_000_000_000))).code);
  await note(3, ben);
  await change('is_active = true, cancelled_at = now()');
  await note(3, ben);
  await change('cancelled_at = null');
  await note(3, ben);
  await change("date_time = now() + interval '1 hour'");
  await note(3, ben);
  await note(3);
  await note(2);
  await note(1);
  await change('max_participants = 3');
  await note(2);
  const expected: (BookingErrorCode | 'not-found')[] = [
    'not-found',
    'event-inactive',
    'event-inactive',
    'event-started',
    'already-booked',
    'too-many-seats',
    'event-full',
    'event-full',
    'not-enough-seats',
  ];
  assert.deepEqual(codes, expected);
});

test('says how many seats are left when there are fewer than wanted', async () => {
  const [ana = 0, ben = 0] = await studio.addUsers(2);
  const eventId = await studio.addEvent({ places: 5 });
  await book(ana, eventId, 3);
  const refusal = await refusalOf(book(ben, eventId, 3));
  assert.deepEqual([refusal.code, refusal.extensions], ['not-enough-seats', { seats_left: 2 }]);
  assert.equal((await book(ben, eventId, 2)).seats, 2);
});

test('tells a waitlisted person so', async () => {
  const [userId = 0] = await studio.addUsers(1);
  const eventId = await studio.addEvent();
  await pool.query("insert into bookings (user_id, event_id, status) values ($1, $2, 'waitlisted')", [userId, eventId]);
  assert.equal((await refusalOf(book(userId, eventId))).code, 'already-waitlisted');
});

test('refuses a person whose account was deleted meanwhile', async () => {
  const [userId = 0] = await studio.addUsers(1);
  const eventId = await studio.addEvent();
  await pool.query('update users set deleted_at = now() where id = $1', [userId]);
  assert.equal((await refusalOf(book(userId, eventId))).code, 'unauthenticated');
  assert.equal((await refusalOf(book(2_000_000_000, eventId))).code, 'unauthenticated');
});

test('a refusal leaves no trace', async () => {
  const [ana = 0, ben = 0] = await studio.addUsers(2);
  const eventId = await studio.addEvent({ places: 1 });
  await book(ana, eventId);
  await refusalOf(book(ben, eventId));
  const { rows } = await pool.query(
    `select (select count(*) from bookings where event_id = $1)::int as bookings,
            (select count(*) from outbox where destination = 'crm' and event_id = $1)::int as messages`,
    [eventId],
  );
  assert.deepEqual(rows, [{ bookings: 1, messages: 1 }]);
});

test('a place given back can be booked, by the same person too', async () => {
  const [ana = 0] = await studio.addUsers(1);
  const eventId = await studio.addEvent({ places: 1 });
  const first = await book(ana, eventId);
  await cancelBooking(db, first.id, identityOf(ana));
  const second = await book(ana, eventId);
  assert.notEqual(second.id, first.id);
  assert.equal(await studio.seatsTaken(eventId), 1);
});

/** Lets a booking wait for the event's row, makes `meanwhile` true, and lets it go on. */
async function bookBehindLock(eventId: number, meanwhile: string): Promise<string> {
  const [userId = 0] = await studio.addUsers(1);
  const holder = await pool.connect();
  try {
    await holder.query('begin');
    await holder.query('select 1 from events where id = $1 for no key update', [eventId]);
    const booking = refusalOf(book(userId, eventId));
    await waitUntilBlocked(booking);
    await holder.query(meanwhile);
    await holder.query('commit');
    return (await booking).code;
  } finally {
    holder.release();
  }
}

/** Until the booking waits, or until it is done: one that comes too late does not wait. */
async function waitUntilBlocked(booking: Promise<unknown>): Promise<void> {
  let isDone = false;
  booking.finally(() => {
    isDone = true;
  });
  while (!isDone) {
    const { rowCount } = await pool.query(
      `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
    );
    if (rowCount) return;
    await sleep(5);
  }
}

test('closes at the start by the clock of the database, also for who waited in line since before', async () => {
  const eventId = await studio.addEvent({ startsIn: '1 second' });
  const start = `select pg_sleep_until(date_time + interval '10 milliseconds') from events where id = ${eventId}`;
  assert.equal(await bookBehindLock(eventId, start), 'event-started');
  assert.equal(await studio.seatsTaken(eventId), 0);
});

test('closes when the event is deactivated while a booking waits in line', async () => {
  const eventId = await studio.addEvent();
  const meanwhile = `update events set is_active = false where id = ${eventId}`;
  assert.equal(await bookBehindLock(eventId, meanwhile), 'event-inactive');
  const other = await studio.addEvent();
  assert.equal(await bookBehindLock(other, 'select 1'), 'none');
});
