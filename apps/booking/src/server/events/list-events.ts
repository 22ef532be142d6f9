import { decodeCursor, pageOf } from '@samaya/platform/cursor.ts';
import type { Kysely } from 'kysely';
import { z } from 'zod';
import type { DB } from '#server/database-types.ts';
import { wordsOf } from '#server/search-words.ts';
import type { EventFilter } from './event-filter-queries.ts';
import {
  type EventListing,
  type ListedEvent,
  selectNearEventsByWords,
  selectOpenEvents,
  selectOpenEventsByWords,
} from './event-list-queries.ts';

// To the microsecond, as the database keeps it: a rounded position would show an event twice, or never.
export const eventPositionSchema = z.tuple([
  z
    .string()
    .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/)
    .refine((value) => z.iso.datetime().safeParse(value).success && !value.startsWith('0000')),
  z.int32().positive(),
]);

/**
 * A page of the events that anybody can still come to, soonest first, and the cursor of the next one. `search` is
 * words that must all occur, in any case and accents, in title, summary, description, practice, place or the
 * facilitator's name. `bad-request` for a cursor that is not ours.
 */
export async function listEvents(
  db: Kysely<DB>,
  { search, filter, after, limit }: { search: string; filter: EventFilter; after: string | undefined; limit: number },
): Promise<{ items: ListedEvent[]; next: string | null }> {
  const listing: EventListing = {
    filter,
    after: after === undefined ? undefined : decodeCursor(after, eventPositionSchema),
    limit: limit + 1,
  };
  const rows = await select(db, wordsOf(search), listing);
  return pageOf(rows, limit, (last) => [last.startsAt, last.id]);
}

async function select(db: Kysely<DB>, words: string[], listing: EventListing): Promise<ListedEvent[]> {
  if (words.length === 0) return await selectOpenEvents(db, listing);
  const near = await selectNearEventsByWords(db, words, listing);
  if (near.length === listing.limit) return near;
  return await selectOpenEventsByWords(db, words, listing);
}
