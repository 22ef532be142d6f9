import type { Kysely } from 'kysely';
import type { DB } from '#server/database-types.ts';
import { isSignedIn } from './sign-in-queries.ts';

/** Whether a sign-in still holds, for what stays open longer than a request. */
export async function isStillSignedIn(db: Kysely<DB>, signInId: number): Promise<boolean> {
  return await isSignedIn(db, signInId);
}
