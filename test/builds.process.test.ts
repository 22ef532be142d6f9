import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { buildPages } from '../scripts/build.ts';
import { checkSecrets } from '../scripts/check-tools.ts';
import { isTest, listSourceFiles } from '../scripts/source-files.ts';
import { copyTree } from '../scripts/test-tree.ts';

const ROOT = resolve(import.meta.dirname, '..');
const FOLDERS = ['apps/booking/build', 'apps/crm/build'];

await buildPages({ write: () => undefined });

/** What was built in a folder, without the note of build.ts: when it need not be built again. */
function listBuilt(root: string): string[] {
  return FOLDERS.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((path) => join(folder, path)),
  )
    .filter((path) => statSync(join(root, path)).isFile() && !path.endsWith('.stamp'))
    .sort();
}

test('SUP-08: nothing that only tests use stands in what runs in production', () => {
  const built = listBuilt(ROOT);
  const ours = listSourceFiles(ROOT).filter(
    (path) => /^(apps|packages)\/[^/]+\/(src|migrations)\//.test(path) && !isTest(path),
  );
  const scripts = [...built, ...ours].filter((path) => /\.(ts|js|mjs|cjs|svelte|sql)$/.test(path));
  assert.ok(built.length > 10 && scripts.length > 100);
  for (const path of scripts) {
    const text = readFileSync(join(ROOT, path), 'utf8');
    assert.doesNotMatch(text, /failpoint|app-with-|a mishap|wait_a_while|from 'node:test'/i, path);
  }
});

/** A built file without the remarks where a module came from: what is installed lies elsewhere, seen from the copy. */
function readBuilt(root: string, path: string): Buffer {
  const bytes = readFileSync(join(root, path));
  if (!path.includes('/build/server/')) return bytes;
  if (/\.map$|\/manifest\.json$/.test(path)) return Buffer.alloc(0);
  return Buffer.from(bytes.toString().replaceAll(/^\s*\/\/.*$/gm, ''));
}

test('SUP-08: built elsewhere and later, the same sources give the same bytes', () => {
  const other = copyTree(/^(apps|packages)\/|^(package|package-lock)\.json$/);
  for (const folder of FOLDERS) {
    const { status, stderr } = spawnSync(process.execPath, [join(ROOT, 'node_modules/vite/bin/vite.js'), 'build'], {
      cwd: join(other, folder, '..'),
      encoding: 'utf8',
    });
    assert.equal(status, 0, stderr);
  }
  const built = listBuilt(other);
  assert.deepEqual(built, listBuilt(ROOT));
  const different = built.filter((path) => !readBuilt(other, path).equals(readBuilt(ROOT, path)));
  assert.deepEqual(different, []);
});

test('SUP-05: no key or password stands in what is built', async () => {
  const scripts = listBuilt(ROOT).filter((path) => /\.(js|mjs|json|html|css|txt)$/.test(path));
  assert.ok(scripts.length > 100);
  assert.deepEqual(await checkSecrets(ROOT, scripts), []);
});
