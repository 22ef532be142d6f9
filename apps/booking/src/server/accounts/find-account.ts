import type { Kysely } from 'kysely';
import type { DB } from '#server/database-types.ts';
import { type AccountState, selectAccountState } from './account-state-queries.ts';

/** An account with what decides over it; nobody when it was erased or disabled. */
export async function findAccount(db: Kysely<DB>, userId: number): Promise<AccountState | undefined> {
  return await selectAccountState(db, userId);
}
