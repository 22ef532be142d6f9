import type { Kysely } from 'kysely';
import type { DB } from '#server/database-types.ts';
import { wordsOf } from '#server/search-words.ts';
import { selectNearestDays } from './event-days-queries.ts';
import type { EventFilter } from './event-filter-queries.ts';

/**
 * Where there is something when there is nothing on the days asked for: the last day up to `before` and the first one
 * from `after` on, as days on the studio's clock. One that is not asked for, or is not there, is `null`.
 */
export async function findNearestDays(
  db: Kysely<DB>,
  asked: { search: string; filter: EventFilter; before: string | undefined; after: string | undefined },
): Promise<{ before: string | null; after: string | null }> {
  return await selectNearestDays(db, wordsOf(asked.search), asked);
}
