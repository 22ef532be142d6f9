import { execFile, execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Binaries, makeRootStateFolder, ROOT_STATE_FOLDER } from './embedded-postgres-binaries.ts';

/** A user that PostgreSQL runs as, when it is not the one who starts it. */
export interface Account {
  uid: number;
  gid: number;
}

/** PostgreSQL refuses to run as root, so root runs it as the system's `postgres` user, made if it is missing. */
export function unprivilegedAccount(): Account | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const number = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8', stdio: 'pipe' }));
  try {
    return { uid: number('-u'), gid: number('-g') };
  } catch {
    makePostgresUser();
    return { uid: number('-u'), gid: number('-g') };
  }
}

function makePostgresUser() {
  const shape = ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin'];
  try {
    execFileSync('useradd', [...shape, 'postgres'], { stdio: 'ignore' });
  } catch (cause) {
    // Another start may have made it meanwhile.
    try {
      execFileSync('id', ['-u', 'postgres'], { stdio: 'ignore' });
    } catch {
      throw new Error(
        'PostgreSQL does not run as root, and the user "postgres" could not be made for it. Make that user, start as an ordinary user, or set BOOKING_DATABASE_URL and CRM_DATABASE_URL.',
        { cause },
      );
    }
  }
}

/**
 * Where the cluster lies: `folder`, or, as root, a folder that the other user can reach, with a pointer in `folder`.
 * A pointer that was copied along with its folder is refused: two copies would share one database.
 */
export function locateCluster(folder: string, account: Account | undefined): string {
  if (!account) return folder;
  const pointer = join(folder, 'location');
  // A name by chance: who deletes DATA_DIR and starts again begins anew.
  const location = readOrCreate(pointer, () => join(ROOT_STATE_FOLDER, randomBytes(8).toString('hex')));
  makeRootStateFolder();
  mkdirSync(location, { recursive: true, mode: 0o700 });
  chownSync(location, account.uid, account.gid);
  const ownerFile = join(location, 'data-folder');
  const owner = readOrCreate(ownerFile, () => folder);
  if (owner !== folder && existsSync(join(owner, 'location'))) {
    throw new Error(`${folder} is a copy of ${owner}, which owns the database. Delete ${pointer} to begin a new one.`);
  }
  if (owner !== folder) writeWhole(ownerFile, folder);
  return location;
}

/** The superuser's password, made once. */
export function readPassword(location: string, account: Account | undefined): string {
  return readOrCreate(passwordFile(location), () => randomBytes(24).toString('base64url'), account);
}

/** Makes the cluster: the name appears when it is complete, so that a killed start leaves nothing half made. */
export async function initialiseCluster(location: string, binaries: Binaries, account: Account | undefined) {
  for (const name of readdirSync(location)) {
    if (name.startsWith('unfinished-')) rmSync(join(location, name), { recursive: true, force: true, maxRetries: 5 });
  }
  const unfinished = join(location, `unfinished-${randomBytes(4).toString('hex')}`);
  // A missing locale would fail, or give an SQL_ASCII database; the builtin provider exists from version 17.
  const locale =
    binaries.major >= 17 ? ['--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'] : ['--locale=C'];
  const flags = ['--username=postgres', '--auth=scram-sha-256', '--encoding=UTF8', '--data-checksums', ...locale];
  try {
    await promisify(execFile)(
      join(binaries.bin, 'initdb'),
      ['--pgdata', unfinished, `--pwfile=${passwordFile(location)}`, ...flags],
      { cwd: '/', ...account, ...quietEnvironment() },
    );
  } catch (cause) {
    throw new Error(`The built-in PostgreSQL could not make its data in ${location}: ${lastLine(cause)}`, { cause });
  }
  renameSync(unfinished, clusterFolder(location));
}

export function clusterFolder(location: string): string {
  return join(location, 'cluster');
}

/** The environment that PostgreSQL runs in: whatever the machine's locale and PG… variables are, it is this. */
export function quietEnvironment() {
  return process.platform === 'win32' ? {} : { env: { LC_ALL: 'C', TZ: 'UTC', PATH: '/usr/bin:/bin' } };
}

function passwordFile(location: string): string {
  return join(location, 'superuser-password');
}

function readOrCreate(file: string, make: () => string, account?: Account): string {
  if (!existsSync(file)) writeWhole(file, make(), account);
  return readFileSync(file, 'utf8');
}

// Written aside and renamed: a file that is there is whole.
function writeWhole(file: string, text: string, account?: Account) {
  const unfinished = `${file}.${process.pid}`;
  writeFileSync(unfinished, text, { mode: 0o600 });
  chmodSync(unfinished, 0o600);
  if (account) chownSync(unfinished, account.uid, account.gid);
  renameSync(unfinished, file);
}

function lastLine(error: unknown): string {
  const said = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : '';
  return (said || (error as Error).message).split('\n').at(-1) ?? '';
}
