import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countTries, isFullRun, seedOf } from '@samaya/platform/test-tries.ts';
import { type Blow, runThroughBlows } from './crash-run.ts';

const BLOWS: readonly Blow[] = [
  'kill booking',
  'freeze booking',
  'kill crm',
  'freeze crm',
  'kill postgres',
  'freeze postgres',
];
const NOTHING_WRONG = { verdict: { lost: [], phantom: [], duplicate: [], over: [] }, differences: [], waiting: 0 };

test('CRASH-01: whatever is killed or frozen while people book and cancel, nothing is lost, doubled or oversold', async (t) => {
  const seed = seedOf(t);
  const tries = countTries(t, 'CRASH-01', { short: 1, full: 10 });
  for (let n = 0; n < tries; n++) {
    const run = isFullRun ? { seconds: 60, blows: [...BLOWS, ...BLOWS, ...BLOWS] } : { seconds: 8, blows: BLOWS };
    const { summary, ...outcome } = await runThroughBlows({ seed: seed + n, ...run });
    t.diagnostic(summary);
    assert.deepEqual(outcome, NOTHING_WRONG, `TEST_SEED=${seed + n}`);
  }
});
