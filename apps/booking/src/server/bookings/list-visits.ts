import { decodeCursor, pageOf } from '@samaya/platform/cursor.ts';
import type { Kysely } from 'kysely';
import { z } from 'zod';
import type { DB } from '#server/database-types.ts';
import type { Visit } from './visit.ts';
import { selectVisitsAhead, selectVisitsBehind } from './visit-queries.ts';

// Nobody reads further than this on one page.
const AHEAD_MOST = 200;

const cursorSchema = z.tuple([
  z
    .string()
    .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/)
    .refine((value) => z.iso.datetime().safeParse(value).success && !value.startsWith('0000')),
  z.int32().positive(),
]);

/** What a person still goes to, soonest first. */
export async function listVisitsAhead(db: Kysely<DB>, userId: number): Promise<Visit[]> {
  return await selectVisitsAhead(db, userId, AHEAD_MOST);
}

/** A page of what is over or was cancelled, latest first; `bad-request` for a cursor that is not ours. */
export async function listVisitsBehind(
  db: Kysely<DB>,
  { userId, after, limit }: { userId: number; after: string | undefined; limit: number },
): Promise<{ items: Visit[]; next: string | null }> {
  const before = after === undefined ? undefined : decodeCursor(after, cursorSchema);
  const rows = await selectVisitsBehind(db, { userId, before, limit: limit + 1 });
  return pageOf(rows, limit, (last) => [last.startsAt, last.id]);
}
