import type { Kysely } from 'kysely';
import type { DB } from '#server/database-types.ts';
import { type ListedToken, selectTokensOf } from './access-token-queries.ts';

/** The access tokens of a person that hold, the newest first; their secrets are not known here any more. */
export async function listAccessTokens(db: Kysely<DB>, userId: number): Promise<ListedToken[]> {
  return await selectTokensOf(db, userId);
}
