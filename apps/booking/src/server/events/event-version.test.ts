import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createBooking } from '#server/bookings/create-booking.ts';
import { identityOf, openStudio } from '#server/test-studio.ts';
import { changeEvent } from './change-event.ts';
import { versionOf } from './event-version.ts';
import { getOwnEvent } from './get-event.ts';

const studio = await openStudio();
const { db } = studio;
const maya = identityOf(0, { facilitatorId: studio.facilitatorId });
const see = async (id: number) => versionOf(await getOwnEvent(db, id, maya));

test('who saves what somebody else changed meanwhile is told, and nothing is overwritten', async () => {
  const id = await studio.addEvent();
  const seen = await see(id);
  await changeEvent(db, id, { place: 'The attic' }, maya, { seen });
  await assert.rejects(changeEvent(db, id, { place: 'The garden' }, maya, { seen }), { code: 'event-changed' });
  const { place } = await getOwnEvent(db, id, maya);
  assert.equal(place, 'The attic');
  await changeEvent(db, id, { place: 'The garden' }, maya, { seen: await see(id) });
  await changeEvent(db, id, { place: null }, maya);
});

test('of two who save at once one is told', async () => {
  const id = await studio.addEvent();
  const seen = await see(id);
  const outcomes = await Promise.allSettled(
    ['One', 'Other', 'Third'].map((title) => changeEvent(db, id, { title }, maya, { seen })),
  );
  assert.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 1);
});

test('negative control: who looks before the lock and not under it overwrites', async () => {
  const id = await studio.addEvent();
  const seen = await see(id);
  assert.deepEqual(await Promise.all([see(id), see(id)]), [seen, seen]);
  const outcomes = await Promise.allSettled(['One', 'Other'].map((title) => changeEvent(db, id, { title }, maya)));
  assert.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 2);
});

test('a booking in between is no change', async () => {
  const id = await studio.addEvent();
  const seen = await see(id);
  const [userId = 0] = await studio.addUsers(1);
  await createBooking(db, { userId, eventId: id, seats: 1 });
  assert.equal(await see(id), seen);
});
