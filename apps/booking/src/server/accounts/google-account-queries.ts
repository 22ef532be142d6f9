import { type Kysely, sql, type Transaction } from 'kysely';
import type { DB } from '#server/database-types.ts';
import { NO_PASSWORD } from './account.ts';

/** What decides over tying an account to Google. */
export interface GoogleLink {
  googleId: string | null;
  hasPassword: boolean;
  hasPasskey: boolean;
  isProven: boolean;
}

/** Lets what concerns one Google account happen one after the other, to the end of the transaction. */
export async function lockGoogleAccount(trx: Transaction<DB>, sub: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`google ${sub}`}, 0))`.execute(trx);
}

/** Whose account a Google account opens; erasing takes it off. */
export async function findUserOfGoogle(db: Kysely<DB>, sub: string): Promise<number | undefined> {
  const row = await db.selectFrom('users').select('id').where('google_id', '=', sub).executeTakeFirst();
  return row?.id;
}

/** Adds an account that Google opens, proven or not; `undefined` when somebody has the address. */
export async function insertGoogleUser(
  trx: Transaction<DB>,
  { name, email, sub, isProven }: { name: string; email: string; sub: string; isProven: boolean },
): Promise<number | undefined> {
  const { rows } = await sql<{ id: number }>`
    insert into users (name, email, password, google_id, proven_at)
    values (${name}, ${email}, ${NO_PASSWORD}, ${sub}, case when ${isProven}::boolean then clock_timestamp() end)
    on conflict do nothing returning id`.execute(trx);
  return rows[0]?.id;
}

export async function setGoogleId(trx: Transaction<DB>, userId: number, sub: string | null): Promise<void> {
  await trx.updateTable('users').set({ google_id: sub }).where('id', '=', userId).execute();
}

export async function selectGoogleLink(db: Kysely<DB>, userId: number): Promise<GoogleLink | undefined> {
  const { rows } = await sql<GoogleLink>`
    select google_id as "googleId", password <> ${NO_PASSWORD} as "hasPassword", proven_at is not null as "isProven",
      exists (select 1 from passkeys where user_id = users.id) as "hasPasskey"
    from users where id = ${userId} and deleted_at is null`.execute(db);
  return rows[0];
}
