import { type Kysely, sql, type Transaction } from 'kysely';
import type { DB } from '#server/database-types.ts';

export interface KeptPasskey {
  id: number;
  userId: number;
  publicKey: Buffer;
  counter: number;
  /** What its authenticator knows the person by. */
  handle: Buffer | null;
}

/** The passkey that an authenticator calls so; nobody's when the account was erased. */
export async function selectPasskey(db: Kysely<DB>, credentialId: Buffer): Promise<KeptPasskey | undefined> {
  const { rows } = await sql<KeptPasskey>`
    select p.id, p.user_id as "userId", p.public_key as "publicKey", p.counter, u.passkey_handle as handle
    from passkeys p join users u on u.id = p.user_id
    where p.credential_id = ${credentialId} and u.deleted_at is null and u.disabled_at is null`.execute(db);
  return rows[0];
}

/**
 * Notes that a passkey signed. `false` when it is gone, or when its authenticator counts and did not count on: then
 * there are two of it.
 */
export async function notePasskeyUsed(trx: Transaction<DB>, id: number, counter: number): Promise<boolean> {
  const { rows } = await sql`
    update passkeys set counter = ${counter}, last_used_at = clock_timestamp()
    where id = ${id} and (counter < ${counter} or (counter = 0 and ${counter} = 0)) returning 1`.execute(trx);
  return rows.length === 1;
}

/** Uses a challenge up; `false` when it was before. */
export async function takeChallenge(trx: Transaction<DB>, challengeHash: Buffer): Promise<boolean> {
  const { rows } = await sql`
    insert into answered_challenges (challenge_hash) values (${challengeHash})
    on conflict do nothing returning 1`.execute(trx);
  return rows.length === 1;
}

/** Forgets challenges that are too old to be answered again. */
export async function deleteOldChallenges(db: Kysely<DB>): Promise<void> {
  await sql`delete from answered_challenges where answered_at < clock_timestamp() - interval '1 day'`.execute(db);
}

export interface NewPasskey {
  userId: number;
  credentialId: Buffer;
  publicKey: Buffer;
  counter: number;
  name: string;
}

/** `false` when the passkey is known already, whoever's it is; for nobody it is the same statement. */
export async function insertPasskey(
  trx: Transaction<DB>,
  { userId, credentialId, publicKey, counter, name }: Omit<NewPasskey, 'userId'> & { userId: number | null },
): Promise<boolean> {
  const { rows } = await sql`
    insert into passkeys (user_id, credential_id, public_key, counter, name)
      select id, ${credentialId}, ${publicKey}, ${counter}, ${name} from users where id = ${userId}::integer
    on conflict (credential_id) do nothing returning 1`.execute(trx);
  return rows.length === 1;
}

export interface ListedPasskey {
  /** A whole number, too large for some to be one in JavaScript. */
  id: string;
  name: string;
  added_at: Date;
  last_used_at: Date | null;
  credentialId: Buffer;
}

/** A person's passkeys, the newest first. */
export async function selectPasskeysOf(db: Kysely<DB>, userId: number): Promise<ListedPasskey[]> {
  const { rows } = await sql<ListedPasskey>`
    select id::text, name, added_at, last_used_at, credential_id as "credentialId" from passkeys
    where user_id = ${userId} order by passkeys.id desc`.execute(db);
  return rows;
}

export async function selectHandle(db: Kysely<DB>, userId: number): Promise<Buffer | null> {
  const row = await db.selectFrom('users').select('passkey_handle').where('id', '=', userId).executeTakeFirst();
  return row?.passkey_handle ?? null;
}

/** Keeps what a person's authenticators know them by, once and for all of them; for nobody it is the same statement. */
export async function setHandle(trx: Transaction<DB>, userId: number | null, handle: Buffer): Promise<void> {
  await sql`update users set passkey_handle = coalesce(passkey_handle, ${handle}) where id = ${userId}`.execute(trx);
}

/** Answers whether it was this person's. */
export async function updatePasskeyName(
  db: Kysely<DB>,
  { id, userId, name }: { id: string; userId: number; name: string },
): Promise<boolean> {
  const { rows } = await sql`
    update passkeys set name = ${name} where id = ${id} and user_id = ${userId} returning 1`.execute(db);
  return rows.length === 1;
}

/** Answers whether it was this person's. */
export async function deletePasskey(
  trx: Transaction<DB>,
  { id, userId }: { id: string; userId: number },
): Promise<boolean> {
  const { rows } = await sql`delete from passkeys where id = ${id} and user_id = ${userId} returning 1`.execute(trx);
  return rows.length === 1;
}

/** Whether somebody can sign in by a password, by Google or by a passkey. */
export async function selectHasWayIn(trx: Transaction<DB>, userId: number, noPassword: string): Promise<boolean> {
  const { rows } = await sql<{ has: boolean }>`
    select password <> ${noPassword} or google_id is not null
      or exists (select 1 from passkeys where user_id = users.id) as has
    from users where id = ${userId}`.execute(trx);
  return rows[0]?.has ?? false;
}

export async function deletePasskeysOf(trx: Transaction<DB>, userId: number): Promise<void> {
  await trx.deleteFrom('passkeys').where('user_id', '=', userId).execute();
  await trx.updateTable('users').set({ passkey_handle: null }).where('id', '=', userId).execute();
}
