import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTestApp } from '#server/test-app.ts';

const { call, addFacilitator, addEvent, addPerson } = await createTestApp({ RATE_LIMITS: 'on' });

test('RATE-07: a person books thirty times a minute, whatever the token; others are not held up', async () => {
  const { facilitatorId } = await addFacilitator();
  const event_id = await addEvent({ facilitator_id: facilitatorId });
  const [ana, ben] = [await addPerson(), await addPerson()];
  const book = (token: string) => call('POST', '/api/v1/bookings', { token, body: { event_id } });
  const statuses = [];
  for (let count = 0; count < 30; count++) statuses.push((await book(ana.token)).status);
  assert.deepEqual(statuses, [201, ...Array(29).fill(409)]);
  const refused = await book(ana.token);
  assert.deepEqual([refused.status, refused.body.code], [429, 'too-many-requests']);
  assert.ok(Number(refused.headers.get('retry-after')) >= 1);
  assert.equal((await book(ben.token)).status, 201);
});
