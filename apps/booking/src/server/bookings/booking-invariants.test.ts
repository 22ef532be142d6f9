import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isDatabaseAway } from '@samaya/platform/database.ts';
import fc from 'fast-check';
import { cancelEvent } from '#server/events/cancel-event.ts';
import { identityOf, openStudio } from '#server/test-studio.ts';
import { BOOKING_STATUSES } from './booking.ts';
import { findViolations } from './booking-invariants-queries.ts';
import { cancelBooking } from './cancel-booking.ts';
import { createBooking } from './create-booking.ts';

const studio = await openStudio({ connections: 4 });
const { db, pool } = studio;
const EVENTS = 3;
const PEOPLE = 5;
const users = await studio.addUsers(PEOPLE);

const event = fc.nat(EVENTS - 1);
const person = fc.nat(PEOPLE - 1);
const seats = fc.integer({ min: 1, max: 3 });
const nth = fc.nat(12);
const status = fc.constantFrom(...BOOKING_STATUSES);

// What people, facilitators and clients that know only the tables may do, in any order.
const operation = fc.oneof(
  fc.record({ does: fc.constant('book' as const), event, person, seats }),
  fc.record({ does: fc.constant('insert' as const), event, person, seats, status }),
  fc.record({ does: fc.constant('cancel' as const), nth }),
  fc.record({ does: fc.constant('set status' as const), nth, status }),
  fc.record({ does: fc.constant('set seats' as const), nth, seats }),
  fc.record({ does: fc.constant('move' as const), nth, event }),
  fc.record({ does: fc.constant('delete' as const), nth }),
  fc.record({ does: fc.constant('set places' as const), event, places: fc.nat(6) }),
  fc.record({ does: fc.constant('retitle' as const), event, title: fc.constantFrom('Yin', 'Breath') }),
  fc.record({ does: fc.constant('cancel event' as const), event }),
);
type Operation = typeof operation extends fc.Arbitrary<infer Value> ? Value : never;

async function perform(operation: Operation, events: readonly number[]): Promise<unknown> {
  const at = (index: number) => events[index] ?? 0;
  const who = (index: number) => users[index] ?? 0;
  // The nth booking of this run, counted round, or none.
  const booking = async (index: number): Promise<number> => {
    const { rows } = await pool.query('select id from bookings where event_id = any ($1) order by id', [events]);
    return rows.length === 0 ? 0 : rows[index % rows.length].id;
  };
  const admin = identityOf(0, { isAdmin: true });
  switch (operation.does) {
    case 'book':
      return createBooking(db, { userId: who(operation.person), eventId: at(operation.event), seats: operation.seats });
    case 'insert':
      return pool.query('insert into bookings (user_id, event_id, seats, status) values ($1, $2, $3, $4)', [
        who(operation.person),
        at(operation.event),
        operation.seats,
        operation.status,
      ]);
    case 'cancel':
      return cancelBooking(db, await booking(operation.nth), admin);
    case 'set status':
      return pool.query('update bookings set status = $2 where id = $1', [
        await booking(operation.nth),
        operation.status,
      ]);
    case 'set seats':
      return pool.query('update bookings set seats = $2 where id = $1', [
        await booking(operation.nth),
        operation.seats,
      ]);
    case 'move':
      return pool.query('update bookings set event_id = $2 where id = $1', [
        await booking(operation.nth),
        at(operation.event),
      ]);
    case 'delete':
      return pool.query('delete from bookings where id = $1', [await booking(operation.nth)]);
    case 'set places':
      return pool.query('update events set max_participants = $2 where id = $1', [
        at(operation.event),
        operation.places,
      ]);
    case 'retitle':
      return pool.query('update events set title = $2 where id = $1', [at(operation.event), operation.title]);
    case 'cancel event':
      return cancelEvent(db, at(operation.event), admin);
  }
}

