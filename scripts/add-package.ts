import { resolve } from 'node:path';
import { runNpm } from './run-npm.ts';

// Packages that turned bad were found out within days. npm knows how to wait since this version.
const DAYS = 7;
const KNOWS_AGE = [11, 10] as const;

/**
 * SUP-04: puts a package into package.json and the lock file in its exact version, none of the last days, and runs no script
 * of it. Whatever else npm install takes may stand among the words. Throws with a sentence when that cannot be.
 */
export async function addPackage(root: string, words: readonly string[], npm: NodeJS.ProcessEnv = {}): Promise<string> {
  const version = (await runNpm(root, ['--version'], npm)).stdout.trim();
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major < KNOWS_AGE[0] || (major === KNOWS_AGE[0] && minor < KNOWS_AGE[1])) {
    throw new Error(`npm ${version} cannot tell how old a package is. Use npm ${KNOWS_AGE.join('.')} or newer.`);
  }
  const args = ['install', '--save-exact', '--ignore-scripts', '--no-audit', `--min-release-age=${DAYS}`, ...words];
  const { code, stdout, stderr } = await runNpm(root, args, npm);
  if (code !== 0) throw new Error(`npm did not take it:\n${stderr.trim()}`);
  return stdout;
}

if (import.meta.main) {
  try {
    process.stdout.write(await addPackage(resolve(import.meta.dirname, '..'), process.argv.slice(2)));
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
    process.exitCode = 1;
  }
}
