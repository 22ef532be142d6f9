import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { identityOf, openStudio } from '#server/test-studio.ts';
import { ATTENDANCES, BOOKING_STATUSES, hasEnded, mayBecome } from './booking.ts';
import { findViolations } from './booking-invariants-queries.ts';
import { updateBookingStatus } from './booking-queries.ts';
import { cancelBooking } from './cancel-booking.ts';
import { markAttendance } from './mark-attendance.ts';

const studio = await openStudio();
const { db, pool } = studio;
const maya = identityOf(0, { facilitatorId: studio.facilitatorId });

afterEach(async () => assert.deepEqual(await findViolations(db), []));

async function place({ startsIn = '-10 minutes', status = 'confirmed' } = {}) {
  const eventId = await studio.addEvent({ startsIn });
  const [userId = 0] = await studio.addUsers(1);
  const { rows } = await pool.query(
    'insert into bookings (user_id, event_id, status) values ($1, $2, $3) returning id',
    [userId, eventId, status],
  );
  return { id: Number(rows[0].id), userId, eventId };
}

const statusOf = async (id: number) =>
  (await pool.query('select status from bookings where id = $1', [id])).rows[0].status;

test('who came and who did not is noted, changed and taken back, and CRM is told each time', async () => {
  const { id, eventId } = await place();
  for (const attendance of ['attended', 'no_show', 'confirmed', 'no_show', 'attended', 'confirmed'] as const) {
    assert.equal((await markAttendance(db, { id, attendance }, maya)).status, attendance);
  }
  assert.equal(await studio.seatsTaken(eventId), 1, 'a place that was missed is still that person’s');
  const { rows } = await pool.query(
    `select kind from outbox where destination = 'crm' and booking_id = $1 order by version`,
    [id],
  );
  assert.deepEqual(
    rows.map(({ kind }) => kind.replace('booking.', '')),
    ['confirmed', 'attended', 'no_show', 'confirmed', 'no_show', 'attended', 'confirmed'],
  );
  const mails = await pool.query(`select kind from outbox where destination = 'mail' and booking_id = $1`, [id]);
  assert.deepEqual(mails.rows, [{ kind: 'booking.confirmed' }], 'nobody is written to about it');
});

test('what stands already is left alone, also when two ask at once', async () => {
  const { id } = await place();
  await Promise.all([1, 2, 3].map(() => markAttendance(db, { id, attendance: 'attended' }, maya)));
  const { rows } = await pool.query('select version from bookings where id = $1', [id]);
  assert.equal(rows[0].version, 2);
});

test('from half an hour before the start on, and without an end', async () => {
  for (const [startsIn, isOpen] of [
    ['31 minutes', false],
    ['29 minutes', true],
    ['-400 days', true],
  ] as const) {
    const { id } = await place({ startsIn });
    const marked = markAttendance(db, { id, attendance: 'attended' }, maya);
    if (isOpen) assert.equal((await marked).status, 'attended', startsIn);
    else await assert.rejects(marked, { code: 'attendance-too-early' }, startsIn);
  }
});

test('only what the one table of transitions allows', async () => {
  for (const status of BOOKING_STATUSES) {
    for (const attendance of ATTENDANCES) {
      const { id } = await place({ status });
      const marked = markAttendance(db, { id, attendance }, maya);
      if (status === attendance || mayBecome(status, attendance)) {
        assert.equal((await marked).status, attendance, `${status} to ${attendance}`);
      } else {
        await assert.rejects(marked, { code: 'booking-ended' }, `${status} to ${attendance}`);
        assert.equal(await statusOf(id), status);
      }
      if (hasEnded(status)) assert.equal(await statusOf(id), status);
    }
  }
});

test('a booking of somebody else’s event does not exist, nor for its own person; an admin may', async () => {
  const { id, userId } = await place();
  for (const stranger of [
    identityOf(userId),
    identityOf(userId, { facilitatorId: studio.facilitatorId + 1 }),
    identityOf(userId + 1),
  ]) {
    await assert.rejects(markAttendance(db, { id, attendance: 'attended' }, stranger), { code: 'not-found' });
  }
  await assert.rejects(markAttendance(db, { id: 2_000_000_000, attendance: 'attended' }, maya), { code: 'not-found' });
  assert.equal(await statusOf(id), 'confirmed');
  assert.equal(
    (await markAttendance(db, { id, attendance: 'attended' }, identityOf(0, { isAdmin: true }))).status,
    'attended',
  );
});

test('nobody comes back to an event that was cancelled', async () => {
  const { id, eventId } = await place({ status: 'attended' });
  await pool.query('update events set cancelled_at = now(), is_active = false where id = $1', [eventId]);
  await assert.rejects(markAttendance(db, { id, attendance: 'confirmed' }, maya), { code: 'event-cancelled' });
  assert.equal(await statusOf(id), 'attended');
});

test('of a cancelling and a noting that cross one wins, and the other is refused or finds it done', async () => {
  for (let round = 0; round < 10; round++) {
    const { id, eventId } = await place();
    const outcomes = await Promise.allSettled([
      cancelBooking(db, id, maya),
      markAttendance(db, { id, attendance: 'attended' }, maya),
    ]);
    const status = await statusOf(id);
    assert.equal(outcomes.filter((outcome) => outcome.status === 'fulfilled').length, 1);
    assert.ok(['cancelled', 'attended'].includes(status));
    assert.equal(await studio.seatsTaken(eventId), status === 'attended' ? 1 : 0);
  }
});

test('negative control: without the lock a note undoes a cancelling that it did not see', async () => {
  const { id } = await place();
  assert.equal(await statusOf(id), 'confirmed');
  await cancelBooking(db, id, maya);
  await db.transaction().execute((trx) => updateBookingStatus(trx, id, 'attended'));
  assert.equal(await statusOf(id), 'attended');
});
