import { type Kysely, sql } from 'kysely';
import type { DB } from '#server/database-types.ts';

/** Notes that a sign-in came back; `false` when it did before, so that of many at once one wins. */
export async function insertGoogleReturn(db: Kysely<DB>, stateHash: Buffer): Promise<boolean> {
  const { numAffectedRows } = await sql`
    insert into google_returns (state_hash) values (${stateHash}) on conflict do nothing`.execute(db);
  return numAffectedRows === 1n;
}

/** Forgets what came back an hour ago or more: by then the browser's cookie has ended. */
export async function deleteOldGoogleReturns(db: Kysely<DB>): Promise<void> {
  await sql`delete from google_returns where returned_at < clock_timestamp() - interval '1 hour'`.execute(db);
}
