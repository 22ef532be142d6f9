import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { after } from 'node:test';
import { listSourceFiles } from './source-files.ts';

const ROOT = resolve(import.meta.dirname, '..');

/** A folder with these files, removed when the test file ends. */
export function plantTree(files: Record<string, string>): string {
  const root = mkdtempSync(join(tmpdir(), 'checked-'));
  after(() => rmSync(root, { recursive: true, force: true }));
  plant(root, files);
  return root;
}

export function plant(root: string, files: Record<string, string>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}

/** A copy of those of our files whose path fits, with everything that is installed, and no build. */
export function copyTree(fits: RegExp): string {
  const root = plantTree({});
  for (const path of listSourceFiles(ROOT).filter((candidate) => fits.test(candidate))) {
    cpSync(join(ROOT, path), join(root, path));
  }
  linkInstalled(root);
  return root;
}

/** Links what is installed; our own packages lead into the copy. */
export function linkInstalled(root: string): void {
  const installed = join(ROOT, 'node_modules');
  mkdirSync(join(root, 'node_modules/@samaya'), { recursive: true });
  for (const name of readdirSync(installed)) {
    if (name !== '@samaya') symlinkSync(join(installed, name), join(root, 'node_modules', name));
  }
  for (const name of readdirSync(join(installed, '@samaya'))) {
    const folder = name === 'booking' || name === 'crm' ? 'apps' : 'packages';
    symlinkSync(join('../..', folder, name), join(root, 'node_modules/@samaya', name));
  }
}
