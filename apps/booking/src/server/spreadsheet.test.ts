import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { countTries } from '@samaya/platform/test-tries.ts';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { isTest, listSourceFiles, readSource } from '../../../../scripts/source-files.ts';
import { spreadsheetOf } from './spreadsheet.ts';

const ROOT = resolve(import.meta.dirname, '../../../..');
const SIGNS = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];
const BEFORE = [
  '',
  ' ',
  '\t',
  '\r',
  '\n',
  '\0',
  '"',
  "'",
  '""',
  ',',
  ';',
  '|',
  'x;',
  'x\t',
  'x;"',
  '\u200b',
  '\ufeff',
  '\u00a0',
];
const HOSTILE = SIGNS.flatMap((sign) => BEFORE.map((before) => `${before}${sign}cmd|'/c calc'!A1`));

const read = (file: string) => parse(file, { bom: true, from_line: 2 }) as string[][];
const FORMULA = /^[\s\p{Cc}\p{Cf}"]*[=+\-@＝＋－＠]/u;
const begins = (cell: string) => FORMULA.test(cell) || /^[\t\r\n\0]/.test(cell);

test('EDGE-04: no cell is a formula, whatever stands before it and whichever character a program splits at', (t) => {
  const words = fc.oneof(
    fc.constantFrom(...HOSTILE),
    fc.string({ unit: fc.constantFrom(...SIGNS, ...BEFORE, 'a', '1') }),
  );
  countTries(t, 'EDGE-04', { short: 1000, full: 20_000 });
  const check = (texts: readonly string[]) => {
    const file = spreadsheetOf(['One', 'Two'], [[texts[0], texts[1]]]);
    const cells = read(file).flat();
    assert.deepEqual(cells.filter(begins), [], file);
    // What was added is all that differs.
    assert.deepEqual(
      cells.map((cell) => cell.replaceAll("'", '')),
      texts.map((text) => text.replaceAll("'", '')),
    );
    // A program that splits at something else pays no heed to our quotes.
    assert.deepEqual(
      file.split(/[;\t|]/).filter((part) => FORMULA.test(part)),
      [],
      file,
    );
  };
  for (const text of HOSTILE) check([text, text]);
  fc.assert(
    fc.property(words, words, (one, other) => check([one, other])),
    { numRuns: 1000 },
  );
});

test('words, numbers and times arrive as they are', () => {
  const file = spreadsheetOf(
    ['Name', 'Places', 'When', 'Here', 'More'],
    [['Zoë “Zo” Berg, née O’Brien', -2, new Date('2026-12-01T20:00:00Z'), true, { a: 1 }]],
  );
  assert.equal(file.charCodeAt(0), 0xfeff);
  assert.deepEqual(read(file), [['Zoë “Zo” Berg, née O’Brien', '-2', '2026-12-01T20:00:00.000Z', 'yes', '{"a":1}']]);
  assert.deepEqual(read(spreadsheetOf(['A'], [['Ana = Ben - 静香 @ home']])), [['Ana = Ben - 静香 @ home']]);
});

test('EDGE-04: nobody else writes files for spreadsheets', () => {
  const files = ['apps', 'packages'].flatMap((folder) => listSourceFiles(ROOT, folder)).filter((path) => !isTest(path));
  const writers = files.filter(
    (path) => /\.(ts|svelte)$/.test(path) && readSource(ROOT, path).includes('csv-stringify'),
  );
  assert.deepEqual(writers, ['apps/booking/src/server/spreadsheet.ts']);
});
