import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { sqlState, violatedConstraint } from '@samaya/platform/database.ts';
import { openStudio } from '#server/test-studio.ts';
import { findViolations } from './booking-invariants-queries.ts';

const studio = await openStudio();
const { pool } = studio;

afterEach(async () => assert.deepEqual(await findViolations(studio.db), []));

const insert = (userId: number, eventId: number) =>
  pool.query('insert into bookings (user_id, event_id) values ($1, $2) returning *', [userId, eventId]);

async function messagesOf(bookingId: number) {
  const { rows } = await pool.query(
    `select version, kind, status, seats, event_id from outbox where destination = 'crm' and booking_id = $1 order by version`,
    [bookingId],
  );
  return rows;
}

const isCapacity = (error: unknown) =>
  sqlState(error) === '23514' && violatedConstraint(error) === 'events_seats_within_capacity';

test('counts a booking inserted by the columns of the data model, and tells of it', async () => {
  const eventId = await studio.addEvent();
  const [userId = 0] = await studio.addUsers(1);
  const booking = (await insert(userId, eventId)).rows[0];
  assert.equal(booking.status, 'confirmed');
  assert.equal(await studio.seatsTaken(eventId), 1);
  assert.deepEqual(await messagesOf(booking.id), [
    { version: 1, kind: 'booking.confirmed', status: 'confirmed', seats: 1, event_id: eventId },
  ]);
});

test('CAP-23: refuses whoever inserts when there is no place, and keeps nothing of it', async () => {
  const eventId = await studio.addEvent({ places: 1 });
  const [first = 0, second = 0] = await studio.addUsers(2);
  await insert(first, eventId);
  await assert.rejects(insert(second, eventId), isCapacity);
  const { rows } = await pool.query(`select count(*)::int from outbox where destination = 'crm' and event_id = $1`, [
    eventId,
  ]);
  assert.equal(rows[0].count, 1);
});

test('counts several rows at several events in one statement, all or none', async () => {
  const [wide, narrow] = [await studio.addEvent({ places: 3 }), await studio.addEvent({ places: 1 })];
  const users = await studio.addUsers(3);
  const insertAll = (people: number[]) =>
    pool.query('insert into bookings (user_id, event_id) select u, e from unnest($1::int[]) u, unnest($2::int[]) e', [
      people,
      [narrow, wide],
    ]);
  await assert.rejects(insertAll(users), isCapacity);
  assert.equal(await studio.seatsTaken(wide), 0);
  await insertAll(users.slice(0, 1));
  assert.deepEqual([await studio.seatsTaken(wide), await studio.seatsTaken(narrow)], [1, 1]);
});

test('counts what changes: status, seats, event and a deletion', async () => {
  const [here, there] = [await studio.addEvent({ places: 4 }), await studio.addEvent({ places: 4 })];
  const [userId = 0] = await studio.addUsers(1);
  const { id } = (await insert(userId, here)).rows[0];
  const change = (what: string, ...values: unknown[]) =>
    pool.query(`update bookings set ${what} where id = $1`, [id, ...values]);

  await change('seats = 3');
  assert.equal(await studio.seatsTaken(here), 3);
  await change('event_id = $2', there);
  assert.deepEqual([await studio.seatsTaken(here), await studio.seatsTaken(there)], [0, 3]);
  await change("status = 'cancelled'");
  assert.equal(await studio.seatsTaken(there), 0);
  await change("status = 'confirmed'");
  assert.equal(await studio.seatsTaken(there), 3);
  await assert.rejects(change('seats = 5'), isCapacity);
  await pool.query('delete from bookings where id = $1', [id]);
  assert.equal(await studio.seatsTaken(there), 0);

  const told = (await messagesOf(id)).map(({ version, kind, event_id }) => [version, kind, event_id]);
  assert.deepEqual(told, [
    [1, 'booking.confirmed', here],
    [2, 'booking.changed', here],
    [3, 'event.changed', there],
    [4, 'booking.cancelled', there],
    [5, 'booking.confirmed', there],
    [6, 'booking.cancelled', there],
  ]);
});

test('a change that changes nothing tells nothing', async () => {
  const eventId = await studio.addEvent();
  const [userId = 0] = await studio.addUsers(1);
  const { id } = (await insert(userId, eventId)).rows[0];
  await pool.query('update bookings set seats = seats, status = status where id = $1', [id]);
  assert.equal((await messagesOf(id)).length, 1);
});

