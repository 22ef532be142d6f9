import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findViolations } from '#server/bookings/booking-invariants-queries.ts';
import { createBooking } from '#server/bookings/create-booking.ts';
import { identityOf, openStudio } from '#server/test-studio.ts';
import { cancelEvent } from './cancel-event.ts';

const studio = await openStudio();
const { db, pool } = studio;
const facilitator = identityOf(0, { facilitatorId: studio.facilitatorId });

test('ends every booking that holds or awaits a seat, tells each, and keeps noted attendance', async () => {
  const eventId = await studio.addEvent();
  const statuses = ['confirmed', 'pending', 'offered', 'waitlisted', 'attended', 'no_show', 'cancelled', 'expired'];
  const users = await studio.addUsers(statuses.length);
  await pool.query(
    'insert into bookings (user_id, event_id, status) select u, $1, s from unnest($2::int[], $3::text[]) as b (u, s)',
    [eventId, users, statuses],
  );
  await cancelEvent(db, eventId, facilitator);
  const { rows } = await pool.query('select status, version from bookings where event_id = $1 order by user_id', [
    eventId,
  ]);
  assert.deepEqual(
    rows.map(({ status }) => status),
    [...Array(4).fill('event_cancelled'), 'attended', 'no_show', 'cancelled', 'expired'],
  );
  assert.equal(await studio.seatsTaken(eventId), 2);
  const told = await pool.query(
    "select count(*)::int from outbox where destination = 'crm' and event_id = $1 and kind = 'event.cancelled'",
    [eventId],
  );
  assert.equal(told.rows[0].count, 4);
  assert.deepEqual(await findViolations(db), []);
});

test('asking twice is asking once, and nobody books what is cancelled', async () => {
  const eventId = await studio.addEvent();
  const [userId = 0] = await studio.addUsers(1);
  await createBooking(db, { userId, eventId, seats: 1 });
  const state = async () =>
    (await pool.query('select cancelled_at, is_active from events where id = $1', [eventId])).rows;
  await cancelEvent(db, eventId, facilitator);
  const before = await state();
  await cancelEvent(db, eventId, identityOf(0, { isAdmin: true }));
  assert.deepEqual(await state(), before);
  const { rows } = await pool.query("select count(*)::int from outbox where destination = 'crm' and event_id = $1", [
    eventId,
  ]);
  assert.equal(rows[0].count, 2);
  await assert.rejects(createBooking(db, { userId, eventId, seats: 1 }), { code: 'event-inactive' });
});

test('only its facilitator and an admin may', async () => {
  const eventId = await studio.addEvent();
  await assert.rejects(cancelEvent(db, eventId, identityOf(7)), { code: 'forbidden' });
  const other = identityOf(7, { facilitatorId: studio.facilitatorId + 1 });
  await assert.rejects(cancelEvent(db, eventId, other), { code: 'forbidden' });
  await assert.rejects(cancelEvent(db, 2_000_000_000, facilitator), { code: 'not-found' });
});
