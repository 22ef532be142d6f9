import { readLockedPackages } from './lock-file.ts';
import { complainUnlessWaived, type Waiver } from './waivers.ts';

// What lets anybody use Samaya as they like. MPL-2.0 asks that changed files of that package stay open; we change none.
const ALLOWED: ReadonlySet<string> = new Set([
  '0BSD',
  'Apache-2.0',
  'Artistic-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'CC0-1.0',
  'ISC',
  'MIT',
  'MIT-0',
  'MPL-2.0',
  'Python-2.0',
  'Unlicense',
  'WTFPL',
]);

/** SUP-09: every package of the lock file is under a licence of the list, or waived until a day. */
export function checkLicences(root: string, options: { waivers: readonly Waiver[]; now: Date }): string[] {
  const faults = readLockedPackages(root)
    .filter(({ license }) => license === undefined || !isAllowed(license))
    .map(({ name, license }) => ({ name, complaint: `${name}: its licence is ${license ?? 'not said'}` }));
  return complainUnlessWaived('licence', faults, options);
}

/**
 * Whether a licence of SPDX allows what we do: of `OR` one side, of `AND` both. What cannot be read is not allowed, and
 * neither is an exception (`WITH`), which somebody should have read.
 */
export function isAllowed(expression: string): boolean {
  const words = expression.match(/[()]|[^\s()]+/g) ?? [];
  const result = readAlternatives(words);
  return words.length === 0 && result;
}

function readAlternatives(words: string[]): boolean {
  let result = readAll(words);
  while (words[0] === 'OR') {
    words.shift();
    result = readAll(words) || result;
  }
  return result;
}

function readAll(words: string[]): boolean {
  let result = readOne(words);
  while (words[0] === 'AND') {
    words.shift();
    result = readOne(words) && result;
  }
  return result;
}

function readOne(words: string[]): boolean {
  const word = words.shift() ?? '';
  if (word !== '(') return ALLOWED.has(word);
  const result = readAlternatives(words);
  return words.shift() === ')' && result;
}
