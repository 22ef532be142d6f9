import { type Kysely, sql, type Transaction } from 'kysely';
import type { DB } from '#server/database-types.ts';
import { erasedAs, NO_PASSWORD } from './account.ts';

export interface NewUser {
  name: string;
  email: string;
  passwordHash: string;
}

export interface User {
  id: number;
  name: string;
  email: string;
  created_at: Date;
}

/** Adds an account whose address nobody has confirmed yet; `undefined` when somebody has the address. */
export async function insertUser(db: Kysely<DB>, { name, email, passwordHash }: NewUser): Promise<User | undefined> {
  return await db
    .insertInto('users')
    .values({ name, email, password: passwordHash })
    .onConflict((conflict) => conflict.doNothing())
    .returning(['id', 'name', 'email', 'created_at'])
    .executeTakeFirst();
}

/** The account at an address, in canonical form; one that was erased is nobody's. */
export async function findUserAt(db: Kysely<DB>, email: string): Promise<number | undefined> {
  const row = await db
    .selectFrom('users')
    .select('id')
    .where(sql<string>`lower(email)`, '=', email)
    .where('deleted_at', 'is', null)
    .executeTakeFirst();
  return row?.id;
}

/** Adds an account whose address counts as confirmed; `undefined` when somebody has the address. */
export async function insertProvenUser(
  trx: Transaction<DB>,
  { name, email, passwordHash, isAdmin }: NewUser & { isAdmin: boolean },
): Promise<number | undefined> {
  const row = await trx
    .insertInto('users')
    .values({
      name,
      email,
      password: passwordHash,
      is_admin: isAdmin,
      proven_at: sql<Date>`clock_timestamp()`,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning('id')
    .executeTakeFirst();
  return row?.id;
}

/** Hands an account that nobody proved to the person vouched for; `undefined` when there is none at this address. */
export async function handOverUnprovenUser(
  trx: Transaction<DB>,
  { name, email, passwordHash, isAdmin }: NewUser & { isAdmin: boolean },
): Promise<number | undefined> {
  const row = await trx
    .updateTable('users')
    .set({
      name,
      password: passwordHash,
      google_id: null,
      is_admin: isAdmin,
      proven_at: sql<Date>`clock_timestamp()`,
    })
    .where(sql<string>`lower(email)`, '=', email)
    .where('proven_at', 'is', null)
    .where('deleted_at', 'is', null)
    .where('disabled_at', 'is', null)
    .returning('id')
    .executeTakeFirst();
  return row?.id;
}

export async function updateName(db: Kysely<DB>, userId: number, name: string): Promise<void> {
  await db.updateTable('users').set({ name }).where('id', '=', userId).where('deleted_at', 'is', null).execute();
}

/**
 * Takes the person out of an account's row and answers the address it had; `undefined` when that was done before.
 * Locks the row, so that a booking or a sign-in of this person waits and then finds nobody.
 */
export async function anonymiseUser(trx: Transaction<DB>, userId: number): Promise<string | undefined> {
  const found = await trx
    .selectFrom('users')
    .select('email')
    .where('id', '=', userId)
    .where('deleted_at', 'is', null)
    .forUpdate()
    .executeTakeFirst();
  if (!found) return undefined;
  await trx
    .updateTable('users')
    .set({
      ...erasedAs(userId),
      password: NO_PASSWORD,
      google_id: null,
      proven_at: null,
      is_admin: false,
      two_step_secret: null,
      two_step_since: null,
      two_step_last: null,
      deleted_at: sql<Date>`clock_timestamp()`,
    })
    .where('id', '=', userId)
    .execute();
  await trx.deleteFrom('recovery_codes').where('user_id', '=', userId).execute();
  return found.email;
}
