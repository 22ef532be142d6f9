import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';

const folder = mkdtempSync(join(tmpdir(), 'test-files-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const RUNNER = join(import.meta.dirname, 'run-test-files.ts');
const PASSES = "import { test } from 'node:test'; test('goes well', () => {});";

interface Told {
  output: string;
  passed: number;
  failed: number;
  tries: Record<string, number>;
}

/** Runs one planted test file in a process that is no test itself, as the runner refuses to run inside of one. */
function runOne(name: string, text: string, options = ''): Told {
  writeFileSync(join(folder, name), text);
  writeFileSync(
    join(folder, 'program.mjs'),
    `import { runTestFiles } from ${JSON.stringify(RUNNER)};
    let output = '';
    const tally = await runTestFiles([${JSON.stringify(name)}], {
      root: ${JSON.stringify(folder)}, atOnce: 2, write: (text) => { output += text; }, ${options} });
    process.stdout.write(JSON.stringify({ output, ...tally, tries: Object.fromEntries(tally.tries) }));`,
  );
  const { NODE_TEST_CONTEXT: _, ...environment } = process.env;
  return JSON.parse(
    execFileSync(process.execPath, [join(folder, 'program.mjs')], { encoding: 'utf8', env: environment }),
  );
}

test('counts tests, and the parts of a test', () => {
  const { passed, failed, output } = runOne(
    'parts.test.mjs',
    `${PASSES} test('whole', async (t) => { await t.test('part', () => {}); });`,
  );
  assert.deepEqual({ passed, failed }, { passed: 3, failed: 0 });
  assert.match(output, /^ok parts\.test\.mjs \(3 in/);
});

test('names file, test, message and place of a failure', () => {
  const { passed, failed, output } = runOne(
    'fails.test.mjs',
    `${PASSES} import { describe } from 'node:test';\ndescribe('group', () => { test('adds up', () => { throw new Error('one is two'); }); });`,
  );
  assert.deepEqual({ passed, failed }, { passed: 1, failed: 1 });
  assert.match(output, /not ok fails\.test\.mjs: adds up\n {4}Error: one is two\n.*fails\.test\.mjs:2/);
});

test('adds up how often tests say they tried', () => {
  const { passed, tries } = runOne(
    'tries.test.mjs',
    `import { test } from 'node:test';
    test('one', (t) => t.diagnostic('tries: CAP-01 20'));
    test('other', (t) => { t.diagnostic('tries: CAP-01 5'); t.diagnostic('tries: DB-05 7'); t.diagnostic('no tries'); });`,
  );
  assert.deepEqual({ passed, tries }, { passed: 2, tries: { 'CAP-01': 25, 'DB-05': 7 } });
});

test('a test that hangs fails when its time is up', () => {
  const { failed, output } = runOne(
    'hangs.test.mjs',
    `${PASSES} test('hangs', () => new Promise((done) => setTimeout(done, 3000)));`,
    'mostMsPerTest: 300',
  );
  assert.equal(failed, 1, output);
  assert.match(output, /timed out after 300ms/);
});

const FAILS_OUTSIDE_OF_TESTS: readonly [what: string, text: string, told: RegExp][] = [
  ['a file that does not load', "throw new Error('not loaded');", /Error: not loaded/],
  ['a file without tests', '', /has no test/],
  ['an error nobody waited for', `${PASSES} setTimeout(() => { throw new Error('late'); }, 20);`, /"Error: late"/],
  ['a rejection nobody waited for', `${PASSES} Promise.reject(new Error('unseen'));`, /unseen/],
  ['an end by exit code', `${PASSES} setTimeout(() => process.exit(3), 20);`, /test failed/],
  ['a killed process', `${PASSES} setTimeout(() => process.kill(process.pid, 'SIGKILL'), 20);`, /ended by SIGKILL/],
  ['a skipped test', "import { test } from 'node:test'; test['skip']('later', () => {});", /is skipped/],
];

for (const [what, text, told] of FAILS_OUTSIDE_OF_TESTS) {
  test(`${what} is a failure`, () => {
    const { failed, output } = runOne(`${what.replaceAll(' ', '-')}.test.mjs`, text);
    assert.equal(failed, 1, output);
    assert.match(output, told);
  });
}
