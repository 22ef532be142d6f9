import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkLicences, isAllowed } from './check-licences.ts';
import { plantTree } from './test-tree.ts';
import type { Waiver } from './waivers.ts';

const NOW = new Date('2026-11-26T12:00:00Z');
const WAIVER: Waiver = { of: 'licence', name: '@img/*', until: '2026-11-26', reason: 'a shared library' };

function complaintsOf(licences: Record<string, string | undefined>, waivers: Waiver[] = [], now = NOW): string[] {
  const packages = Object.fromEntries(
    Object.entries(licences).map(([name, license]) => [`node_modules/${name}`, { version: '1.0.0', license }]),
  );
  const root = plantTree({ 'package-lock.json': JSON.stringify({ packages }) });
  return checkLicences(root, { waivers, now });
}

test('SUP-09: a licence of the list is green, another or none is told by name', () => {
  assert.deepEqual(complaintsOf({ hono: 'MIT', jose: '(MIT OR GPL-3.0-only)' }), []);
  assert.deepEqual(complaintsOf({ hono: 'AGPL-3.0-only', jose: undefined }), [
    'hono: its licence is AGPL-3.0-only',
    'jose: its licence is not said',
  ]);
});

const EXPRESSIONS: readonly [expression: string, allowed: boolean][] = [
  ['MIT', true],
  ['(MIT)', true],
  ['GPL-3.0-only OR MIT', true],
  ['GPL-3.0-only AND MIT', false],
  ['MIT AND (GPL-3.0-only OR ISC)', true],
  ['MIT AND (GPL-3.0-only OR SSPL-1.0)', false],
  // AND binds more than OR.
  ['MIT OR ISC AND GPL-3.0-only', true],
  ['GPL-3.0-only OR ISC AND GPL-3.0-only', false],
  ['MIT WITH Bison-exception-2.2', false],
  ['MIT ISC', false],
  ['(MIT', false],
  ['MIT)', false],
  ['OR MIT', false],
  ['SEE LICENSE IN LICENSE.txt', false],
  ['UNLICENSED', false],
  ['', false],
];

test('SUP-09: an expression of SPDX is allowed when one way through it is', () => {
  for (const [expression, allowed] of EXPRESSIONS) assert.equal(isAllowed(expression), allowed, expression);
});

test('SUP-09: a waiver counts until its day has passed, and no longer than something needs it', () => {
  const licences = { '@img/one': 'LGPL-3.0-or-later', '@img/two': 'LGPL-3.0-or-later' };
  assert.deepEqual(complaintsOf(licences, [WAIVER], new Date('2026-11-26T23:59:59Z')), []);
  assert.deepEqual(complaintsOf(licences, [WAIVER], new Date('2026-11-27T00:00:00Z')), [
    '@img/one: its licence is LGPL-3.0-or-later (its waiver ended on 2026-11-26)',
    '@img/two: its licence is LGPL-3.0-or-later (its waiver ended on 2026-11-26)',
  ]);
  assert.deepEqual(complaintsOf({ hono: 'MIT' }, [WAIVER]), [
    '@img/*: nothing needs its waiver any more; take it away',
  ]);
  assert.deepEqual(complaintsOf(licences, [{ ...WAIVER, of: 'advisory' }]).length, 2);
});
