import type { Kysely } from 'kysely';
import type { DB } from '#server/database-types.ts';
import { deleteAnswersOf } from './idempotency-queries.ts';

/** Forgets the stored answers of these owners, as when a person is erased: an answer holds what it told them. */
export async function forgetAnswersOf(db: Kysely<DB>, owners: readonly string[]): Promise<void> {
  await deleteAnswersOf(db, owners);
}
