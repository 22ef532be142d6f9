import { decodeCursor, pageOf } from '@samaya/platform/cursor.ts';
import type { Kysely } from 'kysely';
import { z } from 'zod';
import type { DB } from '#server/database-types.ts';
import type { Booking } from './booking.ts';
import { listOwnBookings } from './booking-queries.ts';

const cursorSchema = z.tuple([z.int32().positive()]);

/** A page of a person's bookings, newest first; `bad-request` for a cursor that is not ours. */
export async function listBookings(
  db: Kysely<DB>,
  { userId, after, limit }: { userId: number; after: string | undefined; limit: number },
): Promise<{ items: Booking[]; next: string | null }> {
  const beforeId = after === undefined ? undefined : decodeCursor(after, cursorSchema)[0];
  const rows = await listOwnBookings(db, { userId, beforeId, limit: limit + 1 });
  return pageOf(rows, limit, (last) => [last.id]);
}
