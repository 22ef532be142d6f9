import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTestApp } from '#server/test-app.ts';
import type { BookingTruth } from './ask-booking.ts';
import { isDue, reconcileIfDue } from './reconcile-nightly.ts';

const ZONE = 'Europe/Lisbon';
const at = (moment: string) => new Date(moment);

test('a comparison is due once a night, after three o’clock where the studio is', () => {
  const cases: [last: string | undefined, now: string, due: boolean][] = [
    [undefined, '2030-01-10T12:00:00Z', true],
    ['2030-01-09T03:05:00Z', '2030-01-10T02:59:00Z', false],
    ['2030-01-09T03:05:00Z', '2030-01-10T03:00:00Z', true],
    ['2030-01-10T03:05:00Z', '2030-01-10T23:59:00Z', false],
    // By hand in the evening; at night all the same.
    ['2030-01-09T20:00:00Z', '2030-01-10T03:10:00Z', true],
    // Summer: three o'clock is two by UTC.
    ['2030-07-09T02:10:00Z', '2030-07-10T01:59:00Z', false],
    ['2030-07-09T02:10:00Z', '2030-07-10T02:00:00Z', true],
    // Nothing ran for days.
    ['2030-01-01T03:05:00Z', '2030-01-10T01:00:00Z', true],
  ];
  for (const [last, now, due] of cases) assert.equal(isDue(last ? at(last) : undefined, at(now), ZONE), due, now);
});

test('also in the night in which clocks skip the hour or have it twice', () => {
  assert.equal(isDue(at('2030-03-30T03:05:00Z'), at('2030-03-31T03:10:00Z'), ZONE), true);
  assert.equal(isDue(at('2030-03-31T03:10:00Z'), at('2030-03-31T12:00:00Z'), ZONE), false);
  assert.equal(isDue(at('2030-10-27T03:05:00Z'), at('2030-10-27T12:00:00Z'), ZONE), false);
});

test('a night in which booking was away is made up for, and one in which it was not is done once', async () => {
  const { app } = await createTestApp();
  let isAway = true;
  let asked = 0;
  const booking: BookingTruth = {
    async digest() {
      asked++;
      if (isAway) throw new Error('away');
      return { blocks: [], next: null };
    },
    newest: async () => ({ bookings: [], next: null }),
  };
  const nightly = { ...app, booking };
  // One moment for all: three o’clock may strike between two looks at the clock.
  const now = new Date();
  await assert.rejects(reconcileIfDue(nightly, now));
  isAway = false;
  await reconcileIfDue(nightly, now);
  await reconcileIfDue(nightly, now);
  assert.equal(asked, 2);
  await reconcileIfDue(nightly, new Date(now.getTime() + 25 * 3_600_000));
  assert.equal(asked, 3);
});
