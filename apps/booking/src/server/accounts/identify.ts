import type { Kysely } from 'kysely';
import type { DB } from '#server/database-types.ts';
import type { Identity } from './identity.ts';
import { findIdentity, type SignInKind } from './identity-queries.ts';
import { noteSignInSeen } from './sign-in-queries.ts';

/** Who sends this bearer token; `undefined` when it is unknown, has ended or belongs to a page. */
export async function identifyBearer(
  db: Kysely<DB>,
  token: string,
  adminEmails: readonly string[],
): Promise<Identity | undefined> {
  return await identify(db, { token, kind: 'api', adminEmails });
}

/** Who sends this cookie; `undefined` when it is unknown, has ended or is an API token. */
export async function identifyCookie(
  db: Kysely<DB>,
  secret: string,
  adminEmails: readonly string[],
): Promise<Identity | undefined> {
  return await identify(db, { token: secret, kind: 'page', adminEmails });
}

async function identify(
  db: Kysely<DB>,
  secret: { token: string; kind: SignInKind; adminEmails: readonly string[] },
): Promise<Identity | undefined> {
  const found = await findIdentity(db, secret);
  if (!found) return undefined;
  const { seenLongAgo, ...identity } = found;
  // Once an hour at most, so that a request is one look-up and no write.
  if (seenLongAgo) await noteSignInSeen(db, identity.signInId);
  return identity;
}
