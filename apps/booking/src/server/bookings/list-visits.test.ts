import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DomainError } from '@samaya/platform/domain-error.ts';
import { openStudio } from '#server/test-studio.ts';
import { createBooking } from './create-booking.ts';
import { findOwnPlace, getVisit } from './get-visit.ts';
import { listVisitsAhead, listVisitsBehind } from './list-visits.ts';

const studio = await openStudio();
const { db, asOwner } = studio;

/** Books an event and then moves it to where it should be. */
async function visit(userId: number, startsIn: string, status = 'confirmed') {
  const eventId = await studio.addEvent();
  const booking = await createBooking(db, { userId, eventId, seats: 1 });
  await asOwner(`update events set date_time = now() + interval '${startsIn}' where id = ${eventId}`);
  await asOwner(`update bookings set status = '${status}' where id = ${booking.id}`);
  return booking.id;
}

const idsOf = (visits: readonly { id: number }[]) => visits.map(({ id }) => id);

test('what is running or to come stands apart from what is over or cancelled', async () => {
  const [ana = 0, other = 0] = await studio.addUsers(2);
  const nextWeek = await visit(ana, '7 days');
  const running = await visit(ana, '-30 minutes');
  const tomorrow = await visit(ana, '1 day');
  const waiting = await visit(ana, '3 days', 'waitlisted');
  const over = await visit(ana, '-76 minutes', 'attended');
  const cancelled = await visit(ana, '2 days', 'cancelled');
  const calledOff = await visit(ana, '5 days', 'event_cancelled');
  await visit(other, '1 day');
  assert.deepEqual(idsOf(await listVisitsAhead(db, ana)), [running, tomorrow, waiting, nextWeek]);
  const { items, next } = await listVisitsBehind(db, { userId: ana, after: undefined, limit: 20 });
  assert.deepEqual([idsOf(items), next], [[calledOff, cancelled, over], null]);
});

test('the past is read page by page, each visit once, also where several began at one moment', async () => {
  const [userId = 0] = await studio.addUsers(1);
  const made: number[] = [];
  for (let index = 0; index < 7; index++) made.push(await visit(userId, '-20 days'));
  await asOwner(`update events set date_time = '2026-01-01T10:00:00.123456Z'
    where id in (select event_id from bookings where user_id = ${userId})`);
  const seen: number[] = [];
  let after: string | undefined;
  do {
    const page = await listVisitsBehind(db, { userId, after, limit: 2 });
    seen.push(...idsOf(page.items));
    after = page.next ?? undefined;
  } while (after);
  assert.deepEqual(seen, made.reverse());
});

test('a cursor that is not ours is refused', async () => {
  for (const after of ['x', '', Buffer.from('["2026-01-01",1]').toString('base64url'), '\0']) {
    await assert.rejects(listVisitsBehind(db, { userId: 1, after, limit: 2 }), (error: DomainError) => {
      assert.equal(error.code, 'bad-request');
      return true;
    });
  }
});

test('a visit is its person’s own, and a cancelled one is no place any more', async () => {
  const [ana = 0, other = 0] = await studio.addUsers(2);
  const id = await visit(ana, '1 day');
  const found = await getVisit(db, { id, userId: ana });
  assert.deepEqual([found.event.title, found.event.facilitator.name], ['Yin by candlelight', 'Maya Lind']);
  assert.ok(found.event.date_time instanceof Date);
  await assert.rejects(getVisit(db, { id, userId: other }), { code: 'not-found' });
  assert.equal((await findOwnPlace(db, { userId: ana, eventId: found.event.id }))?.id, id);
  assert.equal(await findOwnPlace(db, { userId: other, eventId: found.event.id }), undefined);
  await asOwner(`update bookings set status = 'cancelled' where id = ${id}`);
  assert.equal(await findOwnPlace(db, { userId: ana, eventId: found.event.id }), undefined);
});
