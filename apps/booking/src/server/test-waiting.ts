import { sql, type Transaction } from 'kysely';
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
