import type { Transaction } from 'kysely';
import type { DB } from '#server/database-types.ts';
import { type AccountState, lockAccountState } from './account-state-queries.ts';

/** An account, locked until the transaction ends; nobody when it was erased. */
export async function lockAccount(trx: Transaction<DB>, userId: number): Promise<AccountState | undefined> {
  return await lockAccountState(trx, userId);
}
