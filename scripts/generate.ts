import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { generateFiles } from './generated-files.ts';

for (const { path, text } of await generateFiles()) {
  writeFileSync(resolve(import.meta.dirname, '..', path), text);
  process.stdout.write(`wrote ${path}\n`);
}
