import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

// Made by tools, never by us: the folders of .gitignore.
const NOT_OURS = new Set(['.git', 'node_modules', 'data', 'build', '.svelte-kit']);

/** Every file of ours under `root`, as paths relative to it with forward slashes, sorted. */
export function listSourceFiles(root: string, folder = ''): string[] {
  const files: string[] = [];
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory() && !NOT_OURS.has(entry.name)) files.push(...listSourceFiles(root, path));
    else if (entry.isFile() && !/\.log$|^\.env$/.test(entry.name)) files.push(path);
  }
  return files.sort();
}

export function isTest(path: string): boolean {
  return /(\.test\.ts|(^|\/)test-[^/]+\.ts)$|^(test|bench)\/|^apps\/[^/]+\/test\//.test(path);
}

/** Whether a file starts a process: it may open connections, read the environment and ask the clock. */
export function isEntryPoint(path: string): boolean {
  return /^apps\/[^/]+\/src\/(main|[^/]+-command)\.ts$|^scripts\//.test(path);
}

export function isGenerated(path: string): boolean {
  return /^apps\/[^/]+\/(schema\.sql|src\/server\/database-types\.ts)$|^package-lock\.json$/.test(path);
}

export function readSource(root: string, path: string): string {
  return readFileSync(join(root, path), 'utf8');
}
