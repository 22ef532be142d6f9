import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

// Made by tools, and what only tests and the database read: none of it is built.
const NOT_BUILT =
  /(^|\/)(node_modules|build|data|test|migrations|\.svelte-kit)$|\.test\.ts$|(^|\/)test-[^/]+\.ts$|\.log$/;

/**
 * A name for what the pages of an application are built of: its sources, the packages, the lock file and the Node that
 * builds. The same sources have the same name, wherever they lie and whenever they are built.
 */
export function versionOfSources(appFolder: string): string {
  const root = join(appFolder, '../..');
  const hash = createHash('sha256').update(process.version);
  const add = (name: string, file: string) => hash.update(`${name}\0`).update(readFileSync(file)).update('\0');
  add('package-lock.json', join(root, 'package-lock.json'));
  for (const folder of [join(root, 'packages'), appFolder]) {
    for (const path of filesIn(folder)) add(path, join(folder, path));
  }
  return hash.digest('hex');
}

function filesIn(folder: string, below = ''): string[] {
  return readdirSync(join(folder, below), { withFileTypes: true })
    .map((entry) => ({ entry, path: below === '' ? entry.name : `${below}/${entry.name}` }))
    .filter(({ path }) => !NOT_BUILT.test(path))
    .flatMap(({ entry, path }) => (entry.isDirectory() ? filesIn(folder, path) : entry.isFile() ? [path] : []))
    .sort();
}
