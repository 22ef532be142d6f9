import { type Kysely, sql } from 'kysely';
import { z } from 'zod';
import type { DB } from '#server/database-types.ts';

/** What the provider stores; its shape is the provider's business. */
export type OidcPayload = Record<string, unknown>;

export interface OidcKey {
  /** The provider's name of the kind of record, e.g. `AuthorizationCode`. */
  model: string;
  id: string;
}

/**
 * Keeps a record, or replaces the one with the same key. Without `expiresInSeconds` it stays until deleted. What is
 * about a person who is erased or disabled is not kept; the share lock waits for whoever is doing that.
 */
export async function saveOidcRecord(
  db: Kysely<DB>,
  { model, id }: OidcKey,
  payload: OidcPayload,
  expiresInSeconds: number | undefined,
): Promise<void> {
  const { grantId = null, userCode = null, uid = null } = payload;
  const userId = userOf(payload);
  await sql`
    with person as (select id from users where id = ${userId}::integer and deleted_at is null and disabled_at is null for share)
    insert into oidc_records (model, id, payload, grant_id, user_code, uid, user_id, expires_at)
    select ${model}, ${id}, ${JSON.stringify(payload)}::jsonb, ${grantId}::text, ${userCode}::text, ${uid}::text,
           ${userId}::integer, clock_timestamp() + make_interval(secs => ${expiresInSeconds ?? null})
    where ${userId}::integer is null or exists (select from person)
    on conflict (model, id) do update
    set payload = excluded.payload, grant_id = excluded.grant_id, user_code = excluded.user_code,
        uid = excluded.uid, user_id = excluded.user_id, expires_at = excluded.expires_at`.execute(db);
}

export async function findOidcRecord(db: Kysely<DB>, { model, id }: OidcKey): Promise<OidcPayload | undefined> {
  return await findRecord(db, sql`model = ${model} and id = ${id}`);
}

export async function findOidcRecordByUid(db: Kysely<DB>, model: string, uid: string) {
  return await findRecord(db, sql`model = ${model} and uid = ${uid}`);
}

export async function findOidcRecordByUserCode(db: Kysely<DB>, model: string, userCode: string) {
  return await findRecord(db, sql`model = ${model} and user_code = ${userCode}`);
}

/** Marks a record as used; `false` when it was used before or is gone, so that of two at once one wins. */
export async function consumeOidcRecord(db: Kysely<DB>, { model, id }: OidcKey): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update oidc_records set consumed_at = clock_timestamp()
    where model = ${model} and id = ${id} and consumed_at is null`.execute(db);
  return numAffectedRows === 1n;
}

export async function deleteOidcRecord(db: Kysely<DB>, { model, id }: OidcKey): Promise<void> {
  await sql`delete from oidc_records where model = ${model} and id = ${id}`.execute(db);
}

/** Deletes everything that was issued under a grant. */
export async function deleteOidcGrant(db: Kysely<DB>, model: string, grantId: string): Promise<void> {
  await sql`delete from oidc_records where model = ${model} and grant_id = ${grantId}`.execute(db);
}

/** Deletes everything about a person. */
export async function deleteOidcRecordsOf(db: Kysely<DB>, userId: number): Promise<void> {
  await sql`delete from oidc_records where user_id = ${userId}`.execute(db);
}

/** Deletes what has expired, a bounded number at a time. */
export async function deleteExpiredOidcRecords(db: Kysely<DB>, most = 1000): Promise<void> {
  await sql`
    delete from oidc_records where (model, id) in (
      select model, id from oidc_records where expires_at < clock_timestamp() limit ${most} for update skip locked)`.execute(
    db,
  );
}

/** What another application is told about a person; see `oidc-provider.ts`. */
export interface PersonClaims {
  sub: string;
  name: string;
  email: string;
  email_verified: boolean;
  facilitator_id: number | null;
  facilitator_name: string | null;
}

/** The claims about a person as the data stands now; `undefined` when there is no such person (any more). */
export async function findPersonClaims(db: Kysely<DB>, userId: number): Promise<PersonClaims | undefined> {
  const { rows } = await sql<PersonClaims>`
    select u.id::text as sub, u.name, u.email, u.proven_at is not null as email_verified,
           f.id as facilitator_id, f.name as facilitator_name
    from users u
    left join facilitators f on u.proven_at is not null and lower(f.email) = lower(u.email)
    where u.id = ${userId} and u.deleted_at is null and u.disabled_at is null`.execute(db);
  return rows[0];
}

async function findRecord(db: Kysely<DB>, condition: ReturnType<typeof sql>): Promise<OidcPayload | undefined> {
  const { rows } = await sql<{ payload: OidcPayload; consumed: number | null }>`
    select payload, extract(epoch from consumed_at)::integer as consumed from oidc_records
    where ${condition} and (expires_at is null or expires_at > clock_timestamp())`.execute(db);
  const [found] = rows;
  if (!found) return undefined;
  return found.consumed === null ? found.payload : { ...found.payload, consumed: found.consumed };
}

const aboutSomebody = z.object({
  accountId: z.string().optional(),
  // A sign-in on its way: who just signed in, or who was signed in before.
  result: z.object({ login: z.object({ accountId: z.string() }).optional() }).optional(),
  session: z.object({ accountId: z.string().optional() }).optional(),
});

/** The id of the user a record is about. */
function userOf(payload: OidcPayload): number | null {
  const { accountId, result, session } = aboutSomebody.safeParse(payload).data ?? {};
  const id = accountId ?? result?.login?.accountId ?? session?.accountId;
  return id === undefined ? null : Number(id);
}
