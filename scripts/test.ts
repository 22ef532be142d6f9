import { resolve } from 'node:path';
import { buildPages } from './build.ts';
import { runTestFiles, type Tally } from './run-test-files.ts';
import { listSourceFiles } from './source-files.ts';
import { withTestPostgres } from './test-postgres.ts';

const ROOT = resolve(import.meta.dirname, '..');
const AT_ONCE = 2;

/** Runs all tests, or those whose path contains one of the arguments: `npm test -- apps/booking`. */
async function main(filters: string[]): Promise<number> {
  const files = listSourceFiles(ROOT)
    .filter((path) => path.endsWith('.test.ts'))
    .filter((path) => filters.length === 0 || filters.some((filter) => path.includes(filter)));
  const interruption = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interruption.abort());

  const write = (text: string) => process.stdout.write(text);
  const tally: Tally = { passed: 0, failed: 0 };
  try {
    await buildPages({ write, signal: interruption.signal });
    await withTestPostgres(async () => {
      // Tests that start the applications want the machine for themselves.
      for (const [atOnce, some] of [
        [AT_ONCE, files.filter((path) => !startsProcesses(path))],
        [1, files.filter(startsProcesses)],
      ] as const) {
        const { passed, failed } = await runTestFiles(some, {
          root: ROOT,
          atOnce,
          signal: interruption.signal,
          write,
        });
        tally.passed += passed;
        tally.failed += failed;
      }
    });
  } catch (error) {
    tally.failed++;
    write(`not ok: ${(error as Error).stack}\n`);
  }
  if (tally.passed + tally.failed === 0) write('There is no such test.\n');
  write(`${tally.passed} passed, ${tally.failed} failed\n`);
  return tally.failed === 0 && tally.passed > 0 ? 0 : 1;
}

function startsProcesses(path: string): boolean {
  return path.startsWith('test/') || path.endsWith('.process.test.ts');
}

process.exitCode = await main(process.argv.slice(2));
