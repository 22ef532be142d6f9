import type { TestContext } from 'node:test';

/** Whether this is the long run, `npm run test:full`. */
export const isFullRun = process.env.TEST_FULL === '1';

/**
 * How often a test of a row of docs/reliability.md tries in this run; the runner adds them up and prints them at the
 * end. "0 of N went wrong" says that it goes wrong less often than 3 in N, at 95 %.
 */
export function countTries(t: TestContext, row: string, tries: { short: number; full: number }): number {
  const count = isFullRun ? tries.full : tries.short;
  t.diagnostic(`tries: ${row} ${count}`);
  return count;
}

/** The seed of a randomised test: a new one each time, or TEST_SEED to repeat a run. Printed with the test. */
export function seedOf(t: TestContext): number {
  const seed = Number(process.env.TEST_SEED ?? Math.floor(Math.random() * 2 ** 31));
  t.diagnostic(`TEST_SEED=${seed}`);
  return seed;
}
