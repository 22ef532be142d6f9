import type pg from 'pg';
import { isMigrated } from './migrate.ts';

/** Why a database cannot serve requests now: away, read-only or not migrated. Empty when it can. */
export async function findDatabaseFaults(pool: pg.Pool, migrationsFolder: string): Promise<string[]> {
  try {
    const { rows } = await pool.query<{ read_only: boolean }>(
      "select pg_is_in_recovery() or current_setting('transaction_read_only') = 'on' as read_only",
    );
    if (rows[0]?.read_only) return ['the database is read-only'];
    return (await isMigrated(pool, migrationsFolder)) ? [] : ['the database is not migrated'];
  } catch {
    return ['the database does not answer'];
  }
}
