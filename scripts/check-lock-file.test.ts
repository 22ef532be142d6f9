import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkLockFile } from './check-lock-file.ts';
import { plantTree } from './test-tree.ts';

const HONO = { version: '4.0.0', integrity: 'sha512-AAAA' };

function complaintsOf(packages: Record<string, object>, manifest: object = {}): string[] {
  return checkLockFile(
    plantTree({
      'package.json': JSON.stringify(manifest),
      'package-lock.json': JSON.stringify({ packages: { '': {}, 'apps/booking': {}, ...packages } }),
    }),
  );
}

test('SUP-01: packages of the registry with their hash are green, and so are folders of ours', () => {
  assert.deepEqual(
    complaintsOf({
      'node_modules/hono': HONO,
      'node_modules/@samaya/booking': { resolved: 'apps/booking', link: true },
    }),
    [],
  );
});

for (const resolved of [
  'https://packages.example/hono.tgz',
  'http://packages.example/hono/-/hono-4.0.0.tgz',
  'git+ssh://git@github.com/honojs/hono.git#0123456',
  'file:../hono.tgz',
]) {
  test(`SUP-01: complains of a package from ${resolved}`, () => {
    assert.deepEqual(complaintsOf({ 'node_modules/hono': { ...HONO, resolved } }), [
      `node_modules/hono: comes from ${resolved}; npm finds packages by name`,
    ]);
  });
}

test('SUP-01: complains of a package without a hash, or with a weak one', () => {
  const complaint = 'node_modules/hono: has no sha512 in package-lock.json';
  assert.deepEqual(complaintsOf({ 'node_modules/hono': { version: '4.0.0' } }), [complaint]);
  assert.deepEqual(complaintsOf({ 'node_modules/hono': { ...HONO, integrity: 'sha1-AAAA' } }), [complaint]);
});

test('SUP-01: a script that runs when a package is installed is named, wherever the package lies', () => {
  const packages = { 'node_modules/koa/node_modules/@scope/tool': { ...HONO, hasInstallScript: true } };
  assert.deepEqual(complaintsOf(packages), [
    '@scope/tool: runs a script when installed; say true or false in allowScripts of package.json',
  ]);
  assert.deepEqual(complaintsOf(packages, { allowScripts: { '@scope/tool': false } }), []);
});

test('SUP-03: complains when more packages run than are reckoned with; tools and other platforms do not count', () => {
  const many = (more: object) =>
    Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`node_modules/p${i}`, { ...HONO, ...more }]));
  assert.match(complaintsOf(many({})).join(), /^package-lock\.json: 200 packages in production, 132 are reckoned with/);
  assert.deepEqual(complaintsOf(many({ dev: true })), []);
  assert.deepEqual(complaintsOf(many({ optional: true })), []);
});

test('complains when there is no lock file', () => {
  assert.deepEqual(checkLockFile(plantTree({})), ['package-lock.json: is missing']);
});
