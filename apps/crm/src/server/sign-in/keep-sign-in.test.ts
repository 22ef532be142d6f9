import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { createTestApp } from '#server/test-app.ts';
import { signInToApi } from './api-sign-in.ts';
import { beginSignIn } from './keep-sign-in.ts';

const crm = await createTestApp();
const { db } = crm.app;
const MAYA = { user: { id: 5, name: 'Maya Lind', email: 'maya@studio.example' }, facilitator: { id: 7, name: 'Maya' } };

const tellSignedOut = (userId: number) => ({
  message_id: randomUUID(),
  kind: 'user.signed_out',
  occurred_at: '2030-03-01T10:00:00Z',
  user_id: userId,
});
const statusWith = async (token: string) => (await crm.ask('GET', '/api/v1/me', { token })).status;

test('when booking says that every sign-in of somebody has ended, theirs end here, and nobody else’s', async () => {
  const [maya, noah] = [await crm.signIn(7, 1), await crm.signIn(8, 2)];
  const message = tellSignedOut(1);
  assert.equal((await crm.deliver([message])).body.outcomes[0].outcome, 'stored');
  assert.deepEqual([await statusWith(maya), await statusWith(noah)], [401, 200]);
  const again = await crm.signIn(7, 1);
  assert.equal((await crm.deliver([message])).body.outcomes[0].outcome, 'duplicate');
  assert.equal(await statusWith(again), 200, 'a message that arrives again ends nothing of later');
});

test('a sign-in that was on its way then is not kept, one that began later is', async () => {
  const begunAt = await beginSignIn(db);
  await crm.deliver([tellSignedOut(5)]);
  await assert.rejects(signInToApi(db, { ...MAYA, begunAt }), { code: 'bad-credentials' });
  const { token } = await signInToApi(db, { ...MAYA, begunAt: new Date((await beginSignIn(db)).getTime() + 1) });
  assert.equal(await statusWith(token), 200);
});

test('of sign-ins that are kept while everything ends none outlives it', async () => {
  for (let round = 0; round < 20; round++) {
    const begunAt = await beginSignIn(db);
    const kept = Array.from({ length: 4 }, () => signInToApi(db, { ...MAYA, begunAt }));
    await Promise.allSettled([...kept, crm.deliver([tellSignedOut(5)])]);
    const rows = await db.selectFrom('sign_ins').select('id').where('user_id', '=', 5).execute();
    assert.deepEqual(rows, []);
  }
});

test('negative control: without asking when everything ended, a sign-in that is kept late stays', async () => {
  const begunAt = new Date(8.64e15);
  await crm.deliver([tellSignedOut(5)]);
  const { token } = await signInToApi(db, { ...MAYA, begunAt });
  assert.equal(await statusWith(token), 200);
});
