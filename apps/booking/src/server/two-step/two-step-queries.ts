import { type Kysely, sql, type Transaction } from 'kysely';
import type { DB } from '#server/database-types.ts';

export interface KeptTwoStep {
  /** Sealed. */
  secret: string;
  since: Date;
  /** Recovery codes that were not used. */
  codesLeft: number;
}

/** Two-step sign-in of a person; `undefined` while it is off. */
export async function selectTwoStep(db: Kysely<DB>, userId: number): Promise<KeptTwoStep | undefined> {
  const { rows } = await sql<KeptTwoStep>`
    select two_step_secret as secret, two_step_since as since,
      (select count(*)::integer from recovery_codes where user_id = users.id and used_at is null) as "codesLeft"
    from users where id = ${userId} and two_step_secret is not null
      and deleted_at is null and disabled_at is null`.execute(db);
  return rows[0];
}

/**
 * Notes that the code of a half minute was taken, once: of several who send it at the same moment one is told `true`.
 * `seen` is the secret it was compared with, `secret` what is kept from now on.
 */
export async function takeStep(
  db: Kysely<DB>,
  { userId, step, seen, secret }: { userId: number; step: number; seen: string; secret: string },
): Promise<boolean> {
  const { rows } = await sql`
    update users set two_step_last = ${step}, two_step_secret = ${secret}
    where id = ${userId} and two_step_secret = ${seen} and two_step_last < ${step} returning 1`.execute(db);
  return rows.length === 1;
}

/** Uses up a recovery code; `false` when it is none of theirs, or was used. */
export async function takeRecoveryCode(db: Kysely<DB>, userId: number, codeHash: Buffer): Promise<boolean> {
  const { rows } = await sql`
    update recovery_codes set used_at = clock_timestamp()
    where user_id = ${userId} and code_hash = ${codeHash} and used_at is null returning 1`.execute(db);
  return rows.length === 1;
}

/** Keeps the secret of an app; the code that showed it, of `step`, is used up. */
export async function setTwoStep(
  trx: Transaction<DB>,
  { userId, secret, step, now }: { userId: number; secret: string; step: number; now: Date },
): Promise<void> {
  await trx
    .updateTable('users')
    .set({ two_step_secret: secret, two_step_since: now, two_step_last: step })
    .where('id', '=', userId)
    .execute();
}

export async function insertRecoveryCodes(trx: Transaction<DB>, userId: number, hashes: Buffer[]): Promise<void> {
  await deleteRecoveryCodes(trx, userId);
  await trx
    .insertInto('recovery_codes')
    .values(hashes.map((code_hash) => ({ user_id: userId, code_hash })))
    .execute();
}

/** Answers whether it was on. */
export async function clearTwoStep(trx: Transaction<DB>, userId: number): Promise<boolean> {
  const { numUpdatedRows } = await trx
    .updateTable('users')
    .set({ two_step_secret: null, two_step_since: null, two_step_last: null })
    .where('id', '=', userId)
    .where('two_step_secret', 'is not', null)
    .executeTakeFirst();
  await deleteRecoveryCodes(trx, userId);
  return numUpdatedRows > 0n;
}

async function deleteRecoveryCodes(trx: Transaction<DB>, userId: number): Promise<void> {
  await trx.deleteFrom('recovery_codes').where('user_id', '=', userId).execute();
}
