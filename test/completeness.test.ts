import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createReadCompleteness } from '../apps/crm/src/server/notifications/read-completeness.ts';
import { startBothApps } from './both-apps.ts';

const both = await startBothApps();
const { booking, crm } = both;
const KNOWN_MS = 20_000;
let minutes = 0;
const read = createReadCompleteness(crm.app, () => minutes * 60_000);

/** Reads until booking has said how many there are: an answer that takes it long is there for who asks again. */
async function readKnown(facilitatorId: number) {
  for (const until = performance.now() + KNOWN_MS; ; ) {
    const known = await read(facilitatorId);
    if (known.expected !== undefined || performance.now() > until) return known;
  }
}

/** The same as after so long that nothing remembered counts. */
async function readAnew(facilitatorId: number) {
  minutes += 2;
  const { received, expected } = await readKnown(facilitatorId);
  return { received, expected };
}

async function withEvent() {
  const { facilitatorId } = await booking.addFacilitator();
  return { facilitatorId, event: await booking.addEvent({ facilitator_id: facilitatorId, max_participants: 2000 }) };
}

const cancel = (id: number) =>
  booking.db.updateTable('bookings').set({ status: 'cancelled' }).where('id', '=', id).execute();

test('all that was booked has arrived: as many received as expected, and when the newest came', async () => {
  const { facilitatorId, event } = await withEvent();
  assert.deepEqual(await readKnown(facilitatorId), { received: 0, expected: 0, newestAt: undefined });
  await both.book(event, 450);
  await both.tell();
  minutes += 2;
  const { newestAt, ...counts } = await readKnown(facilitatorId);
  assert.deepEqual(counts, { received: 450, expected: 450 });
  assert.ok(newestAt && Math.abs(Date.now() - newestAt.getTime()) < 30_000);
});

test('what is on its way or lost is not received: a booking, a cancellation, a changed status', async () => {
  const { facilitatorId, event } = await withEvent();
  const [cancelled = 0, lost = 0, changed = 0] = await both.book(event, 10);
  await both.tell();
  await both.hold();
  await cancel(cancelled);
  await both.book(event, 2);
  await crm.app.db.deleteFrom('booking_notifications').where('booking_id', '=', lost).execute();
  await crm.app.db
    .updateTable('booking_notifications')
    .set({ status: 'attended' })
    .where('booking_id', '=', changed)
    .execute();
  assert.deepEqual(await readAnew(facilitatorId), { received: 7, expected: 12 });
  await both.tell();
  assert.deepEqual(await readAnew(facilitatorId), { received: 10, expected: 12 });
});

test('after an event went to another facilitator both have what is theirs', async () => {
  const [from, to] = [await withEvent(), await withEvent()];
  const [cancelled = 0] = await both.book(from.event, 3);
  await cancel(cancelled);
  await both.tell();
  await booking.db
    .updateTable('events')
    .set({ facilitator_id: to.facilitatorId })
    .where('id', '=', from.event)
    .execute();
  await both.tell();
  assert.deepEqual(await readAnew(from.facilitatorId), { received: 0, expected: 0 });
  assert.deepEqual(await readAnew(to.facilitatorId), { received: 3, expected: 3 });
});

test('a booking that is gone is expected no more', async () => {
  const { facilitatorId, event } = await withEvent();
  const [gone = 0] = await both.book(event, 2);
  await booking.db.deleteFrom('bookings').where('id', '=', gone).execute();
  await both.tell();
  assert.deepEqual(await readAnew(facilitatorId), { received: 1, expected: 1 });
});

test('booking is asked once a minute while nothing arrives and all is here, and within seconds otherwise', async () => {
  const { facilitatorId, event } = await withEvent();
  await both.book(event, 1);
  await both.tell();
  await readAnew(facilitatorId);
  const asked = () => both.asked.length;
  const before = asked();
  await Promise.all(Array.from({ length: 50 }, () => read(facilitatorId)));
  minutes += 0.9;
  await read(facilitatorId);
  assert.equal(asked(), before);
  await readAnew(facilitatorId);
  await both.book(event, 1);
  await both.tell();
  minutes += 0.05;
  assert.equal((await read(facilitatorId)).expected, 1, 'a rush costs one question in five seconds');
  minutes += 0.05;
  assert.equal((await readKnown(facilitatorId)).expected, 2);
});

test('while booking is away, or does not answer in half a second, it is said what is here', async () => {
  const { facilitatorId, event } = await withEvent();
  await both.book(event, 4);
  await both.tell();
  const away = () => Promise.reject(Object.assign(new Error('away'), { code: 'booking-away' }));
  const alone = createReadCompleteness({ db: crm.app.db, booking: { digest: away, newest: away } });
  const { newestAt, ...counts } = await alone(facilitatorId);
  assert.deepEqual(counts, { received: 4, expected: undefined });
  assert.ok(newestAt);

  // It never answers, so whoever is answered has not waited for it.
  const never = () => new Promise<never>(() => undefined);
  const patient = createReadCompleteness({ db: crm.app.db, booking: { digest: never, newest: never } });
  const { received, expected } = await patient(facilitatorId);
  assert.deepEqual({ received, expected }, { received: 4, expected: undefined });

  const speak = both.silenceBooking();
  minutes += 2;
  assert.equal((await read(facilitatorId)).expected, undefined);
  speak();
  assert.deepEqual(await readAnew(facilitatorId), { received: 4, expected: 4 });
});
