import { PlatformError } from '@samaya/platform/platform-error.ts';
import type { Kysely } from 'kysely';
import type { DB } from '#server/database-types.ts';
import { deleteOwnSignIn } from './sign-in-queries.ts';

// As PostgreSQL counts sign-ins.
const SIGN_IN_ID = /^[1-9]\d{0,17}$/;

/** Ends one of a person's sign-ins, wherever it is; `not-found` where there is none, or it is somebody else's. */
export async function endOwnSignIn(db: Kysely<DB>, signIn: { id: string; userId: number }): Promise<void> {
  if (SIGN_IN_ID.test(signIn.id) && (await deleteOwnSignIn(db, signIn))) return;
  throw new PlatformError('not-found', 'You are not signed in there.');
}
