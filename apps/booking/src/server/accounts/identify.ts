import { batchNaturally } from '@samaya/platform/natural-batching.ts';
import type { Kysely } from 'kysely';
import type { DB } from '#server/database-types.ts';
import type { Identity } from './identity.ts';
import { findIdentities, type SignInKind } from './identity-queries.ts';
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

/**
 * The same as `identifyBearer`, for a server with many requests at once: those that arrive together are looked up
 * together.
 */
export function createBearerLookup(
  db: Kysely<DB>,
  adminEmails: readonly string[],
): (token: string) => Promise<Identity | undefined> {
  return batchNaturally({
    run: (tokens) => identifyAll(db, { tokens, kind: 'api', adminEmails }),
    mostTogether: 100,
    mostWaiting: 10_000,
  });
}

async function identify(
  db: Kysely<DB>,
  { token, ...rest }: { token: string; kind: SignInKind; adminEmails: readonly string[] },
): Promise<Identity | undefined> {
  const [identity] = await identifyAll(db, { tokens: [token], ...rest });
  return identity;
}

async function identifyAll(
  db: Kysely<DB>,
  secrets: { tokens: readonly string[]; kind: SignInKind; adminEmails: readonly string[] },
): Promise<(Identity | undefined)[]> {
  const found = await findIdentities(db, secrets);
  // Once an hour at most, so that a request is one look-up and no write.
  const longAgo = new Set(found.flatMap((one) => (one?.seenLongAgo ? [one.signInId] : [])));
  for (const signInId of longAgo) await noteSignInSeen(db, signInId);
  return found.map((one) => {
    if (!one) return undefined;
    const { seenLongAgo: _, ...identity } = one;
    return identity;
  });
}
