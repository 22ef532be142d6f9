import type { Transaction } from 'kysely';
import type { DB } from '#server/database-types.ts';
import { deletePasskeysOf } from './passkey-queries.ts';

/** Takes every passkey off an account: whoever made it with one is not, or no longer, the person it belongs to. */
export async function dropPasskeys(trx: Transaction<DB>, userId: number): Promise<void> {
  await deletePasskeysOf(trx, userId);
}
