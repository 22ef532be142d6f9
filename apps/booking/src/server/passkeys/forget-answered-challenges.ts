import type { Kysely } from 'kysely';
import type { DB } from '#server/database-types.ts';
import { deleteOldChallenges } from './passkey-queries.ts';

/** Forgets which challenges were answered long ago. */
export async function forgetAnsweredChallenges(db: Kysely<DB>): Promise<void> {
  await deleteOldChallenges(db);
}
