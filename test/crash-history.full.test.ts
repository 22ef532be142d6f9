import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countTries, seedOf } from '@samaya/platform/test-tries.ts';
import { runThroughBlows } from './crash-run.ts';

test('DB-06: PostgreSQL killed at any moment loses nothing that was promised', async (t) => {
  const seed = seedOf(t);
  const tries = countTries(t, 'DB-06', { short: 3, full: 20 });
  for (let n = 0; n < tries; n++) {
    const { verdict, differences, summary } = await runThroughBlows({
      seed: seed + n,
      seconds: 8,
      blows: ['kill postgres', 'kill postgres'],
      perSecond: 200,
    });
    t.diagnostic(summary);
    assert.deepEqual(
      { verdict, differences },
      { verdict: { lost: [], phantom: [], duplicate: [], over: [] }, differences: [] },
    );
  }
});

test('DB-07: negative control: where it answers before it has written, the same blows are found to lose bookings', async (t) => {
  const seed = seedOf(t);
  const tries = countTries(t, 'DB-07', { short: 2, full: 10 });
  let found = 0;
  for (let n = 0; n < tries; n++) {
    const { verdict, summary } = await runThroughBlows({
      seed: seed + n,
      seconds: 8,
      blows: ['kill postgres'],
      perSecond: 200,
      postgres: {
        synchronous_commit: 'off',
        wal_writer_delay: '10s',
        wal_writer_flush_after: '1GB',
        wal_buffers: '64MB',
      },
    });
    t.diagnostic(`${summary}; lost ${verdict.lost.length}`);
    if (verdict.lost.length > 0) found++;
  }
  assert.ok(found >= tries * 0.8, `${found} of ${tries}`);
});
