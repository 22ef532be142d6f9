import type { Kysely } from 'kysely';
import type { Identity } from '#server/accounts/identity.ts';
import type { DB } from '#server/database-types.ts';
import { getOwnEvent } from '#server/events/get-event.ts';
import { selectPeopleTold } from './roster-queries.ts';

const NAMES_MOST = 50;

/**
 * Who would be told if an event changed or were cancelled now: how many, and their names, by name and 50 at most. For
 * who runs the event, else `forbidden` or `not-found`.
 */
export async function listPeopleTold(
  db: Kysely<DB>,
  { eventId, of }: { eventId: number; of: 'change' | 'cancellation' },
  actor: Identity,
): Promise<{ count: number; names: string[] }> {
  await getOwnEvent(db, eventId, actor);
  return await selectPeopleTold(db, { eventId, of, most: NAMES_MOST });
}
