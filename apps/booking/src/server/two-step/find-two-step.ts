import type { Kysely } from 'kysely';
import type { DB } from '#server/database-types.ts';
import { selectTwoStep } from './two-step-queries.ts';

/** Since when a person signs in in two steps, and how many recovery codes are left; `undefined` while it is off. */
export async function findTwoStep(
  db: Kysely<DB>,
  userId: number,
): Promise<{ since: Date; codesLeft: number } | undefined> {
  const kept = await selectTwoStep(db, userId);
  return kept && { since: kept.since, codesLeft: kept.codesLeft };
}
