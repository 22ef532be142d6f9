import type { Kysely } from 'kysely';
import type { Identity } from '#server/accounts/identity.ts';
import type { DB } from '#server/database-types.ts';
import { lockAssistedEvent } from '#server/events/lock-own-event.ts';
import { type Attendance, mayBecome } from './booking.ts';
import { updateAttendances } from './roster-queries.ts';

/**
 * Notes the same of everybody on an event's list, or of `ids`, of whom `from` was noted; answers of which bookings, so
 * that it can be taken back. Of nobody before attendance can be noted, nor once the event was cancelled. For who runs
 * the event or assists at it, else `forbidden` or `not-found`.
 */
export async function markMany(
  db: Kysely<DB>,
  { eventId, ids, from, to }: { eventId: number; ids?: readonly number[]; from: Attendance; to: Attendance },
  actor: Identity,
): Promise<number[]> {
  if (!mayBecome(from, to)) return [];
  return await db.transaction().execute(async (trx) => {
    await lockAssistedEvent(trx, eventId, actor);
    return await updateAttendances(trx, { eventId, ids, from, to });
  });
}
