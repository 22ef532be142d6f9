import { spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { tryLock } from '@samaya/platform/exclusive-lock.ts';
import { versionOfSources } from '@samaya/platform/source-version.ts';

const ROOT = resolve(import.meta.dirname, '..');
const APPS = ['booking', 'crm'] as const;

/** A build failed; the message ends with what the tool said. */
export class BuildError extends Error {
  override name = 'BuildError';
}

export interface BuildOptions {
  /** Told what is being done; a line each. */
  write(text: string): void;
  signal?: AbortSignal;
}

/**
 * Builds the pages of each application whose sources changed since its last build. Two callers at once do not collide:
 * the second waits, and finds the work done. Throws a BuildError.
 */
export async function buildPages(options: BuildOptions): Promise<void> {
  const release = await takeLock(join(ROOT, 'node_modules/.samaya-building.lock'), options.signal);
  try {
    const outdated = APPS.filter((app) => existsSync(join(ROOT, 'apps', app, 'vite.config.ts'))).filter(
      (app) => readStamp(app) !== versionOfSources(join(ROOT, 'apps', app)),
    );
    if (outdated.length === 0) return;
    options.write(`Building the pages of ${outdated.join(' and ')} …\n`);
    await Promise.all(outdated.map((app) => build(app, options.signal)));
  } finally {
    release();
  }
}

async function takeLock(file: string, signal: AbortSignal | undefined): Promise<() => void> {
  for (;;) {
    const release = tryLock(file);
    if (release) return release;
    await sleep(100, undefined, { ...(signal && { signal }) });
  }
}

function stampFile(app: string): string {
  return join(ROOT, 'apps', app, 'build', '.stamp');
}

function readStamp(app: string): string | undefined {
  const isWhole = existsSync(join(ROOT, 'apps', app, 'build', 'handler.js')) && existsSync(stampFile(app));
  return isWhole ? readFileSync(stampFile(app), 'utf8') : undefined;
}

async function build(app: string, signal: AbortSignal | undefined): Promise<void> {
  // Taken before: what changes during the build is built the next time.
  const stamp = versionOfSources(join(ROOT, 'apps', app));
  rmSync(stampFile(app), { force: true });
  const { code, output } = await run(['node_modules/vite/bin/vite.js', 'build'], join(ROOT, 'apps', app), signal);
  signal?.throwIfAborted();
  if (code !== 0) throw new BuildError(`The pages of ${app} could not be built:\n${output.trimEnd()}`);
  writeFileSync(stampFile(app), stamp);
}

async function run([tool = '', ...args]: string[], cwd: string, signal: AbortSignal | undefined) {
  const child = spawn(process.execPath, [join(ROOT, tool), ...args], {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(signal && { signal }),
  });
  let output = '';
  const collect = (chunk: Buffer) => {
    output += chunk.toString();
  };
  child.stdout.on('data', collect);
  child.stderr.on('data', collect);
  const code = await new Promise<number | null>((done) => {
    child.on('error', () => done(null));
    child.on('close', done);
  });
  return { code, output };
}

if (import.meta.main) {
  try {
    await buildPages({ write: (text) => process.stdout.write(text) });
    process.stdout.write('The pages are built.\n');
  } catch (error) {
    if (!(error instanceof BuildError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}
