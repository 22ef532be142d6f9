import type { Kysely } from 'kysely';
import type { DB } from '#server/database-types.ts';
import { deleteOwnSignIn } from './sign-in-queries.ts';

/** Ends one of a person's sign-ins, wherever it is; somebody else's stays, as if there were none. */
export async function endOwnSignIn(db: Kysely<DB>, signIn: { id: string; userId: number }): Promise<void> {
  await deleteOwnSignIn(db, signIn);
}
