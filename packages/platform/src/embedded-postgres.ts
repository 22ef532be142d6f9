import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { chmodSync, chownSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { type Binaries, findBinaries, ROOT_STATE_FOLDER } from './embedded-postgres-binaries.ts';

export interface EmbeddedPostgres {
  port: number;
  major: number;
  /** Whether this call started the server, or found it running. */
  started: boolean;
  /** The process id of the server. */
  pid: number;
  /** Address of a database as the superuser. */
  superuserUrl(database: string): string;
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

const STARTING_MS = 30_000;
const STOPPING_MS = 15_000;

/**
 * Starts PostgreSQL on 127.0.0.1 with its data in a folder, or finds the one already running there (it outlives a
 * killed parent). The data survives `kill -9` of anything. Rejects with a sentence when the folder cannot be used.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const account = unprivilegedAccount();
  const folder = usableFolder(options.folder, account);
  const binaries = findBinaries({
    forOtherUser: account !== undefined,
    ...(options.packageName && { packageName: options.packageName }),
  });
  const cluster = join(folder, 'cluster');
  const password = readOrCreate(
    join(folder, 'superuser-password'),
    () => randomBytes(24).toString('base64url'),
    account,
  );
  if (!existsSync(join(cluster, 'PG_VERSION'))) initialise({ binaries, cluster, folder, account });
  refuseOtherMajor(cluster, binaries);

  const deadline = Date.now() + STARTING_MS;
  let child: ChildProcess | undefined;
  for (;;) {
    const running = readPostmasterPid(cluster);
    if (running && (await answers(running.port, password)))
      return describe(running, binaries, password, child !== undefined);
    if (running === undefined && (child === undefined || child.exitCode !== null)) {
      child = spawnServer({
        binaries,
        cluster,
        folder,
        account,
        port: await freePort(),
        settings: options.settings ?? {},
      });
    } else if (child?.exitCode !== null && running !== undefined && !isAlive(running.pid)) {
      rmSync(join(cluster, 'postmaster.pid'), { force: true });
    }
    if (Date.now() > deadline) {
      throw new Error(
        `PostgreSQL did not start in ${STARTING_MS / 1000} s. Its log is ${join(folder, 'postgresql.log')}.`,
      );
    }
    await sleep(20);
  }
}

interface Account {
  uid: number;
  gid: number;
}

// PostgreSQL refuses to run as root, so root runs it as the system's `postgres` user, made if it is missing.
function unprivilegedAccount(): Account | undefined {
  if (process.getuid?.() !== 0) return undefined;
  try {
    execFileSync('id', ['-u', 'postgres'], { stdio: 'ignore' });
  } catch {
    execFileSync(
      'useradd',
      ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', 'postgres'],
      { stdio: 'ignore' },
    );
  }
  const number = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
  return { uid: number('-u'), gid: number('-g') };
}

function usableFolder(folder: string, account: Account | undefined): string {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (!account) return folder;
  const pointer = join(folder, 'location');
  const name = createHash('sha256').update(folder).digest('hex').slice(0, 16);
  const location = readOrCreate(pointer, () => join(ROOT_STATE_FOLDER, name));
  mkdirSync(ROOT_STATE_FOLDER, { recursive: true, mode: 0o711 });
  mkdirSync(location, { recursive: true, mode: 0o700 });
  chownSync(location, account.uid, account.gid);
  return location;
}

function readOrCreate(file: string, make: () => string, account?: Account): string {
  try {
    writeFileSync(file, make(), { flag: 'wx', mode: 0o600 });
    if (account) chownSync(file, account.uid, account.gid);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  return readFileSync(file, 'utf8');
}

// Two starts at once would make the cluster twice; the loser of the lock waits in the caller's loop.
function initialise({
  binaries,
  cluster,
  folder,
  account,
}: {
  binaries: Binaries;
  cluster: string;
  folder: string;
  account: Account | undefined;
}) {
  const lock = join(folder, 'initialising');
  rmSync(cluster, { recursive: true, force: true });
  // A missing locale would fail, or give an SQL_ASCII database; the builtin provider exists from version 17.
  const locale =
    binaries.major >= 17 ? ['--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'] : ['--locale=C'];
  writeFileSync(lock, String(process.pid));
  execFileSync(
    join(binaries.bin, 'initdb'),
    [
      '--pgdata',
      cluster,
      '--username=postgres',
      `--pwfile=${join(folder, 'superuser-password')}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--data-checksums',
      ...locale,
    ],
    { ...(account && { uid: account.uid, gid: account.gid }), cwd: '/', stdio: ['ignore', 'ignore', 'pipe'] },
  );
  rmSync(lock, { force: true });
}

function refuseOtherMajor(cluster: string, binaries: Binaries) {
  const major = Number(readFileSync(join(cluster, 'PG_VERSION'), 'utf8'));
  if (major !== binaries.major) {
    throw new Error(
      `The data in ${cluster} is of PostgreSQL ${major}, the built-in server is ${binaries.major}. Move the folder away, or restore it into a new one.`,
    );
  }
}

function spawnServer(options: {
  binaries: Binaries;
  cluster: string;
  folder: string;
  account: Account | undefined;
  port: number;
  settings: Record<string, string>;
}) {
  const { binaries, cluster, folder, account } = options;
  const settings = {
    listen_addresses: '127.0.0.1',
    port: String(options.port),
    unix_socket_directories: '',
    max_connections: '200',
    ...options.settings,
  };
  const logFile = join(folder, 'postgresql.log');
  const log = openSync(logFile, 'a', 0o600);
  const child = spawn(
    join(binaries.bin, 'postgres'),
    ['-D', cluster, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    {
      cwd: '/',
      // A process group of its own: Ctrl-C reaches the parent, which stops the server after the applications.
      detached: true,
      stdio: ['ignore', log, log],
      ...(account && { uid: account.uid, gid: account.gid }),
    },
  );
  child.on('error', () => undefined);
  child.unref();
  chmodSync(logFile, 0o600);
  return child;
}

function readPostmasterPid(cluster: string): { pid: number; port: number } | undefined {
  const file = join(cluster, 'postmaster.pid');
  if (!existsSync(file)) return undefined;
  const lines = readFileSync(file, 'utf8').split('\n');
  const pid = Number(lines[0]);
  const port = Number(lines[3]);
  return Number.isInteger(pid) && pid > 0 ? { pid, port } : undefined;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
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

function describe(
  { pid, port }: { pid: number; port: number },
  binaries: Binaries,
  password: string,
  started: boolean,
): EmbeddedPostgres {
  return {
    pid,
    port,
    started,
    major: binaries.major,
    superuserUrl: (database) => `postgres://postgres:${password}@127.0.0.1:${port}/${database}`,
    async stop() {
      if (!isAlive(pid)) return;
      process.kill(pid, 'SIGINT');
      const deadline = Date.now() + STOPPING_MS;
      while (isAlive(pid) && Date.now() < deadline) await sleep(20);
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
