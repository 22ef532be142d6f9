import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countTries } from '@samaya/platform/test-tries.ts';
import { sql } from 'kysely';
import { claimDue, deleteArrived } from '../apps/booking/src/server/notifications/outbox-queries.ts';
import { openStudio } from '../apps/booking/src/server/test-studio.ts';

const CLAIMS = 200;
const SWEPT = 5000;

const describe = ({ median, p95 }: { median: number; p95: number }) =>
  `${median.toFixed(2)} ms (p95 ${p95.toFixed(2)})`;

test('NOTIF-28: over a million messages that arrived, the next ones are found as fast, and the old ones are swept faster than they come', async (t) => {
  const rows = countTries(t, 'NOTIF-28', { short: 100_000, full: 1_000_000 });
  const { db, asOwner, addEvent, addUsers } = await openStudio();
  const eventId = await addEvent({ places: 10_000 });
  const claim = async () => {
    const times: number[] = [];
    for (const user_id of await addUsers(CLAIMS)) {
      await db.insertInto('bookings').values({ user_id, event_id: eventId }).execute();
      const begin = performance.now();
      const options = { limit: 200, leaseSeconds: 30, isProbe: false, now: undefined };
      assert.equal((await claimDue(db, { destination: 'crm', ...options })).length, 1);
      times.push(performance.now() - begin);
    }
    times.sort((one, other) => one - other);
    return { median: times[CLAIMS / 2] ?? 0, p95: times[Math.floor(CLAIMS * 0.95)] ?? 0 };
  };
  const empty = await claim();
  await asOwner(`
    insert into outbox (kind, user_id, occurred_at, next_attempt_at, attempts, delivered_at)
    select 'user.changed', 1, at, at, 1, at
    from (select now() - n * interval '1 second' as at from generate_series(1, ${rows}) n) times`);
  await asOwner('vacuum analyze outbox');
  const full = await claim();

  const { rows: plan } = await sql<{ 'QUERY PLAN': string }>`
    explain (analyze, buffers, costs off) select id from outbox where destination = 'crm' and delivered_at is null and dead_at is null
      and next_attempt_at <= now() order by next_attempt_at limit 200`.execute(db);
  const lines = plan.map((line) => line['QUERY PLAN']).join('\n');
  assert.match(lines, /Index (Only )?Scan using outbox_due/);
  assert.ok(Number(/shared hit=(\d+)/.exec(lines)?.[1]) < 500, lines);

  const begin = performance.now();
  assert.equal(await deleteArrived(db, 'crm', SWEPT), rows > 700_000 ? SWEPT : 0);
  const swept = performance.now() - begin;
  t.diagnostic(
    `a claim takes ${describe(empty)} while empty, ${describe(full)} then; ${SWEPT} swept in ${swept.toFixed(0)} ms`,
  );
  // The p95 is for machines that do nothing else.
  assert.ok(full.median < Math.max(5, 2 * empty.median), `${full.median} ms against ${empty.median} ms`);
  // A full sweep is followed by another at once.
  assert.ok(swept < 3000, `${swept} ms`);
});
