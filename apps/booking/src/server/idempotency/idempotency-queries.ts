import { type Kysely, sql, type Transaction } from 'kysely';
import type { DB } from '#server/database-types.ts';

export interface KeyOfOwner {
  owner: string;
  key: string;
}

export interface StoredAnswer {
  fingerprint: string;
  status: number | null;
  body: string | null;
}

/**
 * Takes a key for this transaction; `false` when an answer of the last 24 hours has it. Waits for another
 * transaction that is about to take the same key, up to the connection's lock timeout.
 */
export async function claimKey(
  trx: Transaction<DB>,
  { owner, key }: KeyOfOwner,
  fingerprint: string,
): Promise<boolean> {
  const { rows } = await sql`
    insert into idempotency_keys as known (owner, key, fingerprint) values (${owner}, ${key}, ${fingerprint})
    on conflict (owner, key) do update
      set fingerprint = excluded.fingerprint, status = null, body = null, created_at = excluded.created_at
      where known.created_at < clock_timestamp() - interval '24 hours'
    returning 1`.execute(trx);
  return rows.length === 1;
}

export async function storeAnswer(
  trx: Transaction<DB>,
  { owner, key }: KeyOfOwner,
  answer: { status: number; body: string },
): Promise<void> {
  await trx.updateTable('idempotency_keys').set(answer).where('owner', '=', owner).where('key', '=', key).execute();
}

export async function findAnswer(db: Kysely<DB>, { owner, key }: KeyOfOwner): Promise<StoredAnswer | undefined> {
  return await db
    .selectFrom('idempotency_keys')
    .select(['fingerprint', 'status', 'body'])
    .where('owner', '=', owner)
    .where('key', '=', key)
    .where(sql<boolean>`created_at >= clock_timestamp() - interval '24 hours'`)
    .executeTakeFirst();
}

/** Forgets answers older than a day; answers how many. */
export async function forgetOldAnswers(db: Kysely<DB>): Promise<number> {
  const { numAffectedRows } = await sql`
    delete from idempotency_keys where created_at < clock_timestamp() - interval '24 hours'`.execute(db);
  return Number(numAffectedRows ?? 0);
}

export async function deleteAnswersOf(db: Kysely<DB>, owners: readonly string[]): Promise<void> {
  await db.deleteFrom('idempotency_keys').where('owner', 'in', owners).execute();
}
