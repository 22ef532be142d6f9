import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type GeneratedFile, generateFiles } from './generated-files.ts';
import { readSource } from './source-files.ts';

/** Whether the committed `schema.sql` and database types are what a freshly migrated database gives. */
export async function checkGenerated(root: string, generate = generateFiles): Promise<string[]> {
  const generated: GeneratedFile[] = await generate();
  return generated
    .filter(({ path, text }) => !existsSync(join(root, path)) || readSource(root, path) !== text)
    .map(({ path }) => `${path}: is not what the migrations give; run npm run generate`);
}
