import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countTries, seedOf } from '@samaya/platform/test-tries.ts';
import fc from 'fast-check';
import { bookingMessage, createTestApp } from '#server/test-app.ts';

const crm = await createTestApp();

test('NOTIF-05: thousands of messages, each up to five times at once, are one row each', async (t) => {
  const count = countTries(t, 'NOTIF-05', { short: 1000, full: 5000 });
  const messages = Array.from({ length: count }, (_, n) => bookingMessage({ booking_id: 1_000_000 + n }));
  const sent = messages.flatMap((message, n) => Array(1 + (n % 5)).fill(message));
  // Copies of a message go with different others, and several deliveries are under way at once.
  const deliveries = Array.from({ length: Math.ceil(sent.length / 50) }, (_, n) =>
    sent.filter((_message, at) => at % Math.ceil(sent.length / 50) === n),
  );
  const outcomes: Record<string, number> = {};
  const lane = async () => {
    for (let delivery = deliveries.shift(); delivery; delivery = deliveries.shift()) {
      const answer = await crm.deliver(delivery);
      assert.equal(answer.status, 200);
      for (const { outcome } of answer.body.outcomes) outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
    }
  };
  await Promise.all(Array.from({ length: 6 }, lane));
  assert.deepEqual(outcomes, { stored: count, duplicate: sent.length - count });
  const rows = await crm.app.db
    .selectFrom('booking_notifications')
    .select('message_id')
    .where('booking_id', '>=', 1_000_000)
    .execute();
  assert.equal(rows.length, count);
  assert.equal(new Set(rows.map((row) => row.message_id)).size, count);
});

const STORY = [
  { kind: 'booking.confirmed', status: 'confirmed' },
  { kind: 'booking.changed', status: 'confirmed' },
  { kind: 'event.changed', status: 'confirmed' },
  { kind: 'booking.cancelled', status: 'cancelled' },
] as const;

test('NOTIF-06: in whatever order, company and number its messages come, a booking ends as its newest says', async (t) => {
  const seed = seedOf(t);
  let booking_id = 2_000_000;
  // Which versions come, some more than once, and which of them start a new delivery.
  const arrivals = fc.array(fc.record({ version: fc.integer({ min: 1, max: 4 }), isNew: fc.boolean() }), {
    minLength: 1,
    maxLength: 8,
  });
  await fc.assert(
    fc.asyncProperty(arrivals, fc.boolean(), async (order, atOnce) => {
      booking_id++;
      const all = STORY.map((part, n) => bookingMessage({ booking_id, version: n + 1, ...part }));
      const deliveries: (typeof all)[] = [];
      for (const { version, isNew } of order) {
        const message = all[version - 1];
        if (!message) continue;
        if (isNew || deliveries.length === 0) deliveries.push([]);
        deliveries.at(-1)?.push(message);
      }
      if (atOnce) await Promise.all(deliveries.map((delivery) => crm.deliver(delivery)));
      else for (const delivery of deliveries) await crm.deliver(delivery);
      const rows = await crm.app.db
        .selectFrom('booking_notifications')
        .select(['version', 'status', 'superseded'])
        .where('booking_id', '=', booking_id)
        .orderBy('version')
        .execute();
      const came = [...new Set(order.map(({ version }) => version))].sort();
      assert.deepEqual(
        rows.map(({ version }) => version),
        came,
      );
      const newest = rows.at(-1);
      assert.deepEqual([newest?.superseded, newest?.status], [false, STORY[Number(newest?.version) - 1]?.status]);
    }),
    { seed, numRuns: countTries(t, 'NOTIF-06', { short: 200, full: 1000 }) },
  );
});

test('NOTIF-07: a booking that comes after its own cancellation stays cancelled', async (t) => {
  const count = countTries(t, 'NOTIF-07', { short: 20, full: 100 });
  for (let n = 0; n < count; n++) {
    const booking_id = 3_000_000 + n;
    const cancelled = { version: 2, kind: 'booking.cancelled', status: 'cancelled' } as const;
    await crm.deliver([bookingMessage({ booking_id, ...cancelled })]);
    const { body } = await crm.deliver([bookingMessage({ booking_id, version: 1 })]);
    assert.equal(body.outcomes[0]?.outcome, 'superseded');
    const rows = await crm.app.db
      .selectFrom('booking_notifications')
      .select(['status', 'superseded'])
      .where('booking_id', '=', booking_id)
      .orderBy('version')
      .execute();
    assert.deepEqual(rows, [
      { status: 'confirmed', superseded: true },
      { status: 'cancelled', superseded: false },
    ]);
  }
});
