import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { type Binaries, findBinaries } from './embedded-postgres-binaries.ts';
import {
  type Account,
  clusterFolder,
  initialiseCluster,
  locateCluster,
  quietEnvironment,
  readPassword,
  unprivilegedAccount,
} from './embedded-postgres-folder.ts';
import { findServer, isServer, removeMisleadingPidFile, type ServerProcess } from './embedded-postgres-process.ts';
import { tryLock } from './exclusive-lock.ts';

export interface EmbeddedPostgres {
  port: number;
  major: number;
  /** Whether this call started the server, or found it running. */
  started: boolean;
  /** The process id of the server. */
  pid: number;
  /** Address of a database as the superuser. */
  superuserUrl(database: string): string;
  /** Whether the server's process is still there. */
  isRunning(): boolean;
  /** Stops the server, whoever started it: running transactions are rolled back, what was committed stays. */
  stop(): Promise<void>;
}

export interface EmbeddedPostgresOptions {
  /** Where the data lives; as root, where a pointer to it lives. Made if it is missing. */
  folder: string;
  /** Another build of PostgreSQL than the default. */
  packageName?: string;
  /** Further settings of the server, e.g. `{ log_lock_waits: 'on' }`. */
  settings?: Record<string, string>;
}

interface Cluster {
  location: string;
  binaries: Binaries;
  account: Account | undefined;
  password: string;
  settings: Record<string, string>;
}

const STARTING_MS = 30_000;
const STOPPING_MS = 15_000;
const LARGEST_LOG_BYTES = 10 * 1024 * 1024;
// A server that was killed lets go of its memory and its port a moment later.
const WORTH_ANOTHER_TRY =
  /lock file|shared memory block|could not bind|Address already in use|could not create any TCP/;

