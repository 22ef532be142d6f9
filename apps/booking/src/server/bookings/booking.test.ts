import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openStudio } from '#server/test-studio.ts';
import { BOOKING_STATUSES, hasEnded, holdsSeat, mayBecome, TRANSITIONS } from './booking.ts';

test('the database and the application agree which statuses hold a seat', async () => {
  const { pool } = await openStudio();
  const { rows } = await pool.query('select status, holds_seat(status) as holds from unnest($1::text[]) status', [
    BOOKING_STATUSES,
  ]);
  assert.deepEqual(
    rows,
    BOOKING_STATUSES.map((status) => ({ status, holds: holdsSeat(status) })),
  );
});

test('the database takes exactly the known statuses', async () => {
  const { pool } = await openStudio();
  const { rows } = await pool.query(
    "select pg_get_constraintdef(oid) as definition from pg_constraint where conname = 'bookings_status_known'",
  );
  const known = [...String(rows[0].definition).matchAll(/'(\w+)'/g)].map((match) => match[1]);
  assert.deepEqual(known.sort(), [...BOOKING_STATUSES].sort());
});

test('who pays or is offered a place can still lose it, and what has ended stays so', () => {
  assert.ok(mayBecome('pending', 'expired'));
  assert.ok(mayBecome('offered', 'confirmed'));
  assert.ok(!mayBecome('confirmed', 'pending'));
  assert.ok(!mayBecome('attended', 'cancelled'));
  assert.deepEqual(BOOKING_STATUSES.filter(hasEnded), ['cancelled', 'event_cancelled', 'expired']);
});

test('no status becomes itself, and everything that has not ended can be reached', () => {
  for (const status of BOOKING_STATUSES) assert.ok(!mayBecome(status, status));
  const reachable = new Set(Object.values(TRANSITIONS).flat());
  // Where bookings begin beside `confirmed`.
  const beginnings = ['pending', 'waitlisted'];
  assert.deepEqual(
    BOOKING_STATUSES.filter((status) => !reachable.has(status)),
    beginnings,
  );
});
