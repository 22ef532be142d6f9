import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTestApp } from '#server/test-app.ts';
import { getEvent } from './get-event.ts';
import { listRelatedEvents } from './list-related-events.ts';

const { db, addFacilitator, addEvent } = await createTestApp();

test('other dates are the same held again, and what is similar is something else, once each', async () => {
  const maya = { facilitator_id: (await addFacilitator('Maya')).facilitatorId };
  const noah = { facilitator_id: (await addFacilitator('Noah')).facilitatorId };
  const days = (count: number) => new Date(Date.now() + count * 86_400_000);
  const yin = { ...maya, title: 'Yin', practice: 'yin' };
  const id = await addEvent({ ...yin, date_time: days(2) });
  await addEvent({ ...yin, date_time: days(9), place: 'Second' });
  await addEvent({ ...yin, date_time: days(4), place: 'First' });
  await addEvent({ ...yin, date_time: days(5), is_active: false });
  await addEvent({ ...yin, date_time: days(-5) });
  await addEvent({ ...noah, title: 'Yin', practice: 'yin', date_time: days(8) });
  await addEvent({ ...noah, title: 'Slow', practice: 'Yín', date_time: days(7) });
  await addEvent({ ...noah, title: 'Slow', practice: 'yin', date_time: days(6) });
  await addEvent({ ...maya, title: 'Flow', practice: 'vinyasa', date_time: days(3) });
  await addEvent({ ...noah, title: 'Drums', practice: 'sound', date_time: days(3) });
  const { otherDates, similar } = await listRelatedEvents(db, await getEvent(db, id, undefined));
  assert.deepEqual(
    otherDates.map(({ place }) => place),
    ['First', 'Second'],
  );
  assert.deepEqual(
    similar.map(({ title, facilitator }) => `${title} with ${facilitator.name}`),
    ['Slow with Noah', 'Yin with Noah', 'Flow with Maya'],
  );
});
