import { decodeCursor, pageOf } from '@samaya/platform/cursor.ts';
import { z } from 'zod';
import type { BookingApp } from '#server/app.ts';
import { wordsOf } from '#server/search-words.ts';
import { type ListedPerson, selectPeople } from './people-queries.ts';

const cursorSchema = z.tuple([z.int32().positive()]);

/**
 * A page of the people with an account, the newest first. `search` is words that must all occur in name or address, in
 * any case and accents. `bad-request` for a cursor that is not ours.
 */
export async function listPeople(
  { db, config }: Pick<BookingApp, 'db' | 'config'>,
  { search, after, limit }: { search: string; after: string | undefined; limit: number },
): Promise<{ items: ListedPerson[]; next: string | null }> {
  const beforeId = after === undefined ? undefined : decodeCursor(after, cursorSchema)[0];
  const { adminEmails } = config;
  const rows = await selectPeople(db, { words: wordsOf(search), beforeId, limit: limit + 1, adminEmails });
  return pageOf(rows, limit, (last) => [last.id]);
}
