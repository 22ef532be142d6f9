import type { Kysely } from 'kysely';
import type { DB } from '#server/database-types.ts';
import { updatePasskeyName } from './passkey-queries.ts';

/**
 * Gives a person's passkey another name, by which they know it again; what it opens stays as it is. `false` when it is
 * not theirs, or gone.
 */
export async function renamePasskey(
  db: Kysely<DB>,
  renamed: { id: string; userId: number; name: string },
): Promise<boolean> {
  return await updatePasskeyName(db, renamed);
}
