import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkPackages } from './check-packages.ts';
import { plantTree } from './test-tree.ts';

const LOCK = JSON.stringify({ packages: { 'apps/booking': { resolved: 'apps/booking' }, hono: { version: '4.0.0' } } });

function treeWith(version: string, lock = LOCK): string {
  return plantTree({
    'package.json': JSON.stringify({ optionalDependencies: { tool: 'npm:@scope/tool@15.18.0-beta.17' } }),
    'apps/booking/package.json': JSON.stringify({ devDependencies: { hono: version } }),
    'package-lock.json': lock,
  });
}

test('exact versions and a lock file without hosts are green', () => {
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

test('complains of a host in the lock file, and of no lock file', () => {
  const lock = JSON.stringify({ packages: { hono: { resolved: 'https://packages.example/hono.tgz' } } }, null, 2);
  assert.match(
    checkPackages(treeWith('4.13.19', lock)).join(),
    /names a host, "resolved": "https:\/\/packages\.example/,
  );
  assert.deepEqual(checkPackages(plantTree({})), ['package-lock.json: is missing']);
});
