import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sql } from 'kysely';
import { sweep } from './sweep.ts';
import { createTestApp } from './test-app.ts';

test('DATA-07: a sweep takes what has ended and leaves what has not', async () => {
  const { db, addPerson, signIn } = await createTestApp();
  const { id } = await addPerson();
  await signIn(id, 'page');
  await sql`update sign_ins set expires_at = clock_timestamp() where kind = 'page'`.execute(db);
  await db
    .insertInto('idempotency_keys')
    .values([
      { owner: 'user:1', key: 'old', fingerprint: 'x', created_at: sql<Date>`now() - interval '25 hours'` },
      { owner: 'user:1', key: 'new', fingerprint: 'x', created_at: sql<Date>`now() - interval '23 hours'` },
    ])
    .execute();
  await sweep(db);
  assert.deepEqual(await db.selectFrom('sign_ins').select('kind').execute(), [{ kind: 'api' }]);
  assert.deepEqual(await db.selectFrom('idempotency_keys').select('key').execute(), [{ key: 'new' }]);
});

test('DATA-07: a sweep takes guests who got no place a day ago, and nobody else', async () => {
  const studio = await createTestApp();
  const { db, addPerson } = studio;
  const { facilitatorId } = await studio.addFacilitator();
  const created_at = new Date(Date.now() - 25 * 3_600_000);
  const guest = { password: '!', proven_at: null, created_at };
  const booked = await addPerson({ ...guest, email: 'booked@example.org' });
  const eventId = await studio.addEvent({ facilitator_id: facilitatorId });
  await db.insertInto('bookings').values({ user_id: booked.id, event_id: eventId, status: 'cancelled' }).execute();
  await addPerson({ ...guest, email: 'idle@example.org' });
  await addPerson({ ...guest, email: 'new@example.org', created_at: new Date() });
  await addPerson({ ...guest, email: 'asking@example.org', reset_asked_at: new Date() });
  await addPerson({ ...guest, email: 'proven@example.org', proven_at: new Date() });
  await addPerson({ ...guest, email: 'waiting@example.org', password: 'a hash' });
  const erased = await addPerson({ ...guest, email: 'erased@example.org' });
  await db.updateTable('users').set({ deleted_at: new Date() }).where('id', '=', erased.id).execute();
  await sweep(db);
  const left = await db.selectFrom('users').select('email').where('email', 'like', '%@example.org').execute();
  assert.deepEqual(left.map(({ email }) => email.split('@')[0]).sort(), [
    'asking',
    'booked',
    'erased',
    'new',
    'proven',
    'waiting',
  ]);
});
