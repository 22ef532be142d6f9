import type { Kysely } from 'kysely';
import type { DB } from '#server/database-types.ts';
import { type ListedPasskey, selectPasskeysOf } from './passkey-queries.ts';

/** The passkeys of a person, the newest first. */
export async function listPasskeys(db: Kysely<DB>, userId: number): Promise<ListedPasskey[]> {
  return await selectPasskeysOf(db, userId);
}
