import { decodeCursor, pageOf } from '@samaya/platform/cursor.ts';
import type { Kysely } from 'kysely';
import { z } from 'zod';
import type { DB } from '#server/database-types.ts';
import type { MailLogEntry, MailLogFilter } from './mail-log.ts';
import { selectMailLog } from './mail-log-queries.ts';

// PostgreSQL knows no year 0.
const instant = z.iso.datetime({ precision: 6 }).refine((value) => !value.startsWith('0000'));
const cursorSchema = z.tuple([instant, z.uuid()]);

/**
 * A page of the mails of the last week, and of what waits or was given up before, newest first; `bad-request` for a
 * cursor that is not ours.
 */
export async function listMailLog(
  db: Kysely<DB>,
  { filter, after, limit }: { filter: MailLogFilter; after: string | undefined; limit: number },
): Promise<{ items: MailLogEntry[]; next: string | null }> {
  const before = after === undefined ? undefined : decodeCursor(after, cursorSchema);
  const rows = await selectMailLog(db, { filter, before, limit: limit + 1 });
  return pageOf(rows, limit, (last) => [last.position, last.id]);
}
