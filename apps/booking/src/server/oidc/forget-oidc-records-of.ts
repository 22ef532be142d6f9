import type { Kysely } from 'kysely';
import type { DB } from '#server/database-types.ts';
import { deleteOidcRecordsOf } from './oidc-queries.ts';

/** Ends what the sign-in provider remembers of a person: their session, and codes and tokens given to other applications. */
export async function forgetOidcRecordsOf(db: Kysely<DB>, userId: number): Promise<void> {
  await deleteOidcRecordsOf(db, userId);
}
