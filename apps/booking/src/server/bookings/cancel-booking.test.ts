import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { identityOf, openStudio } from '#server/test-studio.ts';
import { findViolations } from './booking-invariants-queries.ts';
import { cancelBooking } from './cancel-booking.ts';
import { createBooking } from './create-booking.ts';

const studio = await openStudio();
const { db, pool } = studio;

afterEach(async () => assert.deepEqual(await findViolations(db), []));

async function bookedPlace(): Promise<{ id: number; userId: number; eventId: number }> {
  const eventId = await studio.addEvent();
  const [userId = 0] = await studio.addUsers(1);
  const { id } = await createBooking(db, { userId, eventId, seats: 2 });
  return { id, userId, eventId };
}

const start = (eventId: number) =>
  pool.query("update events set date_time = now() - interval '1 minute' where id = $1", [eventId]);

test('CAP-12: gives the seats back and tells once, however often it is asked', async () => {
  const { id, userId, eventId } = await bookedPlace();
  for (let times = 0; times < 3; times++) {
    assert.equal((await cancelBooking(db, id, identityOf(userId))).status, 'cancelled');
  }
  assert.equal(await studio.seatsTaken(eventId), 0);
  const { rows } = await pool.query(
    `select kind from outbox where destination = 'crm' and booking_id = $1 order by version`,
    [id],
  );
  assert.deepEqual(
    rows.map(({ kind }) => kind),
    ['booking.confirmed', 'booking.cancelled'],
  );
});

test('somebody else’s booking does not exist', async () => {
  const { id, userId } = await bookedPlace();
  for (const stranger of [
    identityOf(userId + 1),
    identityOf(userId + 1, { facilitatorId: studio.facilitatorId + 1 }),
  ]) {
    await assert.rejects(cancelBooking(db, id, stranger), { code: 'not-found' });
  }
  await assert.rejects(cancelBooking(db, 2_000_000_000, identityOf(userId)), { code: 'not-found' });
});

test('after the start only who runs the event may', async () => {
  const { id, userId, eventId } = await bookedPlace();
  await start(eventId);
  await assert.rejects(cancelBooking(db, id, identityOf(userId)), { code: 'event-started' });
  const facilitator = identityOf(userId + 1, { facilitatorId: studio.facilitatorId });
  assert.equal((await cancelBooking(db, id, facilitator)).status, 'cancelled');
  // What has ended stays ended, and may be asked for at any time.
  assert.equal((await cancelBooking(db, id, identityOf(userId))).status, 'cancelled');
});

test('an admin may, a waitlisted person may, and noted attendance stays', async () => {
  const { id, userId, eventId } = await bookedPlace();
  const admin = identityOf(userId + 1, { isAdmin: true });
  await pool.query("update bookings set status = 'attended' where id = $1", [id]);
  await assert.rejects(cancelBooking(db, id, admin), { code: 'event-started' });
  const [waiting = 0] = await studio.addUsers(1);
  const { rows } = await pool.query(
    "insert into bookings (user_id, event_id, status) values ($1, $2, 'waitlisted') returning id",
    [waiting, eventId],
  );
  assert.equal((await cancelBooking(db, rows[0].id, identityOf(waiting))).status, 'cancelled');
  assert.equal((await cancelBooking(db, (await bookedPlace()).id, admin)).status, 'cancelled');
});
