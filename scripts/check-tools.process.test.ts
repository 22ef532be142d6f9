import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { checkPages, checkSecrets, checkTypes, checkWithBiome, checkWithPrettier } from './check-tools.ts';
import { copyTree, plant } from './test-tree.ts';

const WRONG_TYPE = "export const seats: number = 'two';\n";

test('a type error anywhere in our TypeScript is told, and no other is there', async () => {
  const root = copyTree(/^(apps|bench|packages|scripts|test)\/|^(tsconfig|package)\.json$/);
  assert.deepEqual(await checkTypes(root), []);
  const places = [
    'packages/platform/src',
    'apps/booking/src/server/bookings',
    'apps/crm/src',
    'bench',
    'scripts',
    'test',
  ];
  for (const place of places) plant(root, { [`${place}/planted.ts`]: WRONG_TYPE });
  const [output = ''] = await checkTypes(root);
  for (const place of places) assert.ok(output.includes(`${place}/planted.ts(1,14): error TS2322`), output);
});

test('a type error and an accessibility warning in a page are told, and no other is there', async () => {
  const root = copyTree(/^(apps\/booking|packages)\/|^package(-lock)?\.json$/);
  const folder = 'apps/booking/src/routes/planted';
  const planted = {
    [`${folder}/+page.server.ts`]: WRONG_TYPE.replace('seats', 'prerender'),
    [`${folder}/+page.svelte`]: `<script lang="ts">\n  const seats: number = 'two';\n</script>\n\n<p>{seats}</p>\n`,
    'apps/booking/src/ui/Planted.svelte': '<img src="/a.png" />\n',
  };
  plant(root, planted);
  const output = (await checkPages(root)).join('\n');
  for (const path of Object.keys(planted)) assert.ok(output.includes(path.replace('apps/booking/', '')), output);
  assert.match(output, /Type 'string' is not assignable to type 'number'/);
  assert.match(output, /alt/);

  for (const path of Object.keys(planted)) rmSync(join(root, path));
  assert.deepEqual(await checkPages(root), []);
});

test('a page out of format is told', async () => {
  const root = copyTree(/^(\.prettierrc\.json|\.prettierignore|package\.json)$/);
  const page = 'apps/crm/src/routes/+page.svelte';
  plant(root, { [page]: '<p>One form for all.</p>\n' });
  assert.deepEqual(await checkWithPrettier(root), []);
  plant(root, { [page]: '<p   >One form for all.</p>\n' });
  assert.match((await checkWithPrettier(root)).join(), /apps\/crm\/src\/routes\/\+page\.svelte/);
});

test('what Biome forbids is told', async () => {
  const root = copyTree(/^(biome\.json|\.gitignore|package\.json)$/);
  const file = 'apps/crm/src/server/inbox/inbox.ts';
  const seeds: [text: string, rule: string][] = [
    ['export const seats = 2;\n', ''],
    ['export const seats  = 2\n', 'format'],
    ['export const seats: any = 2;\n', 'noExplicitAny'],
    ['export const seats = (row?: { n: number }) => row!.n;\n', 'noNonNullAssertion'],
    ['console.log(2);\n', 'noConsole'],
    ["import { join } from 'node:path';\n", 'noUnusedImports'],
    ["import { join } from 'path';\n\nexport const path = join('a', 'b');\n", 'useNodejsImportProtocol'],
  ];
  for (const [text, rule] of seeds) {
    plant(root, { [file]: text });
    const complaints = (await checkWithBiome(root)).join();
    if (rule === '') assert.equal(complaints, '');
    else assert.match(complaints, new RegExp(rule), text);
  }
});

test('SUP-05: a key that looks real is told wherever it stands, and never printed', async () => {
  const root = copyTree(/^(\.secretlintrc\.json|package\.json)$/);
  plant(root, { 'docs/operating.md': 'postgres://samaya:hidden@127.0.0.1:5432/booking\n' });
  assert.deepEqual(await checkSecrets(root), []);
  // In parts, so that this file does not complain of itself.
  const token = ['ghp', '_', 'wWPw5k4aXcaT4fNP0UcnZwJUVFk6LO0pINUx'].join('');
  const places = ['docs/planted.md', '.env.example', 'apps/booking/src/routes/(site)/[id]/+page.svelte', 'a/b.unknown'];
  for (const place of places) plant(root, { [place]: `key = ${token}\n` });
  plant(root, { 'docs/database.md': ['postgres://samaya:hid', 'den@db.example:5432/booking\n'].join('') });
  const output = (await checkSecrets(root)).join('\n');
  for (const place of [...places, 'docs/database.md']) assert.ok(output.includes(place), `${place}\n${output}`);
  assert.ok(!output.includes(token) && !output.includes('hidden'), output);
});
