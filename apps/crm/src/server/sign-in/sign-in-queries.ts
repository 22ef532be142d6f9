import { hashToken } from '@samaya/platform/opaque-token.ts';
import { type Kysely, sql, type Transaction } from 'kysely';
import type { DB } from '#server/database-types.ts';
import type { SignedInFacilitator } from './signed-in-facilitator.ts';

/** `page` secrets travel in a cookie, `api` secrets as a bearer; neither is taken for the other. */
export type SignInKind = 'page' | 'api';

/** The database's time: what of a sign-in came first is told by one clock. */
export async function readClock(db: Kysely<DB>): Promise<Date> {
  const { rows } = await sql<{ now: Date }>`select clock_timestamp() as now`.execute(db);
  const [row] = rows;
  if (!row) throw new Error('a clock answered no row');
  return row.now;
}

/**
 * When every sign-in of a person last ended; long ago for whoever never heard of it. Locks that until the transaction
 * ends: whoever ends them all comes before this or finds what it keeps.
 */
export async function lockSignOut(trx: Transaction<DB>, userId: number): Promise<Date | number> {
  const { rows } = await sql<{ ended_at: Date | number }>`
    insert into sign_outs as known (user_id, ended_at) values (${userId}, '-infinity')
    on conflict (user_id) do update set ended_at = known.ended_at returning ended_at`.execute(trx);
  return rows[0]?.ended_at ?? Number.NEGATIVE_INFINITY;
}

export async function noteSignOut(trx: Transaction<DB>, userId: number): Promise<void> {
  await sql`
    insert into sign_outs (user_id, ended_at) values (${userId}, clock_timestamp())
    on conflict (user_id) do update set ended_at = clock_timestamp()`.execute(trx);
}

export async function insertSignIn(
  db: Kysely<DB>,
  row: {
    secretHash: Buffer;
    kind: SignInKind;
    userId: number;
    facilitatorId: number;
    facilitatorName: string;
    hours: number;
  },
): Promise<Date> {
  const { rows } = await sql<{ expires_at: Date }>`
    insert into sign_ins (secret_hash, kind, user_id, facilitator_id, facilitator_name, expires_at)
    values (${row.secretHash}, ${row.kind}, ${row.userId}, ${row.facilitatorId}, ${row.facilitatorName},
            clock_timestamp() + make_interval(hours => ${row.hours}))
    returning expires_at`.execute(db);
  const [made] = rows;
  if (!made) throw new Error('a sign-in was not inserted');
  return made.expires_at;
}

/** Who holds an unexpired secret of this kind. */
export async function findSignIn(
  db: Kysely<DB>,
  secret: string,
  kind: SignInKind,
): Promise<SignedInFacilitator | undefined> {
  const { rows } = await sql<SignedInFacilitator>`
    select id as "signInId", user_id as "userId", facilitator_id as "facilitatorId", facilitator_name as name
    from sign_ins
    where secret_hash = ${hashToken(secret)} and kind = ${kind} and expires_at > clock_timestamp()`.execute(db);
  return rows[0];
}

/** Whether a sign-in still holds; asked again and again by what stays open. */
export async function isSignedIn(db: Kysely<DB>, signInId: number): Promise<boolean> {
  const { rows } = await sql`
    select 1 from sign_ins where id = ${signInId} and expires_at > clock_timestamp()`.execute(db);
  return rows.length === 1;
}

export async function deleteSignIn(db: Kysely<DB>, signInId: number): Promise<void> {
  await db.deleteFrom('sign_ins').where('id', '=', signInId).execute();
}

export async function deleteSignInsOfUser(db: Kysely<DB>, userId: number): Promise<void> {
  await db.deleteFrom('sign_ins').where('user_id', '=', userId).execute();
}

export async function deleteSignInsOfFacilitator(db: Kysely<DB>, facilitatorId: number): Promise<void> {
  await db.deleteFrom('sign_ins').where('facilitator_id', '=', facilitatorId).execute();
}

/** Forgets sign-ins that have ended by themselves. */
export async function deleteExpiredSignIns(db: Kysely<DB>): Promise<void> {
  await sql`delete from sign_ins where expires_at <= clock_timestamp()`.execute(db);
}
