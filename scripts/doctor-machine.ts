import { existsSync, readFileSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { type Finding, ok, wrong } from './doctor-finding.ts';

const NODE_FLOOR = '26.0.0';
// The minor releases of May 2026, which closed eleven holes.
const POSTGRES_FLOORS: Readonly<Record<number, number>> = { 15: 18, 16: 14, 17: 10, 18: 4 };
const LEAST_FREE_BYTES = 500 * 1024 * 1024;

export function checkNode(version: string): Finding {
  if (isAtLeast(version, NODE_FLOOR)) return ok(`Node ${version}`);
  return wrong(
    `Node ${version} is older than ${NODE_FLOOR}`,
    'use the one that comes with the packages, node_modules/.bin/node',
  );
}

function isAtLeast(version: string, floor: string): boolean {
  const wanted = floor.split('.').map(Number);
  const given = version.split('.').map(Number);
  const at = wanted.findIndex((part, index) => part !== given[index]);
  return at === -1 || (given[at] ?? 0) > (wanted[at] ?? 0);
}

/** `number` as PostgreSQL says it: 180004 for 18.4. */
export function checkPostgresVersion(app: string, number: number): Finding {
  const [major, minor] = [Math.floor(number / 10_000), number % 10_000];
  const oldest = Math.min(...Object.keys(POSTGRES_FLOORS).map(Number));
  const floor =
    major < oldest ? { major: oldest, minor: POSTGRES_FLOORS[oldest] } : { major, minor: POSTGRES_FLOORS[major] };
  const text = `PostgreSQL ${major}.${minor} under ${app}`;
  if (major >= oldest && minor >= (floor.minor ?? 0)) return ok(text);
  return wrong(`${text} is older than ${floor.major}.${floor.minor}`, 'upgrade it; versions below have known holes');
}

/** Whether there is room where the data is. As root the built-in PostgreSQL keeps its data elsewhere. */
export async function checkDisk(dataDir: string, measure = statfs): Promise<Finding[]> {
  const pointer = join(dataDir, 'postgresql', 'location');
  const folders = existsSync(pointer) ? [dataDir, readFileSync(pointer, 'utf8')] : [dataDir];
  return await Promise.all(
    folders.map(async (folder) => {
      const { bavail, bsize } = await measure(folder);
      const megabytes = Math.floor((bavail * bsize) / 1024 / 1024);
      const text = `${megabytes} MB are free for ${folder}`;
      if (bavail * bsize >= LEAST_FREE_BYTES) return ok(text);
      return wrong(`only ${text}`, 'make room on that disk before PostgreSQL has to stop');
    }),
  );
}