/**
 * Starts PostgreSQL on 127.0.0.1 with its data in a folder, or finds the one already running there (it outlives a
 * killed parent). The data survives `kill -9` of anything, and the port stays the same while it is free. Rejects with a
 * sentence when the folder cannot be used or the server does not start.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const account = unprivilegedAccount();
  mkdirSync(options.folder, { recursive: true, mode: 0o700 });
  // Two starts at once would make the cluster twice: one of them works, the others find what it has done.
  const release = await takeLock(join(options.folder, 'starting.lock'));
  try {
    const location = locateCluster(options.folder, account);
    const binaries = findBinaries({
      forOtherUser: account !== undefined,
      ...(options.packageName && { packageName: options.packageName }),
    });
    const password = readPassword(location, account);
    if (!existsSync(clusterFolder(location))) await initialiseCluster(location, binaries, account);
    refuseOtherMajor(clusterFolder(location), binaries);
    return await findOrStart({ location, binaries, account, password, settings: options.settings ?? {} });
  } finally {
    release();
  }
}

async function takeLock(file: string): Promise<() => void> {
  const deadline = Date.now() + STARTING_MS * 2;
  for (;;) {
    const release = tryLock(file);
    if (release) return release;
    if (Date.now() > deadline) throw new Error(`Another start of PostgreSQL holds ${file} and does not end. Stop it.`);
    await sleep(20);
  }
}

function refuseOtherMajor(cluster: string, binaries: Binaries) {
  const major = Number(readFileSync(join(cluster, 'PG_VERSION'), 'utf8'));
  if (major !== binaries.major) {
    throw new Error(
      `The data in ${cluster} is of PostgreSQL ${major}, the built-in server is ${binaries.major}. Move the folder away, or restore it into a new one.`,
    );
  }
}

async function findOrStart(cluster: Cluster): Promise<EmbeddedPostgres> {
  const deadline = Date.now() + STARTING_MS;
  const folder = clusterFolder(cluster.location);
  const logFile = join(cluster.location, 'postgresql.log');
  rotateLog(logFile);
  let attempt: Attempt | undefined;
  while (Date.now() < deadline) {
    const running = findServer(folder);
    if (running && (await answers(running.port, cluster.password)))
      return describe(running, folder, cluster, attempt !== undefined);
    if (attempt?.failure) throw new Error(`The built-in PostgreSQL cannot be run: ${attempt.failure}.`);
    if (attempt?.ended) {
      const said = readFileSync(logFile, 'utf8').slice(attempt.logOffset);
      if (!WORTH_ANOTHER_TRY.test(said))
        throw new Error(`PostgreSQL did not start: ${fatalLine(said)} Its log is ${logFile}.`);
      attempt = undefined;
      await sleep(100);
    } else if (!running && !attempt) {
      attempt = await spawnServer(cluster, folder, logFile);
    }
    await sleep(20);
  }
  throw new Error(`PostgreSQL did not start in ${STARTING_MS / 1000} s. Its log is ${logFile}.`);
}

interface Attempt {
  ended: boolean;
  failure: string | undefined;
  logOffset: number;
}

async function spawnServer(cluster: Cluster, folder: string, logFile: string): Promise<Attempt> {
  removeMisleadingPidFile(folder);
  const settings = {
    listen_addresses: '127.0.0.1',
    port: cluster.settings.port ?? String(await choosePort(join(cluster.location, 'port'))),
    unix_socket_directories: '',
    max_connections: '200',
    ...cluster.settings,
  };
  const log = openSync(logFile, 'a', 0o600);
  const attempt: Attempt = { ended: false, failure: undefined, logOffset: statSync(logFile).size };
  const child: ChildProcess = spawn(
    join(cluster.binaries.bin, 'postgres'),
    ['-D', folder, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    {
      cwd: '/',
      // A process group of its own: Ctrl-C reaches the parent, which stops the server after the applications.
      detached: true,
      stdio: ['ignore', log, log],
      ...cluster.account,
      ...quietEnvironment(),
    },
  );
  closeSync(log);
  child.on('error', (error) => {
    attempt.failure = error.message;
  });
  child.on('exit', () => {
    attempt.ended = true;
  });
  child.unref();
  return attempt;
}

function rotateLog(logFile: string) {
  if (existsSync(logFile) && statSync(logFile).size > LARGEST_LOG_BYTES) renameSync(logFile, `${logFile}.1`);
}

function fatalLine(said: string): string {
  const lines = said.trim().split('\n');
  return `${lines.findLast((line) => /FATAL|PANIC/.test(line)) ?? lines.at(-1)}`.replace(/^.*?(FATAL|PANIC):\s*/, '');
}

async function answers(port: number, password: string): Promise<boolean> {
  if (!port) return false;
  const client = new pg.Client({
    host: '127.0.0.1',
    port,
    user: 'postgres',
    password,
    database: 'postgres',
    connectionTimeoutMillis: 1000,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.end();
    return true;
  } catch {
    return false;
  }
}

function describe({ pid, port }: ServerProcess, folder: string, cluster: Cluster, started: boolean): EmbeddedPostgres {
  const isRunning = () => isServer(pid, folder);
  const signal = async (name: NodeJS.Signals) => {
    if (!isRunning()) return;
    process.kill(pid, name);
    const deadline = Date.now() + STOPPING_MS;
    while (isRunning() && Date.now() < deadline) await sleep(20);
  };
  return {
    pid,
    port,
    started,
    major: cluster.binaries.major,
    superuserUrl: (database) => `postgres://postgres:${cluster.password}@127.0.0.1:${port}/${database}`,
    isRunning,
    async stop() {
      // Fast shutdown; and when that takes too long the one that leaves the rest to recovery.
      await signal('SIGINT');
      await signal('SIGQUIT');
    },
  };
}

// The port of the last run, so that applications find a server again that was restarted under them.
async function choosePort(file: string): Promise<number> {
  const last = existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0;
  const port = (await listenOnce(last).catch(() => undefined)) ?? (await listenOnce(0));
  if (port !== last) writeFileSync(file, String(port), { mode: 0o600 });
  return port;
}

async function listenOnce(wanted: number): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(wanted, '127.0.0.1', resolve);
  });
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
