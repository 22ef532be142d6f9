import { resolve } from 'node:path';
import { buildPages } from './build.ts';
import { addTally, emptyTally, runTestFiles } from './run-test-files.ts';
import { listSourceFiles } from './source-files.ts';
import { withTestPostgres } from './test-postgres.ts';

const ROOT = resolve(import.meta.dirname, '..');
const AT_ONCE = 2;
const FULL_MS_PER_TEST = 45 * 60_000;

/**
 * Runs all tests, or those whose path contains one of the arguments: `npm test -- apps/booking`. With `--full`, the ones
 * named `*.full.test.ts` too, and every test that counts its tries tries as often as docs/reliability.md asks for.
 */
async function main(args: string[]): Promise<number> {
  const isFull = args.includes('--full');
  const filters = args.filter((argument) => argument !== '--full');
  const files = listSourceFiles(ROOT)
    .filter((path) => path.endsWith('.test.ts') && (isFull || !path.endsWith('.full.test.ts')))
    .filter((path) => filters.length === 0 || filters.some((filter) => path.includes(filter)));
  // Tests read it in packages/platform/src/test-tries.ts.
  if (isFull) process.env.TEST_FULL = '1';
  const interruption = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interruption.abort());

  const write = (text: string) => process.stdout.write(text);
  const tally = emptyTally();
  try {
    await buildPages({ write, signal: interruption.signal });
    await withTestPostgres(async () => {
      const options = { root: ROOT, atOnce: AT_ONCE, signal: interruption.signal, write };
      addTally(tally, await runTestFiles(files, isFull ? { ...options, mostMsPerTest: FULL_MS_PER_TEST } : options));
    });
  } catch (error) {
    tally.failed++;
    write(`not ok: ${(error as Error).stack}\n`);
  }
  if (tally.passed + tally.failed === 0) write('There is no such test.\n');
  const tries = [...tally.tries].sort(([one], [other]) => one.localeCompare(other, 'en', { numeric: true }));
  if (tries.length > 0) write(`Tries: ${tries.map(([name, count]) => `${name} ${count}`).join(', ')}\n`);
  write(`${tally.passed} passed, ${tally.failed} failed\n`);
  return tally.failed === 0 && tally.passed > 0 ? 0 : 1;
}

process.exitCode = await main(process.argv.slice(2));
