import { type Kysely, sql } from 'kysely';
import type { DB } from '#server/database-types.ts';
import type { Scope } from './access-token.ts';

export interface ListedToken {
  /** A whole number, too large for some to be one in JavaScript. */
  id: string;
  name: string;
  scopes: Scope[];
  created_at: Date;
  /** Noted once an hour at most; `null` before the first time. */
  usedAt: Date | null;
  expires_at: Date;
}

/** The tokens of a person that hold, the newest first. */
export async function selectTokensOf(db: Kysely<DB>, userId: number): Promise<ListedToken[]> {
  const { rows } = await sql<ListedToken>`
    select id, name, scopes, created_at, nullif(last_seen_at, created_at) as "usedAt", expires_at from sign_ins
    where user_id = ${userId} and name is not null and expires_at > clock_timestamp()
    order by id desc`.execute(db);
  return rows;
}

export interface NewToken {
  userId: number;
  /** The hash the given password was checked against. */
  checkedHash: string;
  name: string;
  scopes: readonly Scope[];
  secretHash: Buffer;
  days: number;
  /** Tokens this person may have, with this one. */
  most: number;
}

/**
 * Keeps a token, as `insertSignIn` keeps a sign-in: not for an account that was erased or disabled, or has
 * another password by now.
 * The account is locked, so that of two at once the second counts the first.
 */
export async function insertToken(
  db: Kysely<DB>,
  { userId, checkedHash, name, scopes, secretHash, days, most }: NewToken,
): Promise<'kept' | 'too many' | 'gone'> {
  return await db.transaction().execute(async (trx) => {
    const account = await trx
      .selectFrom('users')
      .select('id')
      .where('id', '=', userId)
      .where('password', '=', checkedHash)
      .where('deleted_at', 'is', null)
      .where('disabled_at', 'is', null)
      .forUpdate()
      .executeTakeFirst();
    if (!account) return 'gone';
    if ((await selectTokensOf(trx, userId)).length >= most) return 'too many';
    await sql`
      insert into sign_ins (secret_hash, kind, user_id, name, scopes, created_at, last_seen_at, expires_at)
      select ${secretHash}, 'api', ${userId}, ${name}, ${scopes}, at, at, at + make_interval(days => ${days})
      from clock_timestamp() at`.execute(trx);
    return 'kept';
  });
}
