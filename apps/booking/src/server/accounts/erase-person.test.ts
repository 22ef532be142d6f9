import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Transaction } from 'kysely';
import pg from 'pg';
import { findViolations } from '#server/bookings/booking-invariants-queries.ts';
import { createBooking } from '#server/bookings/create-booking.ts';
import type { DB } from '#server/database-types.ts';
import { createTestApp } from '#server/test-app.ts';
import { untilWaitedFor } from '#server/test-waiting.ts';
import { anonymiseUser } from './account-queries.ts';
import { erasePerson } from './erase-person.ts';
import { endAllSignIns, openSignIn, signIn } from './sign-in.ts';

const studio = await createTestApp();
const { app, call, db, addPerson } = studio;
const { facilitatorId } = await studio.addFacilitator();
const password = 'quiet mornings';
const passwordHash = await app.passwords.hash(password);
const now = new Date();
const HOUR_MS = 3_600_000;
/** What somebody who is gone is told, and who books a second time. Anything else is a fault. */
const AS_NOBODY: ReadonlySet<unknown> = new Set(['unauthenticated', 'bad-credentials', 'already-booked']);

async function book(userId: number, event: { date_time?: Date } = {}) {
  const eventId = await studio.addEvent({ facilitator_id: facilitatorId, ...event });
  return await db
    .insertInto('bookings')
    .values({ user_id: userId, event_id: eventId })
    .returning(['id', 'event_id'])
    .executeTakeFirstOrThrow();
}

test('DATA-02: deleting an account takes the person out and leaves the numbers', async () => {
  const lea = await addPerson({ name: 'Lea Brandt', email: 'lea@example.org', google_id: 'g-1', is_admin: true });
  await studio.signIn(lea.id, 'page');
  const twoStep = { two_step_secret: 'sealed', two_step_since: new Date(), two_step_last: 1 };
  await db.updateTable('users').set(twoStep).where('id', '=', lea.id).execute();
  await db
    .insertInto('recovery_codes')
    .values({ user_id: lea.id, code_hash: Buffer.from('h') })
    .execute();
  const upcoming = await book(lea.id);
  const past = await book(lea.id, { date_time: new Date(Date.now() - HOUR_MS) });

  assert.equal((await call('DELETE', '/api/v1/me', { token: lea.token })).status, 204);

  const row = await db.selectFrom('users').selectAll().where('id', '=', lea.id).executeTakeFirstOrThrow();
  assert.deepEqual(
    [row.name, row.email, row.password, row.google_id, row.proven_at, row.is_admin, row.two_step_secret],
    ['Deleted person', `deleted-${lea.id}@deleted.invalid`, '!', null, null, false, null],
  );
  assert.ok(row.deleted_at);
  assert.deepEqual(await db.selectFrom('recovery_codes').select('user_id').where('user_id', '=', lea.id).execute(), []);
  assert.equal((await call('GET', '/api/v1/me', { token: lea.token })).status, 401);
  assert.deepEqual(await db.selectFrom('sign_ins').select('id').where('user_id', '=', lea.id).execute(), []);
  const bookings = await db
    .selectFrom('bookings')
    .select(['id', 'status'])
    .where('user_id', '=', lea.id)
    .orderBy('id')
    .execute();
  assert.deepEqual(bookings, [
    { id: upcoming.id, status: 'cancelled' },
    { id: past.id, status: 'confirmed' },
  ]);
  const told = await db
    .selectFrom('outbox')
    .select('kind')
    .where('user_id', '=', lea.id)
    .where('booking_id', 'is', null)
    .execute();
  assert.deepEqual(told, [{ kind: 'user.erased' }]);
  assert.deepEqual(await findViolations(db), []);
});

test('DATA-05: an erased address signs up again as somebody new, who finds nothing of before', async () => {
  const ben = { name: 'Ben Okoye', email: 'ben@example.org', password };
  const headers = { 'idempotency-key': 'ben-1' };
  const first = await call('POST', '/api/v1/users', { body: ben, headers });
  const { token } = (await call('POST', '/api/v1/sessions', { body: { email: ben.email, password } })).body;
  assert.equal((await call('DELETE', '/api/v1/me', { token })).status, 204);
  const old = await call('POST', '/api/v1/sessions', { body: { email: ben.email, password } });
  assert.deepEqual([old.status, old.body.code], [401, 'bad-credentials']);
  const again = await call('POST', '/api/v1/users', { body: ben, headers });
  assert.equal(again.status, 201);
  assert.notEqual(again.body.id, first.body.id, 'the stored answer of before is forgotten');
});

