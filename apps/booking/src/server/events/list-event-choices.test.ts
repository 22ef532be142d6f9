import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTestApp } from '#server/test-app.ts';
import type { EventFilter } from './event-filter-queries.ts';
import { listEventChoices } from './list-event-choices.ts';

const { db, addFacilitator, addEvent, addPerson } = await createTestApp();
const maya = (await addFacilitator('Maya Lind')).facilitatorId;
const noah = (await addFacilitator('Åke Noah')).facilitatorId;
const utc = { time_zone: 'UTC' };

const full = await addEvent({
  facilitator_id: maya,
  practice: 'Yin',
  level: 'All',
  max_participants: 1,
  ...utc,
  date_time: '2031-05-01T08:00:00Z' as never,
});
await addEvent({
  facilitator_id: maya,
  practice: 'yín',
  online: true,
  ...utc,
  date_time: '2031-05-02T20:00:00Z' as never,
});
await addEvent({
  facilitator_id: noah,
  practice: 'Breath',
  title: 'Deep',
  price: 0,
  ...utc,
  date_time: '2031-05-03T13:00:00Z' as never,
});
await addEvent({ facilitator_id: noah, event_type: 'retreat', ...utc, date_time: '2031-05-04T02:00:00Z' as never });
await db
  .insertInto('bookings')
  .values({ event_id: full, user_id: (await addPerson()).id })
  .execute();

async function choicesOf(filter: EventFilter, search = '') {
  const { total, isWhole: _, ...fields } = await listEventChoices(db, { search, filter });
  const counts = Object.entries(fields).map(([field, choices]) => [
    field,
    choices.map(({ value, count }) => `${value} ${count}`).join(', '),
  ]);
  return { total, ...Object.fromEntries(counts) };
}

test('says what there is to choose, and how many each choice leaves', async () => {
  assert.deepEqual(await choicesOf({}), {
    total: 4,
    event_type: 'session 3, retreat 1',
    practice: 'Breath 1, Yin 2',
    level: 'All 1',
    facilitator_id: `${noah} 2, ${maya} 2`,
    time_of_day: 'morning 1, afternoon 1, evening 2',
    online: 'false 3, true 1',
    available: 'false 1, true 3',
  });
});

test('what was chosen counts against the other fields, not against its own', async () => {
  const chosen = await choicesOf({ practice: 'yin', available: true });
  assert.equal(chosen.total, 1);
  assert.equal(chosen.practice, 'Breath 1, Yin 1');
  assert.equal(chosen.available, 'false 1, true 1');
  assert.equal(chosen.facilitator_id, `${noah} 0, ${maya} 1`);
  assert.equal((await choicesOf({ from: '2031-05-03' })).total, 2);
  assert.equal((await choicesOf({ price_max: 0 })).practice, 'Breath 1, Yin 0');
  assert.equal((await choicesOf({}, 'deep')).total, 1);
});

test('among more than two thousand events it says that there are more', async () => {
  assert.equal((await listEventChoices(db, { search: '', filter: {} })).isWhole, true);
  await db
    .insertInto('events')
    .values(
      Array.from({ length: 2000 }, () => ({
        title: 'Daily',
        description: '',
        event_type: 'session',
        date_time: new Date('2032-01-01T10:00:00Z'),
        duration: 60,
        max_participants: 5,
        price: 1,
        facilitator_id: maya,
      })),
    )
    .execute();
  const { total, isWhole } = await listEventChoices(db, { search: '', filter: {} });
  assert.deepEqual([total, isWhole], [2001, false]);
});
