import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { connect } from '@samaya/platform/database.ts';
import { hashToken } from '@samaya/platform/opaque-token.ts';
import { createTestDatabase } from '@samaya/platform/test-database.ts';
import { createProvenUser } from '#server/accounts/create-proven-user.ts';
import { erasePerson } from '#server/accounts/erase-person.ts';
import { endAllSignIns } from '#server/accounts/sign-in.ts';
import type { DB } from '#server/database-types.ts';
import { createOidcAdapter } from './oidc-adapter.ts';
import { deleteExpiredOidcRecords, findPersonClaims } from './oidc-queries.ts';

const database = connect<DB>((await createTestDatabase('booking')).appUrl, { applicationName: 'test' });
after(() => database.close());
const db = database.kysely;
const codes = createOidcAdapter(db, 'AuthorizationCode');
const sessions = createOidcAdapter(db, 'Session');
let people = 0;

async function addUser(): Promise<number> {
  people++;
  const { id } = await db
    .insertInto('users')
    .values({ name: 'Ana Sousa', email: `ana${people}@studio.example`, password: '!' })
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

test('a record is found until it expires, by its key and of its kind', async () => {
  await codes.upsert('one', { scope: 'openid' }, 60);
  assert.deepEqual(await codes.find('one'), { scope: 'openid', jti: 'one' });
  assert.equal(await sessions.find('one'), undefined);
  await codes.upsert('one', { scope: 'openid email' }, -1);
  assert.equal(await codes.find('one'), undefined);
  await codes.upsert('forever', { scope: 'openid' });
  assert.deepEqual(await codes.find('forever'), { scope: 'openid', jti: 'forever' });
});

test('a session is found by its uid, and after its key changed too', async () => {
  await sessions.upsert('first', { uid: 'u1' }, 60);
  await sessions.destroy('first');
  await sessions.upsert('second', { uid: 'u1' }, 60);
  assert.deepEqual(await sessions.findByUid('u1'), { uid: 'u1' });
  assert.equal(await sessions.find('first'), undefined);
});

test('of ten who use a code at once, one succeeds', async () => {
  await codes.upsert('race', {}, 60);
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
  assert.ok(left.some(({ id }) => id === hashToken('young').toString('base64url')));
  assert.ok(!left.some(({ id }) => id === hashToken('old').toString('base64url')));
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

test('all that is about a person ends with their sign-ins, and nothing else', async () => {
  const [ana, ben] = [String(await addUser()), String(await addUser())];
  const kinds = ['Session', 'AuthorizationCode', 'AccessToken', 'RefreshToken', 'Grant', 'Interaction'];
  const adapters = kinds.map((kind) => createOidcAdapter(db, kind));
  for (const adapter of adapters) {
    await adapter.upsert('of-ana', { accountId: ana }, 60);
    await adapter.upsert('of-ben', { accountId: ben }, 60);
  }
  const interactions = createOidcAdapter(db, 'Interaction');
  await interactions.upsert('just-signed-in', { result: { login: { accountId: ana } } }, 60);
  await interactions.upsert('signed-in-before', { session: { accountId: ana, uid: 'u', cookie: 'c' } }, 60);
  await interactions.upsert('nobody-yet', {}, 60);

  await endAllSignIns(db, Number(ana));
  for (const adapter of adapters) {
    assert.equal(await adapter.find('of-ana'), undefined);
    assert.ok(await adapter.find('of-ben'));
  }
  assert.equal(await interactions.find('just-signed-in'), undefined);
  assert.equal(await interactions.find('signed-in-before'), undefined);
  assert.ok(await interactions.find('nobody-yet'));
});

test('an erased person’s session, code and refresh token are refused, also those written while erasing', async () => {
  const id = await addUser();
  const tokens = createOidcAdapter(db, 'RefreshToken');
  await sessions.upsert('before', { accountId: String(id), uid: 'before' }, 60);
  await codes.upsert('before', { accountId: String(id) }, 60);
  await tokens.upsert('before', { accountId: String(id) }, 60);
  await erasePerson(db, id);
  assert.equal(await sessions.findByUid('before'), undefined);
  assert.equal(await codes.find('before'), undefined);
  await assert.rejects(async () => await codes.consume('before'));
  assert.equal(await tokens.find('before'), undefined);

  const other = await addUser();
  let late: Promise<unknown> = Promise.resolve();
  await db.transaction().execute(async (trx) => {
    await trx.updateTable('users').set({ deleted_at: new Date() }).where('id', '=', other).execute();
    await endAllSignIns(trx, other);
    // It may wait for this transaction or come after it; it must not come before.
    late = Promise.resolve(codes.upsert('late', { accountId: String(other) }, 60));
  });
  await late;
  assert.equal(await codes.find('late'), undefined);
});

test('an account that is handed over loses what its first owner had', async () => {
  const id = await addUser();
  await codes.upsert('of-a-stranger', { accountId: String(id) }, 60);
  const email = `ana${people}@studio.example`;
  await db
    .transaction()
    .execute((trx) => createProvenUser(trx, { name: 'Ana', email, passwordHash: '!', isAdmin: false }));
  assert.equal(await codes.find('of-a-stranger'), undefined);
});
