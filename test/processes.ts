import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after } from 'node:test';
import type { ReadyMessage } from '@samaya/platform/parent-process.ts';
import type { TestDatabase } from '@samaya/platform/test-database.ts';
import { freePort } from '@samaya/platform/test-port.ts';

/** An application as a real process. */
export interface RunningApp {
  /** Address of the process, without a path; also its public address unless the environment says otherwise. */
  url: string;
  port: number;
  pid: number;
  /** What the process wrote so far, standard output and errors together. */
  log(): string;
  /** Sends a message to an entry point of tests, such as app-with-failpoints.ts. */
  tell(message: object): void;
  /** Resolves when the process is gone, to its exit code or the signal that ended it. */
  ended: Promise<number | NodeJS.Signals | null>;
  /** Asks it to stop (SIGTERM) and waits; kills it after 30 s. Resolves to the exit code. */
  stop(): Promise<number | null>;
  /** SIGKILL: no goodbye. */
  kill(): Promise<void>;
}

export interface AppSettings {
  database: Pick<TestDatabase, 'ownerUrl' | 'appUrl'>;
  /** A free one when left out. */
  port?: number;
  /** Where the other application is, or will be. */
  otherUrl?: string;
  /** Development mode: pages by Vite's middleware, not from the build. */
  dev?: boolean;
  /** Another entry point than the application's own: a file of this folder that is told the application's name. */
  entry?: string;
  /** Goes on when the test that started it ends; the test file stops it. */
  outlivesTest?: boolean;
  /** Further settings; they win over those made here. */
  environment?: Readonly<Record<string, string>>;
}

const ROOT = resolve(import.meta.dirname, '..');
const READY_MS = 120_000;
const STOP_MS = 30_000;
const NOWHERE = 'http://127.0.0.1:9';

const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** Starts booking and waits until it takes requests. It ends with the test that started it. */
export async function startBooking(settings: AppSettings): Promise<RunningApp> {
  const port = settings.port ?? (await freePort());
  return await startApp('booking', port, settings, {
    BOOKING_PORT: String(port),
    BOOKING_URL: `http://localhost:${port}`,
    BOOKING_DATABASE_URL: settings.database.appUrl,
    BOOKING_MIGRATION_URL: settings.database.ownerUrl,
    CRM_PORT: String(port === 65_535 ? port - 1 : port + 1),
    CRM_URL: settings.otherUrl ?? NOWHERE,
    CRM_DATABASE_URL: 'postgres://nobody@127.0.0.1:9/none',
    ...settings.environment,
  });
}

/** Starts CRM and waits until it takes requests. It ends with the test that started it. */
export async function startCrm(settings: AppSettings): Promise<RunningApp> {
  const port = settings.port ?? (await freePort());
  return await startApp('crm', port, settings, {
    CRM_PORT: String(port),
    CRM_URL: `http://localhost:${port}`,
    CRM_DATABASE_URL: settings.database.appUrl,
    CRM_MIGRATION_URL: settings.database.ownerUrl,
    BOOKING_PORT: String(port === 65_535 ? port - 1 : port + 1),
    BOOKING_URL: settings.otherUrl ?? NOWHERE,
    BOOKING_DATABASE_URL: 'postgres://nobody@127.0.0.1:9/none',
    ...settings.environment,
  });
}

let sharedFolder: string | undefined;

/** One DATA_DIR for all processes of a test file, so that both applications know the same secrets. */
export function testDataFolder(): string {
  if (sharedFolder === undefined) {
    const folder = mkdtempSync(join(tmpdir(), 'samaya-test-'));
    process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
    sharedFolder = folder;
  }
  return sharedFolder;
}

async function startApp(
  app: 'booking' | 'crm',
  port: number,
  { dev, entry, outlivesTest }: Pick<AppSettings, 'dev' | 'entry' | 'outlivesTest'>,
  environment: Record<string, string>,
): Promise<RunningApp> {
  // Nothing of the surrounding settings leaks in: only what a process needs to run at all.
  const { PATH, HOME, TMPDIR } = process.env;
  const command = entry ? [join(ROOT, 'test', entry), app] : [join(ROOT, `apps/${app}/src/main.ts`)];
  const child = spawn(process.execPath, [...command, ...(dev ? ['--dev'] : [])], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: {
      PATH,
      HOME,
      TMPDIR,
      HOST: '127.0.0.1',
      DATA_DIR: testDataFolder(),
      DEMO: '0',
      RATE_LIMITS: 'off',
      ...environment,
    },
  });
  running.add(child);
  const ended = once(child, 'close').then(() => {
    running.delete(child);
    return child.exitCode ?? child.signalCode;
  });
  let log = '';
  const keep = (chunk: Buffer) => {
    log += chunk.toString();
  };
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);
  const stop = async (signal: NodeJS.Signals) => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    const cut = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
    await ended;
    clearTimeout(cut);
    return child.exitCode;
  };
  if (!outlivesTest) after(() => stop('SIGTERM'));
  await waitUntilReady(child, () => `${app} did not start:\n${log}`);
  return {
    url: `http://localhost:${port}`,
    port,
    pid: child.pid ?? 0,
    log: () => log,
    tell: (message) => void child.send(message),
    ended,
    stop: () => stop('SIGTERM'),
    kill: async () => void (await stop('SIGKILL')),
  };
}

function waitUntilReady(child: ChildProcess, describe: () => string): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = () => reject(new Error(describe()));
    const late = setTimeout(fail, READY_MS);
    child.once('close', fail);
    child.on('message', (message: Partial<ReadyMessage>) => {
      if (!message.ready) return;
      clearTimeout(late);
      child.off('close', fail);
      resolve();
    });
    child.once('close', () => clearTimeout(late));
  });
}
