import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { connect } from '@samaya/platform/database.ts';
import { createTestDatabase } from '@samaya/platform/test-database.ts';
import type { DB } from '#server/database-types.ts';
import { createOidcAdapter } from './oidc-adapter.ts';
import { deleteExpiredOidcRecords, findPersonClaims } from './oidc-queries.ts';

const database = connect<DB>((await createTestDatabase('booking')).appUrl, { applicationName: 'test' });
after(() => database.close());
const db = database.kysely;
const codes = createOidcAdapter(db, 'AuthorizationCode');
const sessions = createOidcAdapter(db, 'Session');

test('a record is found until it expires, by its key and of its kind', async () => {
  await codes.upsert('one', { accountId: '1' }, 60);
  assert.deepEqual(await codes.find('one'), { accountId: '1' });
  assert.equal(await sessions.find('one'), undefined);
  await codes.upsert('one', { accountId: '2' }, -1);
  assert.equal(await codes.find('one'), undefined);
  await codes.upsert('forever', { accountId: '3' });
  assert.deepEqual(await codes.find('forever'), { accountId: '3' });
});

test('a session is found by its uid, and after its key changed too', async () => {
  await sessions.upsert('first', { uid: 'u1' }, 60);
  await sessions.destroy('first');
  await sessions.upsert('second', { uid: 'u1' }, 60);
  assert.deepEqual(await sessions.findByUid('u1'), { uid: 'u1' });
  assert.equal(await sessions.find('first'), undefined);
});

test('of ten who use a code at once, one succeeds', async () => {
  await codes.upsert('race', { accountId: '1' }, 60);
  const uses = await Promise.allSettled(Array.from({ length: 10 }, () => codes.consume('race')));
  assert.equal(uses.filter(({ status }) => status === 'fulfilled').length, 1);
  const found = await codes.find('race');
  assert.equal(typeof found?.consumed, 'number');
});

test('revoking a grant deletes what was issued under it, and nothing else', async () => {
  await codes.upsert('of-grant', { grantId: 'g1' }, 60);
  await codes.upsert('of-other', { grantId: 'g2' }, 60);
  await codes.revokeByGrantId('g1');
  assert.equal(await codes.find('of-grant'), undefined);
  assert.ok(await codes.find('of-other'));
});

test('what has expired is swept, what has not stays', async () => {
  await codes.upsert('old', {}, -1);
  await codes.upsert('young', {}, 60);
  await deleteExpiredOidcRecords(db);
  const left = await db.selectFrom('oidc_records').select('id').execute();
  assert.ok(left.some(({ id }) => id === 'young'));
  assert.ok(!left.some(({ id }) => id === 'old'));
});

test('the claims name a facilitator only for a proven address, and nobody who is erased', async () => {
  await db.insertInto('facilitators').values({ name: 'Maya L.', email: 'maya@studio.example' }).execute();
  const { id } = await db
    .insertInto('users')
    .values({ name: 'Maya Lind', email: 'maya@studio.example', password: '!' })
    .returning('id')
    .executeTakeFirstOrThrow();
  const unproven = await findPersonClaims(db, id);
  assert.deepEqual([unproven?.email_verified, unproven?.facilitator_id], [false, null]);
  await db.updateTable('users').set({ proven_at: new Date() }).where('id', '=', id).execute();
  const proven = await findPersonClaims(db, id);
  assert.deepEqual([proven?.sub, proven?.email_verified, proven?.facilitator_name], [String(id), true, 'Maya L.']);
  await db.updateTable('users').set({ deleted_at: new Date() }).where('id', '=', id).execute();
  assert.equal(await findPersonClaims(db, id), undefined);
});
