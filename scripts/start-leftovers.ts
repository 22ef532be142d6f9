import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const ROOT = resolve(import.meta.dirname, '..');
const PATIENCE_MS = 15_000;

/** The children of a launcher, written down so that the next one knows them when this one is killed. */
export interface Children {
  remember(name: string, pid: number | undefined): void;
  /** All have ended. */
  forget(): void;
}

/** Keeps the list of children in DATA_DIR. */
export function rememberChildren(dataDir: string): Children {
  const pids: Record<string, number | undefined> = {};
  return {
    remember(name, pid) {
      pids[name] = pid;
      writeFileSync(listFile(dataDir), JSON.stringify(pids));
    },
    forget: () => rmSync(listFile(dataDir), { force: true }),
  };
}

/**
 * Waits until the children of a killed launcher have ended. They notice that it is gone and finish their requests; one
 * that does not end is killed.
 */
export async function endLeftovers(dataDir: string, write: (text: string) => void): Promise<void> {
  const left = readList(dataDir).filter(([name, pid]) => isApplication(name, pid));
  if (left.length === 0) return;
  write('The last start was killed; waiting for what it left running …\n');
  const deadline = Date.now() + PATIENCE_MS;
  while (left.some(([name, pid]) => isApplication(name, pid))) {
    if (Date.now() > deadline) for (const [name, pid] of left) if (isApplication(name, pid)) kill(pid);
    await sleep(50);
  }
}

function listFile(dataDir: string): string {
  return join(dataDir, 'children.json');
}

function readList(dataDir: string): [string, number][] {
  if (!existsSync(listFile(dataDir))) return [];
  try {
    return Object.entries(JSON.parse(readFileSync(listFile(dataDir), 'utf8')) as Record<string, number>);
  } catch {
    // The launcher was killed while it wrote.
    return [];
  }
}

// The number may be somebody else's by now: only a process that runs our file counts.
function isApplication(name: string, pid: number): boolean {
  try {
    process.kill(pid, 0);
    if (process.platform !== 'linux') return true;
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(join(ROOT, 'apps', name, 'src/main.ts'));
  } catch {
    return false;
  }
}

function kill(pid: number) {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has just ended.
  }
}
