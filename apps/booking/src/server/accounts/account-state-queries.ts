import { sqlState } from '@samaya/platform/database.ts';
import { type Kysely, sql, type Transaction } from 'kysely';
import type { DB } from '#server/database-types.ts';
import { BookingError } from '#server/errors.ts';
import { NO_PASSWORD } from './account.ts';

const UNIQUE_VIOLATION = '23505';

/** What decides over an account's mailed links, and over whose it is. */
export interface AccountState {
  id: number;
  name: string;
  email: string;
  passwordHash: string;
  googleId: string | null;
  /** By Google or a passkey. */
  hasOtherWayIn: boolean;
  isProven: boolean;
  proveAskedAt: Date | null;
  resetAskedAt: Date | null;
  /** The address they want instead, until they confirm it. */
  newEmail: string | null;
  newEmailAskedAt: Date | null;
}

const COLUMNS = sql`
  id, name, email, password as "passwordHash", google_id as "googleId", proven_at is not null as "isProven",
  google_id is not null or exists (select 1 from passkeys where user_id = users.id) as "hasOtherWayIn",
  prove_asked_at as "proveAskedAt", reset_asked_at as "resetAskedAt",
  new_email as "newEmail", new_email_asked_at as "newEmailAskedAt"`;

const IS_OPEN = sql<boolean>`deleted_at is null and disabled_at is null`;

/** Nobody when the account was erased or disabled. */
export async function selectAccountState(db: Kysely<DB>, userId: number): Promise<AccountState | undefined> {
  const { rows } = await sql<AccountState>`
    select ${COLUMNS} from users where id = ${userId} and ${IS_OPEN}`.execute(db);
  return rows[0];
}

/** The same, locked: whoever changes the account meanwhile was before this or comes after it. */
export async function lockAccountState(trx: Transaction<DB>, userId: number): Promise<AccountState | undefined> {
  const { rows } = await sql<AccountState>`
    select ${COLUMNS} from users where id = ${userId} and ${IS_OPEN} for no key update`.execute(trx);
  return rows[0];
}

/** The same for who only books, as the guest of a disabled account may: it opens nothing. */
export async function lockAccountOfGuest(trx: Transaction<DB>, userId: number): Promise<AccountState | undefined> {
  const { rows } = await sql<AccountState>`
    select ${COLUMNS} from users where id = ${userId} and deleted_at is null for no key update`.execute(trx);
  return rows[0];
}

/** Whose address this is, locked. */
export async function lockAccountAt(trx: Transaction<DB>, email: string): Promise<AccountState | undefined> {
  const { rows } = await sql<AccountState>`
    select ${COLUMNS} from users where lower(email) = ${email} and ${IS_OPEN} for no key update`.execute(trx);
  return rows[0];
}

/** Makes the next link of this kind the only one that opens; for nobody it is the same statement. */
export async function noteLinkAsked(
  trx: Transaction<DB>,
  userId: number | null,
  link: 'prove' | 'reset',
): Promise<void> {
  const asked = sql<Date>`clock_timestamp()`;
  await trx
    .updateTable('users')
    .set(link === 'prove' ? { prove_asked_at: asked } : { reset_asked_at: asked })
    .where('id', '=', userId)
    .execute();
}

export async function markProven(trx: Transaction<DB>, userId: number): Promise<void> {
  await trx.updateTable('users').set({ proven_at: sql<Date>`clock_timestamp()` }).where('id', '=', userId).execute();
}

/**
 * Gives an account the password of whoever opened its mailbox, and proves the address. Where it was not proven before,
 * a Google sign-in that somebody tied to it goes.
 */
export async function giveAccount(trx: Transaction<DB>, userId: number, passwordHash: string): Promise<void> {
  await sql`
    update users set password = ${passwordHash}, reset_asked_at = null,
      google_id = case when proven_at is null then null else google_id end,
      proven_at = coalesce(proven_at, clock_timestamp())
    where id = ${userId}`.execute(trx);
}

/** Gives an account another password, and ends the links by which one could be chosen. */
export async function updatePassword(trx: Transaction<DB>, userId: number, passwordHash: string): Promise<void> {
  await trx
    .updateTable('users')
    .set({ password: passwordHash, reset_asked_at: null })
    .where('id', '=', userId)
    .execute();
}

/** Notes which address a person wants, and makes the next link for it the only one that opens. */
export async function noteNewEmail(trx: Transaction<DB>, userId: number, newEmail: string): Promise<void> {
  await trx
    .updateTable('users')
    .set({ new_email: newEmail, new_email_asked_at: sql<Date>`clock_timestamp()` })
    .where('id', '=', userId)
    .execute();
}

/** Gives an account an address whose mailbox was opened, and ends every link to the old one; `email-taken`. */
export async function updateEmail(trx: Transaction<DB>, userId: number, email: string): Promise<void> {
  await trx
    .updateTable('users')
    .set({ email, proven_at: sql<Date>`clock_timestamp()`, prove_asked_at: null, reset_asked_at: null })
    .where('id', '=', userId)
    .execute()
    .catch((error: unknown) => {
      if (sqlState(error) !== UNIQUE_VIOLATION) throw error;
      throw new BookingError('email-taken', 'There is an account or a booking with this address by now.');
    });
}

/** Takes password and Google sign-in off an account. */
export async function closeAccount(trx: Transaction<DB>, userId: number): Promise<void> {
  await trx.updateTable('users').set({ password: NO_PASSWORD, google_id: null }).where('id', '=', userId).execute();
}

/** Deletes guests who were left without any booking a day or more ago; answers how many. */
export async function deleteIdleGuests(db: Kysely<DB>): Promise<number> {
  const { numAffectedRows } = await sql`
    delete from users u
    where u.password = ${NO_PASSWORD} and u.proven_at is null and u.deleted_at is null
      and greatest(u.created_at, u.reset_asked_at) < clock_timestamp() - interval '1 day'
      and u.google_id is null and not exists (select 1 from passkeys p where p.user_id = u.id)
      and not exists (select 1 from bookings b where b.user_id = u.id)`.execute(db);
  return Number(numAffectedRows ?? 0);
}
