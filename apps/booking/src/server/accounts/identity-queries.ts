import { hashToken } from '@samaya/platform/opaque-token.ts';
import { type Kysely, sql } from 'kysely';
import type { DB } from '#server/database-types.ts';
import type { Person } from './account.ts';
import type { Identity } from './identity.ts';
import { holds } from './lifetime-queries.ts';

export type SignInKind = 'page' | 'api';

export interface FoundIdentity extends Identity {
  /** Whether the sign-in was last noted as used an hour ago or more. */
  seenLongAgo: boolean;
  /** Whether the sign-in expires within two minutes. */
  endsSoon: boolean;
}

/**
 * Who holds each of these unexpired secrets, in their order; a page's secret is nobody's as a bearer, and the other
 * way round.
 */
export async function findIdentities(
  db: Kysely<DB>,
  { tokens, kind, adminEmails }: { tokens: readonly string[]; kind: SignInKind; adminEmails: readonly string[] },
): Promise<(FoundIdentity | undefined)[]> {
  const hashes = tokens.map(hashToken);
  const { rows } = await sql<FoundIdentity & { secretHash: Buffer }>`
    select s.secret_hash as "secretHash", u.id as "userId", u.name, u.email, u.proven_at is not null as "isProven",
           ${isAdmin(adminEmails)} as "isAdmin", ${facilitatorId} as "facilitatorId",
           ${assists} as assists, s.id as "signInId", s.scopes,
           s.last_seen_at < clock_timestamp() - interval '1 hour' as "seenLongAgo",
           s.expires_at < clock_timestamp() + interval '2 minutes' as "endsSoon"
    from sign_ins s join users u on u.id = s.user_id
    where s.secret_hash = any (${hashes}) and s.kind = ${kind}
      and ${mayActAs} and ${holds(isOrganiser(adminEmails))}`.execute(db);
  const found = new Map(rows.map(({ secretHash, ...identity }) => [secretHash.toString('hex'), identity]));
  return hashes.map((hash) => found.get(hash.toString('hex')));
}

/** A person with what they may, read from data at this moment; nobody who was erased or disabled. */
export async function findPerson(
  db: Kysely<DB>,
  { userId, adminEmails }: { userId: number; adminEmails: readonly string[] },
): Promise<Person | undefined> {
  const { rows } = await sql<Person>`
    select u.id, u.name, u.email, u.created_at,
           ${isAdmin(adminEmails)} as is_admin, ${facilitatorId} as facilitator_id
    from users u where u.id = ${userId} and ${mayActAs}`.execute(db);
  return rows[0];
}

// Whoever was erased or disabled is nobody.
const mayActAs = sql<boolean>`u.deleted_at is null and u.disabled_at is null`;

// E-mail based rights count for proven people only: anybody can type an address.
function isAdmin(adminEmails: readonly string[]) {
  return sql<boolean>`u.is_admin or (u.proven_at is not null and lower(u.email) = any (${adminEmails}))`;
}
const facilitatorId = sql<number | null>`
  case when u.proven_at is not null then (select f.id from facilitators f where lower(f.email) = lower(u.email)) end`;

// The work of an assistant is done on pages; the API has no part in it.
const assists = sql<number[]>`
  case when u.proven_at is not null and s.kind = 'page'
    then array(select a.facilitator_id from assistants a where a.email = lower(u.email)) else '{}' end`;

function isOrganiser(adminEmails: readonly string[]) {
  return sql<boolean>`${isAdmin(adminEmails)} or ${facilitatorId} is not null`;
}
