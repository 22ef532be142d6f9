import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTestApp } from '#server/test-app.ts';
import { getFacilitatorAccount } from './get-facilitator-account.ts';
import { listFacilitatorAccounts } from './list-facilitator-accounts.ts';
import { listFacilitatorNames } from './list-facilitator-names.ts';

const studio = await createTestApp();
const { db } = studio;
const maya = await studio.addFacilitator('Maya Lind');
const elise = await db
  .insertInto('facilitators')
  .values({ name: 'Élise Ek', email: 'elise@studio.example' })
  .returning('id')
  .executeTakeFirstOrThrow();

test('admins see who signs in as a facilitator and what is ahead of them', async () => {
  await studio.addEvent({ facilitator_id: maya.facilitatorId });
  await studio.addEvent({ facilitator_id: maya.facilitatorId, cancelled_at: new Date() });
  await studio.addPerson({ email: 'elise@studio.example', proven_at: null });
  const { items, next } = await listFacilitatorAccounts(db, { after: undefined, limit: 10 });
  assert.deepEqual(
    items.map(({ name, email, userId, ahead }) => ({ name, email, userId, ahead })),
    [
      { name: 'Maya Lind', email: maya.email, userId: maya.id, ahead: 1 },
      { name: 'Élise Ek', email: 'elise@studio.example', userId: null, ahead: 0 },
    ],
  );
  assert.equal(next, null);
  assert.deepEqual(await getFacilitatorAccount(db, elise.id), items[1]);
  await assert.rejects(getFacilitatorAccount(db, 2_000_000_000), { code: 'not-found' });
});

test('the list goes on where it ended, and names stand in their order', async () => {
  const first = await listFacilitatorAccounts(db, { after: undefined, limit: 1 });
  const second = await listFacilitatorAccounts(db, { after: first.next ?? '', limit: 1 });
  assert.deepEqual([first.items[0]?.name, second.items[0]?.name, second.next], ['Maya Lind', 'Élise Ek', null]);
  await assert.rejects(listFacilitatorAccounts(db, { after: 'x', limit: 1 }), { code: 'bad-request' });
  assert.deepEqual(
    (await listFacilitatorNames(db)).map(({ name }) => name),
    ['Élise Ek', 'Maya Lind'],
  );
});
