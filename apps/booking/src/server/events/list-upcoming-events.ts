import { decodeCursor, pageOf } from '@samaya/platform/cursor.ts';
import type { Kysely } from 'kysely';
import { z } from 'zod';
import type { DB } from '#server/database-types.ts';
import { selectUpcomingEvents, type UpcomingEvent } from './upcoming-events-queries.ts';

const cursorSchema = z.tuple([z.int32().positive()]);

/**
 * A page of the events somebody can still come to, soonest first, and the cursor of the next one. `search` is words
 * that all must occur, in any spelling of case and accents. `bad-request` for a cursor that is not ours.
 */
export async function listUpcomingEvents(
  db: Kysely<DB>,
  { search, after, limit }: { search: string; after: string | undefined; limit: number },
): Promise<{ items: UpcomingEvent[]; next: string | null }> {
  const afterId = after === undefined ? null : decodeCursor(after, cursorSchema)[0];
  const words = search.split(/\s+/).filter((word) => word !== '');
  const rows = await selectUpcomingEvents(db, { words, afterId, limit: limit + 1 });
  return pageOf(rows, limit, (last) => [last.id]);
}
