import { decodeCursor, pageOf } from '@samaya/platform/cursor.ts';
import type { Kysely } from 'kysely';
import { z } from 'zod';
import type { DB } from '#server/database-types.ts';
import type { Facilitator } from './facilitator.ts';
import { selectFacilitators } from './facilitator-queries.ts';

const cursorSchema = z.tuple([z.int32().positive()]);

/** A page of facilitators, in the order they came, and the cursor of the next one. `bad-request` for a cursor not ours. */
export async function listFacilitators(
  db: Kysely<DB>,
  { after, limit }: { after: string | undefined; limit: number },
): Promise<{ items: Facilitator[]; next: string | null }> {
  const afterId = after === undefined ? undefined : decodeCursor(after, cursorSchema)[0];
  const rows = await selectFacilitators(db, { afterId, limit: limit + 1 });
  return pageOf(rows, limit, (last) => [last.id]);
}
