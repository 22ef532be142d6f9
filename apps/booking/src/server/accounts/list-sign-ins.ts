import type { Kysely } from 'kysely';
import type { DB } from '#server/database-types.ts';
import type { Identity } from './identity.ts';
import { type ListedSignIn, selectSignInsOf } from './sign-in-queries.ts';

/** Where a person is signed in: here first, then what was used last. */
export async function listSignIns(
  db: Kysely<DB>,
  { userId, signInId, isAdmin, facilitatorId }: Pick<Identity, 'userId' | 'signInId' | 'isAdmin' | 'facilitatorId'>,
): Promise<ListedSignIn[]> {
  return await selectSignInsOf(db, { userId, signInId, isOrganiser: isAdmin || facilitatorId !== null });
}
