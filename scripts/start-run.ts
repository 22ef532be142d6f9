import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, fstatSync, openSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { findLastError } from './start-log.ts';

const ROOT = resolve(import.meta.dirname, '..');
const STOP_MS = 15_000;

/** What Node is told for an application. Without it what is young grows to 60 MB before it is cleared, for no speed. */
export const NODE_FLAGS = ['--max-semi-space-size=8'];

/** One run of an application, from its process's first to its last moment. */
export interface Run {
  pid: number | undefined;
  startedAt: number;
  /** Resolves when it takes requests; never, when it ends before. */
  ready: Promise<void>;
  /** Resolves when it has ended, to a few words about how. */
  ended: Promise<string>;
  /** SIGTERM, and SIGKILL after 15 s; resolves when it is gone. */
  stop(): Promise<void>;
  /** SIGKILL. */
  kill(): void;
}

export interface RunOptions {
  name: 'booking' | 'crm';
  environment: NodeJS.ProcessEnv;
  logFile: string;
  dev: boolean;
}

/** Starts an application as a child process that writes its log itself. */
export function startRun(options: RunOptions): Run {
  const log = openSync(options.logFile, 'a', 0o600);
  const logOffset = fstatSync(log).size;
  const main = join(ROOT, 'apps', options.name, 'src/main.ts');
  const child = spawn(process.execPath, [...NODE_FLAGS, main, ...(options.dev ? ['--dev'] : [])], {
    cwd: ROOT,
    env: options.environment,
    // A process group of its own: Ctrl-C reaches the launcher, which stops everything in order.
    detached: true,
    stdio: ['ignore', log, log, 'ipc'],
  });
  closeSync(log);
  const ended = new Promise<string>((resolve) => {
    child.on('error', (error) => resolve(error.message));
    child.on('exit', (code, signal) => {
      const why = findLastError(options.logFile, logOffset);
      resolve(signal ?? (code !== 0 && why ? why : `exit code ${code}`));
    });
  });
  return {
    pid: child.pid,
    startedAt: performance.now(),
    ready: new Promise<void>((resolve) => child.on('message', () => resolve())),
    ended,
    stop: () => stop(child, ended),
    kill: () => child.kill('SIGKILL'),
  };
}

async function stop(child: ChildProcess, ended: Promise<string>): Promise<void> {
  child.kill('SIGTERM');
  const hurry = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
  await ended;
  clearTimeout(hurry);
}
