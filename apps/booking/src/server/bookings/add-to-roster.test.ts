import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { createTestApp } from '#server/test-app.ts';
import { identityOf } from '#server/test-studio.ts';
import { addToRoster } from './add-to-roster.ts';
import { findViolations } from './booking-invariants-queries.ts';

const studio = await createTestApp();
const { app, db } = studio;
const owner = await studio.addFacilitator();
const maya = identityOf(owner.id, { facilitatorId: owner.facilitatorId });

afterEach(async () => assert.deepEqual(await findViolations(db), []));

const addEvent = (event: Parameters<typeof studio.addEvent>[0] | object = {}) =>
  studio.addEvent({ facilitator_id: owner.facilitatorId, ...event });

test('somebody new gets an account and places', async () => {
  const eventId = await addEvent();
  const booking = await addToRoster(app, { eventId, name: 'Lea Brandt', email: 'lea@home.example', seats: 2 }, maya);
  assert.deepEqual([booking.status, booking.seats], ['confirmed', 2]);
  const lea = await db
    .selectFrom('users')
    .select(['name', 'proven_at'])
    .where('id', '=', booking.user_id)
    .executeTakeFirstOrThrow();
  assert.deepEqual(lea, { name: 'Lea Brandt', proven_at: null });
});

test('somebody who is known keeps their name', async () => {
  const ana = await studio.addPerson({ name: 'Ana Costa', email: 'ana@home.example' });
  const booking = await addToRoster(
    app,
    { eventId: await addEvent(), name: 'A. Costa', email: 'ana@home.example', seats: 1 },
    maya,
  );
  assert.equal(booking.user_id, ana.id);
  const { name } = await db.selectFrom('users').select('name').where('id', '=', ana.id).executeTakeFirstOrThrow();
  assert.equal(name, 'Ana Costa');
});

test('what a stranger has at an address that nobody confirmed ends before they could read what is booked', async () => {
  const stranger = await studio.addPerson({ email: 'owner@home.example', password: 'a hash', proven_at: null });
  await studio.signIn(stranger.id, 'page');
  const wanted = { eventId: await addEvent(), name: 'The Owner', email: 'owner@home.example', seats: 1 };
  assert.equal((await addToRoster(app, wanted, maya)).user_id, stranger.id);
  const row = await db.selectFrom('users').select('password').where('id', '=', stranger.id).executeTakeFirstOrThrow();
  assert.equal(row.password, '!');
  assert.deepEqual(await db.selectFrom('sign_ins').select('id').where('user_id', '=', stranger.id).execute(), []);
});

test('it refuses as any booking does', async () => {
  const add = (eventId: number, seats = 1) =>
    addToRoster(app, { eventId, name: 'Tom Ek', email: 'tom@home.example', seats }, maya);
  const open = await addEvent({ max_participants: 2 });
  await assert.rejects(add(open, 3), { code: 'too-many-seats' });
  await add(open);
  await assert.rejects(add(open), { code: 'already-booked' });
  await assert.rejects(addToRoster(app, { eventId: open, name: 'Uma', email: 'uma@home.example', seats: 2 }, maya), {
    code: 'not-enough-seats',
  });
  await assert.rejects(add(await addEvent({ is_active: false })), { code: 'event-inactive' });
  await assert.rejects(add(await addEvent({ date_time: new Date(Date.now() - 60_000) })), { code: 'event-started' });
  await assert.rejects(add(2_000_000_000), { code: 'not-found' });
});

test('only who runs the event adds to its list, and nobody else leaves an account behind', async () => {
  const eventId = await addEvent();
  const stranger = await studio.addFacilitator('Noah');
  for (const actor of [identityOf(1), identityOf(stranger.id, { facilitatorId: stranger.facilitatorId })]) {
    const added = addToRoster(app, { eventId, name: 'Zoë', email: 'zoe@home.example', seats: 1 }, actor);
    await assert.rejects(added, { code: 'forbidden' });
  }
  const left = await db.selectFrom('users').select('id').where('email', '=', 'zoe@home.example').execute();
  assert.deepEqual(left, []);
  await addToRoster(
    app,
    { eventId, name: 'Zoë', email: 'zoe@home.example', seats: 1 },
    identityOf(2, { isAdmin: true }),
  );
});