test('counts an upsert, whichever way it goes', async () => {
  const eventId = await studio.addEvent({ places: 5 });
  const [first = 0, second = 0] = await studio.addUsers(2);
  const { id } = (await insert(first, eventId)).rows[0];
  await pool.query(
    `insert into bookings (id, user_id, event_id, seats) values ($1, $2, $3, 2), (900001, $4, $3, 2)
     on conflict (id) do update set seats = excluded.seats`,
    [id, first, eventId, second],
  );
  assert.equal(await studio.seatsTaken(eventId), 4);
  assert.deepEqual(
    (await messagesOf(id)).map(({ version, kind }) => [version, kind]),
    [
      [1, 'booking.confirmed'],
      [2, 'booking.changed'],
    ],
  );
  assert.equal((await messagesOf(900001)).length, 1);
});

test('a booking deleted and inserted again under its id goes on with its versions', async () => {
  const eventId = await studio.addEvent();
  const [userId = 0] = await studio.addUsers(1);
  const { id } = (await insert(userId, eventId)).rows[0];
  await pool.query('delete from bookings where id = $1', [id]);
  await pool.query('insert into bookings (id, user_id, event_id) values ($1, $2, $3)', [id, userId, eventId]);
  assert.deepEqual(
    (await messagesOf(id)).map(({ version, kind }) => [version, kind]),
    [
      [1, 'booking.confirmed'],
      [2, 'booking.cancelled'],
      [3, 'booking.confirmed'],
    ],
  );
});

test('nobody chooses a version, or another id for a booking', async () => {
  const eventId = await studio.addEvent();
  const [userId = 0] = await studio.addUsers(1);
  const { rows } = await pool.query(
    'insert into bookings (user_id, event_id, version) values ($1, $2, 41) returning id, version',
    [userId, eventId],
  );
  assert.equal(rows[0].version, 1);
  await pool.query('update bookings set version = 77, seats = 2 where id = $1', [rows[0].id]);
  assert.equal((await messagesOf(rows[0].id)).at(-1)?.version, 2);
  await assert.rejects(
    pool.query('update bookings set id = 910001 where id = $1', [rows[0].id]),
    (error) => violatedConstraint(error) === 'bookings_id_is_kept',
  );
});

test('nobody sets seats_taken by hand', async () => {
  const { rows } = await pool.query(
    `insert into events (title, description, event_type, date_time, duration, max_participants, price, facilitator_id, seats_taken)
     values ('Breath', 'Sit.', 'session', now() + interval '1 day', 60, 8, 10, $1, 5) returning id, seats_taken`,
    [studio.facilitatorId],
  );
  assert.equal(rows[0].seats_taken, 0);
  await assert.rejects(
    pool.query('update events set seats_taken = 3 where id = $1', [rows[0].id]),
    (error) => violatedConstraint(error) === 'events_seats_taken_is_counted',
  );
  await pool.query('update events set seats_taken = seats_taken, place = $2 where id = $1', [rows[0].id, 'Garden']);
});

test('CAP-10: fewer places than are taken are refused', async () => {
  const eventId = await studio.addEvent({ places: 2 });
  for (const userId of await studio.addUsers(2)) await insert(userId, eventId);
  await assert.rejects(pool.query('update events set max_participants = 1 where id = $1', [eventId]), isCapacity);
});

test('a changed event tells each booking that holds a seat, and no other', async () => {
  const eventId = await studio.addEvent();
  const [stays = 0, leaves = 0] = await studio.addUsers(2);
  const staying = (await insert(stays, eventId)).rows[0].id;
  const leaving = (await insert(leaves, eventId)).rows[0].id;
  await pool.query("update bookings set status = 'cancelled' where id = $1", [leaving]);
  await pool.query("update events set date_time = date_time + interval '1 hour' where id = $1", [eventId]);
  await pool.query("update events set description = 'Another text.' where id = $1", [eventId]);
  assert.deepEqual(
    (await messagesOf(staying)).map(({ kind }) => kind),
    ['booking.confirmed', 'event.changed'],
  );
  assert.equal((await messagesOf(leaving)).at(-1)?.kind, 'booking.cancelled');
});

test('a person has one active booking at an event; an ended one is none', async () => {
  const eventId = await studio.addEvent();
  const [userId = 0] = await studio.addUsers(1);
  const { id } = (await insert(userId, eventId)).rows[0];
  await assert.rejects(insert(userId, eventId), (error) => violatedConstraint(error) === 'bookings_one_active');
  await pool.query("update bookings set status = 'expired' where id = $1", [id]);
  await insert(userId, eventId);
  await assert.rejects(
    pool.query("update bookings set status = 'waitlisted' where id = $1", [id]),
    (error) => violatedConstraint(error) === 'bookings_one_active',
  );
});
