import assert from 'node:assert/strict';
import { test } from 'node:test';
import { applyStudioSettings } from '#server/studio/apply-studio-settings.ts';
import { createTestApp } from '#server/test-app.ts';
import { findNearestDays } from './find-nearest-days.ts';
import { listEventDays } from './list-event-days.ts';

const { db, addFacilitator, addEvent } = await createTestApp();
const { facilitatorId: facilitator_id } = await addFacilitator('Maya Lind');

async function openStudioIn(timeZone: string, currency = 'EUR') {
  await applyStudioSettings(db, { name: 'Studio', timeZone, currency });
}

/** Adds events of a practice that start at these moments; each is called after its own. */
async function plan(practice: string, ...moments: string[]) {
  for (const moment of moments) {
    await addEvent({ facilitator_id, practice, title: moment, date_time: moment as never, time_zone: 'UTC' });
  }
}

async function daysOf(practice: string, from: string, to: string, perDay = 10) {
  const days = await listEventDays(db, { search: '', filter: { practice }, from, to, perDay });
  return days.map(({ day, count, events }) => [day, count, ...events.map(({ title }) => title)]);
}

test('an event stands on the day it has on the clock of the studio, also where that is not the day elsewhere', async () => {
  await plan('dateline', '2028-12-01T10:00:00Z', '2028-12-01T11:30:00Z', '2028-12-01T23:30:00Z');
  await openStudioIn('Pacific/Auckland');
  assert.deepEqual(await daysOf('dateline', '2028-12-01', '2028-12-02'), [
    ['2028-12-01', 1, '2028-12-01T10:00:00Z'],
    ['2028-12-02', 2, '2028-12-01T11:30:00Z', '2028-12-01T23:30:00Z'],
  ]);
  await openStudioIn('America/New_York');
  assert.deepEqual(await daysOf('dateline', '2028-12-01', '2028-12-01'), [
    ['2028-12-01', 3, '2028-12-01T10:00:00Z', '2028-12-01T11:30:00Z', '2028-12-01T23:30:00Z'],
  ]);
});

test('days of 23 and of 25 hours have all of their events, and none of the next day', async () => {
  await openStudioIn('Europe/Lisbon');
  // In 2028 the clocks of Lisbon change on 26 March and 29 October.
  await plan('short', '2028-03-25T23:59:00Z', '2028-03-26T00:00:00Z', '2028-03-26T22:59:00Z', '2028-03-26T23:00:00Z');
  await plan('long', '2028-10-28T22:59:00Z', '2028-10-28T23:00:00Z', '2028-10-29T23:59:00Z', '2028-10-30T00:00:00Z');
  assert.deepEqual(await daysOf('short', '2028-03-26', '2028-03-26'), [
    ['2028-03-26', 2, '2028-03-26T00:00:00Z', '2028-03-26T22:59:00Z'],
  ]);
  assert.deepEqual(await daysOf('long', '2028-10-29', '2028-10-29'), [
    ['2028-10-29', 2, '2028-10-28T23:00:00Z', '2028-10-29T23:59:00Z'],
  ]);
});

test('a full day says how many there are beyond those it shows', async () => {
  await openStudioIn('UTC');
  await plan('many', ...[9, 10, 11, 12, 13].map((hour) => `2028-06-01T${String(hour).padStart(2, '0')}:00:00Z`));
  assert.deepEqual(await daysOf('many', '2028-05-29', '2028-06-04', 3), [
    ['2028-06-01', 5, '2028-06-01T09:00:00Z', '2028-06-01T10:00:00Z', '2028-06-01T11:00:00Z'],
  ]);
});

test('filters and words count on days too', async () => {
  await openStudioIn('UTC');
  await plan('counted', '2028-07-01T09:00:00Z');
  await addEvent({ facilitator_id, title: 'Zitherplay', online: true, date_time: '2028-07-01T10:00:00Z' as never });
  const found = async (search: string, filter = {}) => {
    const days = await listEventDays(db, { search, filter, from: '2028-07-01', to: '2028-07-01', perDay: 9 });
    return days.flatMap(({ events }) => events.map(({ title }) => title));
  };
  assert.equal((await found('')).length, 2);
  assert.deepEqual(await found('zitherplay maya'), ['Zitherplay']);
  assert.deepEqual(await found('', { online: true }), ['Zitherplay']);
  assert.deepEqual(await found('', { online: false }), ['2028-07-01T09:00:00Z']);
});

test('the nearest days are the last before and the first after, of what is asked for', async () => {
  await openStudioIn('Europe/Lisbon');
  await plan('nearby', '2028-08-01T10:00:00Z', '2028-08-03T22:30:00Z', '2028-08-20T23:30:00Z', '2028-08-30T10:00:00Z');
  const asked = { search: '', filter: { practice: 'nearby' } };
  // At 23:30 UTC it is the next day in summer in Lisbon.
  assert.deepEqual(await findNearestDays(db, { ...asked, before: '2028-08-09', after: '2028-08-11' }), {
    before: '2028-08-03',
    after: '2028-08-21',
  });
  assert.deepEqual(await findNearestDays(db, { ...asked, before: '2028-07-31', after: undefined }), {
    before: null,
    after: null,
  });
  assert.deepEqual(
    await findNearestDays(db, { ...asked, search: 'nowhere', before: '2028-08-09', after: '2028-08-11' }),
    {
      before: null,
      after: null,
    },
  );
});
