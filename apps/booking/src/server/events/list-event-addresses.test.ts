import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTestApp } from '#server/test-app.ts';
import { listEventAddresses } from './list-event-addresses.ts';

const { db, addFacilitator, addEvent } = await createTestApp();

test('what is too long for one list comes in parts, which together are the whole', async () => {
  const { facilitatorId: facilitator_id } = await addFacilitator();
  const ids: number[] = [];
  for (let count = 0; count < 7; count++) ids.push(await addEvent({ facilitator_id }));
  await addEvent({ facilitator_id, is_active: false });
  await addEvent({ facilitator_id, date_time: new Date('2020-01-01T10:00:00Z') });
  const whole = await listEventAddresses(db, { part: undefined });
  assert.deepEqual(
    whole.addresses.map(({ id }) => id),
    ids,
  );
  const { parts } = await listEventAddresses(db, { part: undefined, most: 3 });
  assert.ok(parts.length > 1);
  const found: number[] = [];
  for (const part of parts) {
    const { addresses } = await listEventAddresses(db, { part, most: 3 });
    assert.ok(addresses.length > 0 && addresses.length <= 3);
    found.push(...addresses.map(({ id }) => id));
  }
  assert.deepEqual(found, ids);
  assert.deepEqual(await listEventAddresses(db, { part: 2_000_000_000 }), { addresses: [], parts: [] });
});
