import type { Kysely } from 'kysely';
import type { DB } from '#server/database-types.ts';
import { wordsOf } from '#server/search-words.ts';
import { type EventChoices, selectEventChoices } from './event-choices-queries.ts';
import type { EventFilter } from './event-filter-queries.ts';

/**
 * What one can choose from when looking for events, each with how many it would leave, and how many there are with all
 * that is chosen already. The next two thousand events say so.
 */
export async function listEventChoices(
  db: Kysely<DB>,
  { search, filter }: { search: string; filter: EventFilter },
): Promise<EventChoices> {
  return await selectEventChoices(db, wordsOf(search), filter);
}
