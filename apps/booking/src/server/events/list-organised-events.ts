import { decodeCursor, pageOf } from '@samaya/platform/cursor.ts';
import type { Kysely } from 'kysely';
import type { Identity } from '#server/accounts/identity.ts';
import type { DB } from '#server/database-types.ts';
import { wordsOf } from '#server/search-words.ts';
import type { OrganisedState } from './event.ts';
import { worksAtEventsOf } from './event-access.ts';
import type { ListedEvent } from './event-list-queries.ts';
import { eventPositionSchema } from './list-events.ts';
import { selectOrganisedEvents } from './organised-event-queries.ts';

/**
 * A page of the events that somebody runs or assists at, an admin everybody's: what is ahead soonest first, what is over or was
 * cancelled latest first. `search` is words that must all occur, as on the public list. `bad-request` for a cursor
 * that is not ours.
 */
export async function listOrganisedEvents(
  db: Kysely<DB>,
  { state, search, after, limit }: { state: OrganisedState; search: string; after: string | undefined; limit: number },
  actor: Identity,
): Promise<{ items: ListedEvent[]; next: string | null }> {
  const rows = await selectOrganisedEvents(db, {
    facilitatorIds: worksAtEventsOf(actor),
    state,
    words: wordsOf(search),
    after: after === undefined ? undefined : decodeCursor(after, eventPositionSchema),
    limit: limit + 1,
  });
  return pageOf(rows, limit, (last) => [last.startsAt, last.id]);
}