test('erasing twice is erasing once', async () => {
  const { id } = await addPerson();
  await erasePerson(db, id);
  const once = await db.selectFrom('users').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
  await erasePerson(db, id);
  assert.deepEqual(await db.selectFrom('users').selectAll().where('id', '=', id).executeTakeFirstOrThrow(), once);
});

test('DATA-04: a booking that waits for an erasure finds nobody to book for', async () => {
  const { id } = await addPerson();
  const eventId = await studio.addEvent({ facilitator_id: facilitatorId });
  const booked = await duringErasureOf(id, () => createBooking(db, { userId: id, eventId, seats: 1 }));
  assert.ok(booked.status === 'rejected');
  assert.equal(booked.reason.code, 'unauthenticated');
  assert.deepEqual(await db.selectFrom('bookings').select('id').where('event_id', '=', eventId).execute(), []);
});

test('negative control: without the lock on the person, the booking outlives them', async () => {
  const owner = new pg.Client({ connectionString: studio.ownerUrl });
  await owner.connect();
  const { rows } = await owner.query("select pg_get_functiondef('book_place'::regproc) as definition");
  const guarded: string = rows[0].definition;
  const unguarded = guarded.replace('for key share of u', '');
  assert.notEqual(unguarded, guarded);
  await owner.query(unguarded);
  const { id } = await addPerson();
  const eventId = await studio.addEvent({ facilitator_id: facilitatorId });
  const booked = await duringErasureOf(id, () => createBooking(db, { userId: id, eventId, seats: 1 }));
  await owner.query(guarded).finally(() => owner.end());
  assert.equal(booked.status, 'fulfilled');
  await db.updateTable('bookings').set({ status: 'cancelled' }).where('user_id', '=', id).execute();
});

test('DATA-04: a sign-in that waits for an erasure is refused', async () => {
  const { id, email } = await addPerson({ password: passwordHash });
  const signedIn = await duringErasureOf(id, () =>
    signIn(app, { email, password, kind: 'api', network: undefined, now: new Date() }),
  );
  assert.ok(signedIn.status === 'rejected');
  assert.equal(signedIn.reason.code, 'bad-credentials');
  assert.deepEqual(await db.selectFrom('sign_ins').select('id').where('user_id', '=', id).execute(), []);
});

test('DATA-04: who books, signs in and deletes their account at once leaves no booking and no sign-in behind', async () => {
  const events = await Promise.all(
    Array.from({ length: 3 }, () => studio.addEvent({ facilitator_id: facilitatorId, max_participants: 50 })),
  );
  // One person after the other: together they are more than there are connections, and some would wait too long.
  for (let round = 0; round < 12; round++) {
    const { id, email } = await addPerson({ password: passwordHash });
    const bookAll = () => events.map((eventId) => createBooking(db, { userId: id, eventId, seats: 1 }));
    const enter = () => signIn(app, { email, password, kind: 'page', network: undefined, now: new Date() });
    // Who signs in hashes a password first, which takes longer than the rest: so there is one who has done that.
    const open = () => openSignIn(db, { userId: id, checkedHash: passwordHash, kind: 'page', agent: undefined, now });
    const attempts = [...bookAll(), open()];
    const erasing = erasePerson(db, id);
    attempts.push(enter(), open(), ...bookAll());
    const [settled] = await Promise.all([Promise.allSettled(attempts), erasing]);
    for (const one of settled) if (one.status === 'rejected') assert.ok(AS_NOBODY.has(one.reason.code), one.reason);
    const row = await db.selectFrom('users').select('deleted_at').where('id', '=', id).executeTakeFirstOrThrow();
    assert.ok(row.deleted_at);
    const active = await db
      .selectFrom('bookings')
      .select('id')
      .where('user_id', '=', id)
      .where('status', '<>', 'cancelled')
      .execute();
    assert.deepEqual(active, []);
    assert.deepEqual(await db.selectFrom('sign_ins').select('id').where('user_id', '=', id).execute(), []);
  }
  assert.deepEqual(await findViolations(db), []);
});

/** Starts `work` while the person's erasure is under way, lets the erasure end, and tells what became of the work. */
async function duringErasureOf(userId: number, work: () => Promise<unknown>) {
  let outcome: Promise<PromiseSettledResult<unknown>[]> | undefined;
  await db.transaction().execute(async (trx: Transaction<DB>) => {
    await anonymiseUser(trx, userId);
    await endAllSignIns(trx, userId);
    outcome = Promise.allSettled([work()]);
    await untilWaitedFor(trx, outcome);
  });
  const [settled] = (await outcome) ?? [];
  assert.ok(settled);
  return settled;
}
