import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '@samaya/platform/test-port.ts';

/** `npm start` as a real process. */
export interface Launcher {
  bookingUrl: string;
  crmUrl: string;
  dataDir: string;
  /** What it wrote so far. */
  output(): string;
  /** Resolves when it wrote something like that, rejects when it ended before. */
  wrote(pattern: RegExp): Promise<void>;
  /** Process ids of the applications and the built-in PostgreSQL, as they are now. */
  pids(): { booking: number; crm: number; postgres: number | undefined };
  /** Sends the signal and answers the exit code. */
  end(signal: NodeJS.Signals): Promise<number | null>;
  /** The exit code, once it has ended. */
  ended: Promise<number | null>;
}

const PATIENCE_MS = 240_000;
const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

const DIRECTLY = [process.execPath, resolve(import.meta.dirname, 'start.ts')];

/** Starts the launcher with its own ports; `environment` wins. The test ends it. */
export async function startLauncher(
  dataDir: string,
  environment: Readonly<Record<string, string>> = {},
  [command = '', ...args]: string[] = DIRECTLY,
): Promise<Launcher> {
  const bookingPort = environment.BOOKING_PORT ?? String(await freePort());
  const crmPort = environment.CRM_PORT ?? String(await freePort());
  const child = spawn(command, args, {
    cwd: resolve(import.meta.dirname, '..'),
    env: {
      ...process.env,
      BOOKING_PORT: bookingPort,
      CRM_PORT: crmPort,
      DATA_DIR: dataDir,
      DEMO: '0',
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      output += text;
    });
  }
  const ended = once(child, 'close').then(([code]) => {
    running.delete(child);
    return code as number | null;
  });
  return {
    bookingUrl: `http://localhost:${bookingPort}`,
    crmUrl: `http://localhost:${crmPort}`,
    dataDir,
    output: () => output,
    ended,
    async wrote(pattern) {
      const deadline = Date.now() + PATIENCE_MS;
      while (!pattern.test(output)) {
        if (child.exitCode !== null || child.signalCode !== null || Date.now() > deadline) {
          throw new Error(`it did not write ${pattern}, but:\n${output}`);
        }
        await sleep(20);
      }
    },
    pids: () => readPids(dataDir),
    async end(signal) {
      child.kill(signal);
      return await ended;
    },
  };
}

/** Starts the launcher and waits until everything runs. */
export async function startReady(
  dataDir: string,
  environment: Readonly<Record<string, string>> = {},
  command = DIRECTLY,
): Promise<Launcher> {
  const launcher = await startLauncher(dataDir, environment, command);
  await launcher.wrote(/Ctrl-C stops everything/);
  return launcher;
}

/** Whether a process runs; one that has ended and was not yet taken note of does not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return process.platform !== 'linux' || !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

/** Waits until the condition holds, rejects after a minute. */
export async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`not within a minute: ${what}`);
    await sleep(20);
  }
}

function readPids(dataDir: string) {
  const { booking, crm } = JSON.parse(readFileSync(join(dataDir, 'children.json'), 'utf8')) as Record<string, number>;
  if (booking === undefined || crm === undefined) throw new Error('not all applications were started');
  const folder = join(dataDir, 'postgresql');
  const pointer = join(folder, 'location');
  const location = existsSync(pointer) ? readFileSync(pointer, 'utf8') : folder;
  const pidFile = join(location, 'cluster/postmaster.pid');
  const postgres = existsSync(pidFile) ? Number.parseInt(readFileSync(pidFile, 'utf8'), 10) : undefined;
  return { booking, crm, postgres };
}
