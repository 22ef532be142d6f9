import { batchNaturally } from '@samaya/platform/natural-batching.ts';
import type { Kysely } from 'kysely';
import type { DB } from '#server/database-types.ts';
import { type BearerMemory, createBearerMemory } from './bearer-memory.ts';
import type { Identity } from './identity.ts';
import { type FoundIdentity, findIdentities, type SignInKind } from './identity-queries.ts';
import { findEndedSignIns, noteSignInSeen } from './sign-in-queries.ts';

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

/** The same as `identifyBearer`, for a server with many requests at once. */
export interface BearerLookup extends Pick<BearerMemory, 'recall' | 'doubt'> {
  /** Those who ask together are looked up together. */
  find(token: string): Promise<Identity | undefined>;
}

export function createBearerLookup(db: Kysely<DB>, adminEmails: readonly string[]): BearerLookup {
  const memory = createBearerMemory({ findEnded: () => findEndedSignIns(db) });
  const find = batchNaturally<string, Identity | undefined>({
    async run(tokens) {
      const note = memory.begin();
      const found = await findAndNoteSeen(db, { tokens, kind: 'api', adminEmails });
      return found.map((one, index) => {
        const identity = one && identityOf(one);
        if (identity && !one.endsSoon) note(tokens[index] ?? '', identity);
        return identity;
      });
    },
    mostTogether: 500,
    mostWaiting: 10_000,
  });
  return { find, recall: memory.recall, doubt: memory.doubt };
}

async function identify(
  db: Kysely<DB>,
  { token, ...rest }: { token: string; kind: SignInKind; adminEmails: readonly string[] },
): Promise<Identity | undefined> {
  const [found] = await findAndNoteSeen(db, { tokens: [token], ...rest });
  return found && identityOf(found);
}

async function findAndNoteSeen(
  db: Kysely<DB>,
  secrets: { tokens: readonly string[]; kind: SignInKind; adminEmails: readonly string[] },
): Promise<(FoundIdentity | undefined)[]> {
  const found = await findIdentities(db, secrets);
  // Once an hour at most, so that a request is one look-up and no write.
  const longAgo = new Set(found.flatMap((one) => (one?.seenLongAgo ? [one.signInId] : [])));
  for (const signInId of longAgo) await noteSignInSeen(db, signInId);
  return found;
}

function identityOf({ seenLongAgo: _seen, endsSoon: _ends, ...identity }: FoundIdentity): Identity {
  return identity;
}
