import { type Kysely, sql } from 'kysely';
import type { DB } from '#server/database-types.ts';
import type { SignInKind } from './identity-queries.ts';
import { holds } from './lifetime-queries.ts';

/** Who has this address, and the hash of their password; nobody when the account was erased or disabled. */
export async function findPasswordOf(
  db: Kysely<DB>,
  email: string,
): Promise<{ id: number; password: string } | undefined> {
  return await db
    .selectFrom('users')
    .select(['id', 'password'])
    .where(sql<string>`lower(email)`, '=', email)
    .where('deleted_at', 'is', null)
    .where('disabled_at', 'is', null)
    .executeTakeFirst();
}

/** Keeps another hash of the same password; answers whether the old one was still there. */
export async function replaceHash(
  db: Kysely<DB>,
  { userId, from, to }: { userId: number; from: string; to: string },
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('users')
    .set({ password: to })
    .where('id', '=', userId)
    .where('password', '=', from)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

export interface NewSignIn {
  userId: number;
  /** The hash the given password was checked against. */
  checkedHash: string;
  /** Whether a code was shown too, or something that needs none. */
  isSecondStepDone: boolean;
  kind: SignInKind;
  /** What signed in, in words. */
  agent: string | undefined;
  secretHash: Buffer;
  expiresAt: Date;
}

/**
 * Keeps a sign-in, unless the account was erased, disabled or got another password since it was checked, or asks for a
 * second step that was not done. The share lock makes this wait for whoever is erasing or changing it, and makes them see
 * this sign-in when they end all of them.
 */
export async function insertSignIn(db: Kysely<DB>, signIn: NewSignIn): Promise<boolean> {
  const { rows } = await sql`
    insert into sign_ins (secret_hash, kind, user_id, expires_at, agent)
      select ${signIn.secretHash}, ${signIn.kind}, u.id, ${signIn.expiresAt}, ${signIn.agent ?? null} from users u
      where u.id = ${signIn.userId} and u.password = ${signIn.checkedHash}
        and u.deleted_at is null and u.disabled_at is null
        and (${signIn.isSecondStepDone} or u.two_step_secret is null)
      for share of u
    returning 1`.execute(db);
  return rows.length === 1;
}

export async function noteSignInSeen(db: Kysely<DB>, id: number): Promise<void> {
  await sql`update sign_ins set last_seen_at = clock_timestamp() where id = ${id}`.execute(db);
}

export async function deleteSignIn(db: Kysely<DB>, id: number): Promise<void> {
  await db.deleteFrom('sign_ins').where('id', '=', id).execute();
}

export interface ListedSignIn {
  /** A whole number, too large for some to be one in JavaScript. */
  id: string;
  kind: SignInKind;
  agent: string | null;
  created_at: Date;
  /** Noted once an hour at most. */
  last_seen_at: Date;
  isThisOne: boolean;
}

/** The sign-ins of a person that hold: the one that asks, then those used last. */
export async function selectSignInsOf(
  db: Kysely<DB>,
  { userId, signInId, isOrganiser }: { userId: number; signInId: number; isOrganiser: boolean },
): Promise<ListedSignIn[]> {
  const { rows } = await sql<ListedSignIn>`
    select id, kind, agent, created_at, last_seen_at, id = ${signInId} as "isThisOne" from sign_ins s
    where user_id = ${userId} and s.name is null and ${holds(sql`${isOrganiser}::boolean`)}
    order by "isThisOne" desc, last_seen_at desc, id desc`.execute(db);
  return rows;
}

/** Ends a sign-in if it is this person's; answers whether it was. */
export async function deleteOwnSignIn(
  db: Kysely<DB>,
  { id, userId }: { id: string; userId: number },
): Promise<boolean> {
  const { numAffectedRows } = await sql`delete from sign_ins where id = ${id} and user_id = ${userId}`.execute(db);
  return Number(numAffectedRows) === 1;
}

export async function deleteOtherSignIns(
  db: Kysely<DB>,
  { userId, signInId }: { userId: number; signInId: number },
): Promise<void> {
  await db.deleteFrom('sign_ins').where('user_id', '=', userId).where('id', '<>', signInId).execute();
}

/** When this sign-in was made. */
export async function selectSignedInAt(db: Kysely<DB>, id: number): Promise<Date | undefined> {
  const row = await db.selectFrom('sign_ins').select('created_at').where('id', '=', id).executeTakeFirst();
  return row?.created_at;
}

/** Whether a sign-in of this person is still there. */
export async function selectHoldsSignIn(
  db: Kysely<DB>,
  { id, userId }: { id: number; userId: number },
): Promise<boolean> {
  const { rows } = await sql`
    select 1 from sign_ins where id = ${id} and user_id = ${userId} and expires_at > clock_timestamp()`.execute(db);
  return rows.length === 1;
}

export async function deleteSignInsOf(db: Kysely<DB>, userId: number): Promise<void> {
  await db.deleteFrom('sign_ins').where('user_id', '=', userId).execute();
}

/** Deletes sign-ins that hold for nobody any more; answers how many. */
export async function deleteExpiredSignIns(db: Kysely<DB>): Promise<number> {
  const { numAffectedRows } = await sql`delete from sign_ins s where not (${holds(sql`false`)})`.execute(db);
  return Number(numAffectedRows ?? 0);
}

/** Ids of the sign-ins that ended within the last two minutes. */
export async function findEndedSignIns(db: Kysely<DB>): Promise<number[]> {
  const { rows } = await sql<{ id: number }>`
    select sign_in_id as id from ended_sign_ins where ended_at > clock_timestamp() - interval '2 minutes'`.execute(db);
  return rows.map(({ id }) => id);
}

/** Forgets which sign-ins ended long ago. */
export async function deleteOldEnds(db: Kysely<DB>): Promise<void> {
  await sql`delete from ended_sign_ins where ended_at < clock_timestamp() - interval '1 hour'`.execute(db);
}
