import type { Kysely } from 'kysely';
import type { DB } from '#server/database-types.ts';
import { type EventChoices, selectEventChoices } from './event-choices-queries.ts';

/** What one can choose from when looking for events: the practices and the facilitators of the next ones. */
export async function listEventChoices(db: Kysely<DB>): Promise<EventChoices> {
  return await selectEventChoices(db);
}
