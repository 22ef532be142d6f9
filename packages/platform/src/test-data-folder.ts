import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { findServer } from './embedded-postgres-process.ts';

/**
 * A folder to be a DATA_DIR, removed when the test file (or the running test) ends: the built-in PostgreSQL in it is
 * killed, and its data, which root keeps elsewhere, goes too.
 */
export function createDataFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'samaya-test-'));
  after(() => removeDataFolder(folder));
  return folder;
}

async function removeDataFolder(folder: string) {
  const pointer = join(folder, 'postgresql', 'location');
  const location = existsSync(pointer) ? readFileSync(pointer, 'utf8') : join(folder, 'postgresql');
  const cluster = join(location, 'cluster');
  // The file of one that was killed is left, and its number may be another process's by now.
  const server = existsSync(cluster) ? findServer(cluster) : undefined;
  if (server) await end(server.pid);
  for (const each of [location, folder])
    rmSync(each, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
}

async function end(pid: number) {
  const deadline = Date.now() + 10_000;
  try {
    process.kill(pid, 'SIGQUIT');
    while (Date.now() < deadline) {
      process.kill(pid, 0);
      await sleep(20);
    }
  } catch {
    // It is gone.
  }
}
