import type { Kysely } from 'kysely';
import type { DB } from '#server/database-types.ts';
import type { Identity } from './identity.ts';
import { findIdentity } from './identity-queries.ts';

/** Who sends this bearer token; `undefined` when it is unknown, has ended or belongs to a page. */
export async function identifyBearer(
  db: Kysely<DB>,
  token: string,
  adminEmails: readonly string[],
): Promise<Identity | undefined> {
  return await findIdentity(db, { token, kind: 'api', adminEmails });
}

/** Who sends this cookie; `undefined` when it is unknown, has ended or is an API token. */
export async function identifyCookie(
  db: Kysely<DB>,
  secret: string,
  adminEmails: readonly string[],
): Promise<Identity | undefined> {
  return await findIdentity(db, { token: secret, kind: 'page', adminEmails });
}
