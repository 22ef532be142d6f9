import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTestDatabase } from '@samaya/platform/test-database.ts';
import { checkGenerated } from './check-generated.ts';
import { type GeneratedFile, generateFiles } from './generated-files.ts';
import { plantTree } from './test-tree.ts';

await createTestDatabase('crm');
const files: GeneratedFile[] = await generateFiles();
const committed = Object.fromEntries(files.map(({ path, text }) => [path, text]));
const again = async () => files;

test('what the migrations give is green, and generating it twice gives the same', async () => {
  assert.deepEqual(await checkGenerated(plantTree(committed)), []);
  assert.deepEqual(Object.keys(committed), [
    'apps/booking/schema.sql',
    'apps/booking/src/server/database-types.ts',
    'apps/crm/schema.sql',
    'apps/crm/src/server/database-types.ts',
  ]);
});

for (const [path, text] of Object.entries(committed)) {
  test(`complains of ${path} when a column differs, or it is missing`, async () => {
    const complaint = [`${path}: is not what the migrations give; run npm run generate`];
    assert.match(text, /facilitator_id/);
    const changed = { ...committed, [path]: text.replace('facilitator_id', 'teacher_id') };
    assert.deepEqual(await checkGenerated(plantTree(changed), again), complaint);
    const { [path]: _, ...others } = committed;
    assert.deepEqual(await checkGenerated(plantTree(others), again), complaint);
  });
}
