import { spawn } from 'node:child_process';
import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { listSourceFiles } from './source-files.ts';

const TOOLS = resolve(import.meta.dirname, '../node_modules/.bin');

export const checkWithBiome = (root: string) => runTool(root, 'biome', ['ci', '--colors=off', '.']);

export const checkWithPrettier = (root: string) =>
  runTool(root, 'prettier', ['--check', '--no-error-on-unmatched-pattern', 'apps/**/*.svelte', 'packages/**/*.svelte']);

export const checkTypes = (root: string) => runTool(root, 'tsc', ['--noEmit', '-p', '.']);

export const checkImports = (root: string) =>
  runTool(root, 'depcruise', ['--config', '.dependency-cruiser.cjs', ...foldersOf(root)]);

/** SUP-05: no key, token or password of anything real in a file of ours. */
export const checkSecrets = (root: string, paths = listSourceFiles(root)) =>
  runTool(root, 'secretlint', ['--no-color', '--no-glob', '--no-gitignore', ...paths]);

/** Types and accessibility of the pages of every application that has some; a warning is an error. */
export async function checkPages(root: string): Promise<string[]> {
  const complaints: string[] = [];
  for (const app of readdirSync(join(root, 'apps'))) {
    const folder = join(root, 'apps', app);
    if (!existsSync(join(folder, 'vite.config.ts'))) continue;
    complaints.push(...(await runTool(folder, 'svelte-kit', ['sync'])));
    complaints.push(
      ...(await runTool(folder, 'svelte-check', [
        '--fail-on-warnings',
        '--tsconfig',
        './tsconfig.json',
        '--output',
        'human',
      ])),
    );
  }
  return complaints;
}

/** Runs one of node_modules' programs in `folder`; what it printed is the complaint when it fails. */
async function runTool(folder: string, tool: string, args: string[]): Promise<string[]> {
  const child = spawn(process.execPath, [realpathSync(join(TOOLS, tool)), ...args], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  const code = await new Promise<number | null>((done, fail) => child.once('error', fail).once('close', done));
  return code === 0 ? [] : [stripVTControlCharacters(output).trim() || `${tool} ended with ${code}`];
}

function foldersOf(root: string): string[] {
  return ['apps', 'packages', 'scripts', 'test', 'bench'].filter((folder) => existsSync(join(root, folder)));
}
