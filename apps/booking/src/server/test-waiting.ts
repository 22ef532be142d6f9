import { sql, type Transaction } from 'kysely';
import type pg from 'pg';
import type { DB } from './database-types.ts';

/**
 * Resolves once somebody waits for what this transaction has locked, or once `work` is done: then nobody will. However
 * long either takes on a busy machine, the transaction goes on at neither an earlier nor a much later moment.
 */
export async function untilWaitedFor(trx: Transaction<DB>, work: Promise<unknown>): Promise<void> {
  let isDone = false;
  const done = () => {
    isDone = true;
  };
  work.then(done, done);
  while (!isDone) {
    const { rows } = await sql`
      select 1 from pg_locks where not granted and pg_backend_pid() = any (pg_blocking_pids(pid)) limit 1`.execute(trx);
    if (rows.length > 0) return;
  }
}

/**
 * Lets a pool that was not used yet wait much longer than in a studio, for a connection, an answer and what is locked:
 * a machine that stands still for a moment is no fault of what is tested.
 */
export function waitPatiently(pool: pg.Pool, lockTimeoutMs = 30_000): void {
  Object.assign(pool.options, {
    connectionTimeoutMillis: 30_000,
    statement_timeout: 30_000,
    lock_timeout: lockTimeoutMs,
    idle_in_transaction_session_timeout: 60_000,
  });
}
