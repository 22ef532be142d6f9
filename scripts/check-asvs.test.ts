import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ASVS_LEVELS } from './asvs-levels.ts';
import { checkAsvs } from './check-asvs.ts';
import { plantTree } from './test-tree.ts';

// Parts of names, so that this file has no tests of them.
const TESTS = [
  'te',
  "st('ABC-01: keeps what ",
  "it keeps', () => {});\nte",
  'st(`counts ',
  '$',
  '{many}`, () => {});',
].join('');
const MET = 'so it is: `test/a.test.ts` "keeps what"';

const row = (id: string, level: number, answer = 'met', how = MET) =>
  `| ${id} | ${level} | words | ${answer} | ${how} |`;

function complaintsOf(change: (rows: Map<string, string>) => void): string[] {
  const rows = new Map([...ASVS_LEVELS].filter(([, level]) => level < 3).map(([id, level]) => [id, row(id, level)]));
  change(rows);
  const table = `| id | level | about | answer | how |\n|---|---|---|---|---|\n${[...rows.values()].join('\n')}\n`;
  return checkAsvs(plantTree({ 'docs/asvs.md': table, 'docs/b.md': '## Limits of it\n', 'test/a.test.ts': TESTS }))
    .complaints;
}

test('the requirements of ASVS 5.0.0 are 70 of level 1, 183 of level 2 and 92 of level 3', () => {
  const levels = [...ASVS_LEVELS.values()];
  assert.deepEqual(
    [1, 2, 3].map((level) => levels.filter((one) => one === level).length),
    [70, 183, 92],
  );
});

test('a table that answers every requirement of levels 1 and 2 is green', () => {
  assert.deepEqual(
    complaintsOf(() => undefined),
    [],
  );
});

const SEEDS: readonly [what: string, id: string, text: string, complaint: RegExp][] = [
  ['a missing row', '1.2.4', '', /1\.2\.4 stands there 0 times/],
  ['a row that stands there twice', '1.2.4', `${row('1.2.4', 1)}\n${row('1.2.4', 1)}`, /1\.2\.4 stands there 2 times/],
  ['another level', '1.2.4', row('1.2.4', 2), /is no requirement of level 2/],
  ['an unknown answer', '1.2.4', row('1.2.4', 1, 'perhaps'), /is answered "perhaps"/],
  ['met without a test', '1.2.4', row('1.2.4', 1, 'met', 'somehow or other, as one does'), /names no test/],
  ['open without a reason', '1.2.4', row('1.2.4', 1, 'open', 'later'), /is open without a reason/],
  [
    'a file that is not there',
    '1.2.4',
    row('1.2.4', 1, 'met', '`test/b.test.ts` "keeps"'),
    /no file test\/b\.test\.ts/,
  ],
  ['a test that is not there', '1.2.4', row('1.2.4', 1, 'met', '`test/a.test.ts` "loses"'), /has no test "loses"/],
  ['a heading that is not there', '1.2.4', row('1.2.4', 1, 'met', '`docs/b.md` "Rules"'), /has no heading "Rules"/],
];

for (const [what, id, text, complaint] of SEEDS) {
  test(`complains of ${what}`, () => {
    const complaints = complaintsOf((rows) => rows.set(id, text));
    assert.equal(complaints.length, 1, complaints.join('\n'));
    assert.match(complaints[0] ?? '', complaint);
  });
}

test('a document is found by its heading, a test by what its name begins with before what is filled in', () => {
  for (const how of ['`docs/b.md` "Limits"', '`test/a.test.ts` "counts "']) {
    assert.deepEqual(
      complaintsOf((rows) => rows.set('1.2.4', row('1.2.4', 1, 'met', how))),
      [],
    );
  }
});
