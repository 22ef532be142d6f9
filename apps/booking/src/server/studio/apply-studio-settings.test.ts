import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTestApp } from '#server/test-app.ts';
import { applyStudioSettings } from './apply-studio-settings.ts';

const studio = await createTestApp();
const { db } = studio;
const { facilitatorId } = await studio.addFacilitator();

test('an event takes zone and currency of the studio, and keeps them when the studio changes', async () => {
  await applyStudioSettings(db, { name: 'Stilte', timeZone: 'Europe/Amsterdam', currency: 'EUR' });
  const first = await studio.addEvent({ facilitator_id: facilitatorId });
  await applyStudioSettings(db, { name: 'Sunyi', timeZone: 'Asia/Makassar', currency: 'IDR' });
  await applyStudioSettings(db, { name: 'Sunyi', timeZone: 'Asia/Makassar', currency: 'IDR' });
  const second = await studio.addEvent({ facilitator_id: facilitatorId });
  const events = await db
    .selectFrom('events')
    .select(['id', 'time_zone', 'currency'])
    .where('id', 'in', [first, second])
    .orderBy('id')
    .execute();
  assert.deepEqual(events, [
    { id: first, time_zone: 'Europe/Amsterdam', currency: 'EUR' },
    { id: second, time_zone: 'Asia/Makassar', currency: 'IDR' },
  ]);
  assert.deepEqual(await db.selectFrom('studio').select(['name']).execute(), [{ name: 'Sunyi' }]);
});
