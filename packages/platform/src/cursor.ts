import type { z } from 'zod';
import { PlatformError } from './platform-error.ts';

/** Keyset paging: the cursor holds the sort values of the last row shown. Opaque to clients. */
export function encodeCursor(values: readonly unknown[]): string {
  return Buffer.from(JSON.stringify(values)).toString('base64url');
}

/** Reads a cursor back; anything we did not make is a bad request. */
export function decodeCursor<Schema extends z.ZodType>(cursor: string, schema: Schema): z.output<Schema> {
  try {
    return schema.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')));
  } catch (cause) {
    throw new PlatformError(
      'bad-request',
      'The value of "after" is not a cursor from an earlier answer. Start again without it.',
      {
        errors: [{ pointer: '?after', detail: 'is not a cursor from an earlier answer' }],
        cause,
      },
    );
  }
}

/** Cuts a result fetched with `limit + 1` rows into a page and the cursor of the next one. */
export function pageOf<Row>(
  rows: Row[],
  limit: number,
  cursorOf: (last: Row) => readonly unknown[],
): { items: Row[]; next: string | null } {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, next: rows.length > limit && last !== undefined ? encodeCursor(cursorOf(last)) : null };
}
