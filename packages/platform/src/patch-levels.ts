import type pg from 'pg';
import type { Log } from './log.ts';

// Versions below have known holes: Node's request crashes of March 2026 are closed in all of 26; PostgreSQL's minor
// releases of May 2026 closed eleven.
const NODE_FLOOR = '26.0.0';
const POSTGRES_FLOORS: Readonly<Record<number, number>> = { 15: 18, 16: 14, 17: 10, 18: 4 };

/** The oldest Node that is well, when this one is older. */
export function findNodeFloor(version: string): string | undefined {
  const wanted = NODE_FLOOR.split('.').map(Number);
  const given = version.split('.').map(Number);
  const at = wanted.findIndex((part, index) => part !== given[index]);
  return at === -1 || (given[at] ?? 0) > (wanted[at] ?? 0) ? undefined : NODE_FLOOR;
}

/** `18.4` for 180004, as PostgreSQL says it. */
export function nameOfPostgres(number: number): string {
  return `${Math.floor(number / 10_000)}.${number % 10_000}`;
}

/** The oldest PostgreSQL of this major version that is well, when this one is older. */
export function findPostgresFloor(number: number): string | undefined {
  const oldest = Math.min(...Object.keys(POSTGRES_FLOORS).map(Number));
  const major = Math.max(oldest, Math.floor(number / 10_000));
  const floor = POSTGRES_FLOORS[major];
  return floor === undefined || number >= major * 10_000 + floor ? undefined : `${major}.${floor}`;
}

/** SUP-10: a line in the log of whoever starts on a Node or a PostgreSQL with known holes. */
export async function warnOfOldEngines(
  { pool, log }: { pool: pg.Pool; log: Log },
  nodeVersion = process.versions.node,
): Promise<void> {
  const nodeFloor = findNodeFloor(nodeVersion);
  if (nodeFloor) log.warn(`Node ${nodeVersion} is older than ${nodeFloor} and has known holes; upgrade it`);
  const { rows } = await pool.query<{ number: number }>(
    "select current_setting('server_version_num')::integer as number",
  );
  const number = rows[0]?.number ?? 0;
  const floor = findPostgresFloor(number);
  if (floor) {
    log.warn(`PostgreSQL ${nameOfPostgres(number)} is older than ${floor} and has known holes; upgrade it`);
  }
}
