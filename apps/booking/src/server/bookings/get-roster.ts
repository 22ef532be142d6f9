import { decodeCursor, pageOf } from '@samaya/platform/cursor.ts';
import type { Kysely } from 'kysely';
import { z } from 'zod';
import type { Identity } from '#server/accounts/identity.ts';
import type { DB } from '#server/database-types.ts';
import { getOwnEvent } from '#server/events/get-event.ts';
import { listRoster, type RosterEntry } from './booking-queries.ts';

const cursorSchema = z.tuple([z.int32().positive()]);

/**
 * A page of who booked an event, whatever became of it, in the order they booked; for who runs the event, else
 * `forbidden` or `not-found`. `bad-request` for a cursor that is not ours.
 */
export async function getRoster(
  db: Kysely<DB>,
  { eventId, after, limit }: { eventId: number; after: string | undefined; limit: number },
  actor: Identity,
): Promise<{ items: RosterEntry[]; next: string | null }> {
  await getOwnEvent(db, eventId, actor);
  const afterId = after === undefined ? undefined : decodeCursor(after, cursorSchema)[0];
  const rows = await listRoster(db, { eventId, afterId, limit: limit + 1 });
  return pageOf(rows, limit, (last) => [last.id]);
}
