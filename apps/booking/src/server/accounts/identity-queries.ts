import { hashToken } from '@samaya/platform/opaque-token.ts';
import { type Kysely, sql } from 'kysely';
import type { DB } from '#server/database-types.ts';
import type { Identity } from './identity.ts';

export type SignInKind = 'page' | 'api';

/** Who holds an unexpired secret of this kind; a page's secret is nobody's as a bearer, and the other way round. */
export async function findIdentity(
  db: Kysely<DB>,
  { token, kind, adminEmails }: { token: string; kind: SignInKind; adminEmails: readonly string[] },
): Promise<Identity | undefined> {
  const { rows } = await sql<Identity>`
    select u.id as "userId", u.name, u.email, u.proven_at is not null as "isProven",
           u.is_admin or (u.proven_at is not null and lower(u.email) = any (${adminEmails})) as "isAdmin",
           case when u.proven_at is not null
             then (select f.id from facilitators f where lower(f.email) = lower(u.email)) end as "facilitatorId",
           s.id as "signInId"
    from sign_ins s join users u on u.id = s.user_id
    where s.secret_hash = ${hashToken(token)} and s.kind = ${kind}
      and s.expires_at > clock_timestamp() and u.deleted_at is null`.execute(db);
  return rows[0];
}
