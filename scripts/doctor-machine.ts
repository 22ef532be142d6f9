import { existsSync, readFileSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { findNodeFloor, findPostgresFloor, nameOfPostgres } from '@samaya/platform/patch-levels.ts';
import { type Finding, ok, wrong } from './doctor-finding.ts';

const LEAST_FREE_BYTES = 500 * 1024 * 1024;

export function checkNode(version: string): Finding {
  const floor = findNodeFloor(version);
  if (!floor) return ok(`Node ${version}`);
  return wrong(
    `Node ${version} is older than ${floor}`,
    'use the one that comes with the packages, node_modules/.bin/node',
  );
}

/** `number` as PostgreSQL says it: 180004 for 18.4. */
export function checkPostgresVersion(app: string, number: number): Finding {
  const text = `PostgreSQL ${nameOfPostgres(number)} under ${app}`;
  const floor = findPostgresFloor(number);
  if (!floor) return ok(text);
  return wrong(`${text} is older than ${floor}`, 'upgrade it; versions below have known holes');
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
