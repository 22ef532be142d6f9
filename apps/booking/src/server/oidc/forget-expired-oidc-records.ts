import type { Kysely } from 'kysely';
import type { DB } from '#server/database-types.ts';
import { deleteExpiredOidcRecords } from './oidc-queries.ts';

/** Deletes what the sign-in provider remembered for a while; it was refused already. */
export async function forgetExpiredOidcRecords(db: Kysely<DB>): Promise<void> {
  await deleteExpiredOidcRecords(db);
}
