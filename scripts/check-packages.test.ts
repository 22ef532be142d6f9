import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkPackages } from './check-packages.ts';
import { plantTree } from './test-tree.ts';

function treeWith(version: string): string {
  return plantTree({
    'package.json': JSON.stringify({ optionalDependencies: { tool: 'npm:@scope/tool@15.18.0-beta.17' } }),
    'apps/booking/package.json': JSON.stringify({ devDependencies: { hono: version } }),
  });
}

test('exact versions are green', () => {
  assert.deepEqual(checkPackages(treeWith('4.13.19')), []);
  assert.deepEqual(checkPackages(treeWith('18.4.0-beta.17')), []);
});

for (const version of [
  '^4.13.19',
  '~4.13.19',
  '4.13',
  'latest',
  '*',
  '>=4',
  'https://example.org/hono.tgz',
  'npm:hono@4',
]) {
  test(`complains of the version ${version}`, () => {
    assert.deepEqual(checkPackages(treeWith(version)), [
      `apps/booking/package.json: hono is "${version}"; give the exact version`,
    ]);
  });
}
