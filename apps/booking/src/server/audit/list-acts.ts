import { decodeCursor, pageOf } from '@samaya/platform/cursor.ts';
import type { Kysely } from 'kysely';
import { z } from 'zod';
import type { DB } from '#server/database-types.ts';
import { wordsOf } from '#server/search-words.ts';
import type { ActKind, ListedAct } from './audit.ts';
import { selectActs } from './audit-queries.ts';

const cursorSchema = z.tuple([z.int().positive()]);

/**
 * A page of what was done, the newest first; of one kind when it is given. `search` is words that must all occur in
 * name or address of who did it or had it done. `bad-request` for a cursor that is not ours.
 */
export async function listActs(
  db: Kysely<DB>,
  {
    kind,
    search,
    after,
    limit,
  }: { kind: ActKind | undefined; search: string; after: string | undefined; limit: number },
): Promise<{ items: ListedAct[]; next: string | null }> {
  const beforeId = after === undefined ? undefined : decodeCursor(after, cursorSchema)[0];
  const rows = await selectActs(db, { kind, words: wordsOf(search), beforeId, limit: limit + 1 });
  return pageOf(rows, limit, (last) => [last.id]);
}
