import { existsSync, readdirSync, readFileSync, readlinkSync, realpathSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** A running PostgreSQL. */
export interface ServerProcess {
  pid: number;
  /** 0 while it has not said which. */
  port: number;
}

/** The server that runs on a cluster's folder, if one does. */
export function findServer(folder: string): ServerProcess | undefined {
  const written = readPidFile(folder);
  return written && isServer(written.pid, folder) ? written : undefined;
}

/** Whether a process is the server of that cluster: its file outlives it, and the process id may be anybody's by now. */
export function isServer(pid: number, folder: string): boolean {
  if (!isAlive(pid)) return false;
  return process.platform === 'linux' ? worksIn(pid, realpathSync(folder)) : true;
}

/**
 * Removes the file of a server that is gone when its process id is somebody else's now: PostgreSQL would refuse to
 * start. In all other cases the file stays, since PostgreSQL finds by it what an earlier server may have left running.
 */
export function removeMisleadingPidFile(folder: string): void {
  const written = readPidFile(folder);
  if (!written || process.platform !== 'linux' || !isAlive(written.pid)) return;
  const path = realpathSync(folder);
  const isAnybodyThere = readdirSync('/proc').some((name) => /^\d+$/.test(name) && worksIn(Number(name), path));
  if (!isAnybodyThere) rmSync(pidFile(folder), { force: true });
}

function pidFile(folder: string): string {
  return join(folder, 'postmaster.pid');
}

function readPidFile(folder: string): ServerProcess | undefined {
  if (!existsSync(pidFile(folder))) return undefined;
  const lines = readFileSync(pidFile(folder), 'utf8').split('\n');
  const pid = Number(lines[0]);
  return Number.isInteger(pid) && pid > 0 ? { pid, port: Number(lines[3]) || 0 } : undefined;
}

// PostgreSQL and all its processes work in the folder of their data. In a container root may not look at that of another
// user's process, and its server is one; then the name must do. Of anybody else the server is their own process.
function worksIn(pid: number, path: string): boolean {
  try {
    return readlinkSync(`/proc/${pid}/cwd`) === path;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EACCES' || process.getuid?.() !== 0) return false;
  }
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim() === 'postgres';
  } catch {
    return false;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
