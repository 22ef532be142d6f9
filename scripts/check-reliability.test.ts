import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkReliability } from './check-reliability.ts';
import { plantTree } from './test-tree.ts';

// In parts, so that this file has no tests of such rows.
const name = (text: string) => ['te', `st('${text}', () => {});\n`].join('');

function look(rows: string) {
  return checkReliability(
    plantTree({
      'docs/reliability.md': `| id | shows | where |\n|---|---|---|\n${rows}\n`,
      'test/races.process.test.ts': name('ABC-01: one') + name('ABC-02, ABC-03: two'),
      'apps/crm/src/server/intake/intake.test.ts':
        name('ABC-04: three') + name('says UTF-16: no row'.replace(': no', ' no')),
    }),
  );
}

const ALL = ['| ABC-01 to 03 | a race | `test/races`, `npm run bench` |', '| ABC-04 | order | `intake` |'].join('\n');

test('rows whose files are there and name them are green, in every way that ids are written', () => {
  assert.deepEqual(look(ALL), { complaints: [] });
  for (const ids of ['ABC-01, ABC-02, ABC-03', 'ABC-01, 02, 03', 'ABC-01, 02 to 03']) {
    assert.deepEqual(look(ALL.replace('ABC-01 to 03', ids)), { complaints: [] }, ids);
  }
});

test('complains of a file that is not there, and of one that does not name the row', () => {
  assert.deepEqual(look(ALL.replace('`intake`', '`outtake`')).complaints, [
    'docs/reliability.md: ABC-04: there is no test file outtake',
    'docs/reliability.md: ABC-04: none of its files names it',
  ]);
  assert.deepEqual(look(ALL.replace('ABC-01 to 03', 'ABC-01 to 05')).complaints, [
    'docs/reliability.md: ABC-04: none of its files names it',
    'docs/reliability.md: ABC-05: none of its files names it',
  ]);
});

test('says which rows are tested and not told', () => {
  assert.deepEqual(look(ALL.replace(' to 03', '')), {
    complaints: [],
    note: 'not in docs/reliability.md yet: ABC-02, ABC-03',
  });
});