// What the database or a use case may answer; anything else is a bug.
const REFUSALS = new Set([
  '23514',
  '23505',
  'not-found',
  'event-inactive',
  'event-started',
  'already-booked',
  'already-waitlisted',
  'too-many-seats',
  'event-full',
  'not-enough-seats',
  'unavailable',
]);

async function keepsInvariants(operations: readonly Operation[]): Promise<void> {
  const events: number[] = [];
  for (let n = 0; n < EVENTS; n++) events.push(await studio.addEvent({ places: 4 }));
  for (const operation of operations) {
    await perform(operation, events).catch((error) => {
      if (!REFUSALS.has(error.code)) throw error;
    });
  }
  assert.deepEqual(await findViolations(db), []);
}

test('CAP-19: whatever people do, in whatever order, the invariants hold', async () => {
  await fc.assert(fc.asyncProperty(fc.array(operation, { minLength: 5, maxLength: 30 }), keepsInvariants), {
    numRuns: 40,
  });
});

test('… also when they all do it at once', async () => {
  const atOnce = fc.array(operation, { minLength: 5, maxLength: 20 });
  await fc.assert(
    fc.asyncProperty(atOnce, async (operations) => {
      const events: number[] = [];
      for (let n = 0; n < EVENTS; n++) events.push(await studio.addEvent({ places: 4 }));
      const settled = await Promise.allSettled(operations.map((operation) => perform(operation, events)));
      for (const outcome of settled) {
        if (outcome.status === 'fulfilled' || REFUSALS.has(outcome.reason.code)) continue;
        // A client that changes a booking without locking its event first may meet one that did; one gives way.
        if (!isDatabaseAway(outcome.reason)) throw outcome.reason;
      }
      assert.deepEqual(await findViolations(db), []);
    }),
    { numRuns: 12, endOnFailure: true },
  );
});

test('CAP-22, INV-8: each invariant sees what breaks it', async () => {
  const broken = await openStudio();
  await broken.asOwner(`
    alter table events drop constraint events_seats_within_capacity;
    alter table bookings disable trigger user;
    alter table events disable trigger user;
    alter table users disable trigger user;
    drop index bookings_one_active`);
  const eventId = await broken.addEvent({ places: 1 });
  const [userId = 0, gone = 0, disabled = 0] = await broken.addUsers(3);
  await broken.pool.query('insert into bookings (user_id, event_id) values ($1, $2), ($1, $2)', [userId, eventId]);
  await broken.pool.query('update events set seats_taken = 5 where id = $1', [eventId]);
  await broken.pool.query(
    `insert into outbox (kind, booking_id, version, status, seats, user_id, event_id)
     values ('booking.confirmed', 777, 1, 'confirmed', 1, $1, $2)`,
    [userId, eventId],
  );
  await broken.pool.query(
    "insert into sign_ins (secret_hash, kind, user_id, expires_at) values ('x', 'api', $1, now() + interval '1 day'), ('y', 'page', $2, now() + interval '1 day')",
    [gone, disabled],
  );
  await broken.pool.query("insert into oidc_records (model, id, payload, user_id) values ('Session', 's', '{}', $1)", [
    disabled,
  ]);
  await broken.pool.query('update users set deleted_at = now() where id = $1', [gone]);
  await broken.pool.query('update users set disabled_at = now() where id = $1', [disabled]);
  const violations = await findViolations(broken.db);
  assert.deepEqual(
    violations.map(({ invariant }) => invariant),
    [
      'seats taken are between none and all',
      'seats taken are the seats of the bookings that hold them',
      'a person has one active booking at an event',
      'every version of a booking has its message',
      'every message about a booking has its booking, or tells of its end',
      'nobody who was erased or disabled has a sign-in',
      'nothing is on its way to another application for who was erased or disabled',
    ],
  );
  const signedIn = violations.find(({ invariant }) => invariant.endsWith('has a sign-in'))?.rows;
  assert.deepEqual(signedIn?.map((row) => (row as { user_id: number }).user_id).sort(), [gone, disabled].sort());
});
