import type { Kysely } from 'kysely';
import type { DB } from '#server/database-types.ts';
import { listNotifications, type NotificationSearch } from './list-notifications.ts';
import type { Notification } from './notification.ts';
import { countInbox, findNewestId, findStreamPosition } from './notification-queries.ts';

/** Above this many it no longer matters how many exactly; the count stops there. */
export const MOST_COUNTED = 1000;

/** A facilitator's inbox as it was at one moment. */
export interface Inbox {
  items: Notification[];
  next: string | null;
  /** How many wait to be dealt with, whatever is searched for; `MOST_COUNTED` at most. */
  toDo: number;
  /** How many are dealt with, likewise. */
  processed: number;
  /** The id of the newest notification of all, 0 where there is none. */
  newestId: number;
  /** The stream's position at that moment: what follows it is not in here, what precedes it is. */
  position: number;
}

/** Reads a page of a facilitator's inbox from one snapshot. Refuses a cursor that is not ours. */
export async function readInbox(
  db: Kysely<DB>,
  scope: { facilitatorId: number; timeZone: string },
  search: NotificationSearch,
): Promise<Inbox> {
  return await db
    .transaction()
    .setIsolationLevel('repeatable read')
    .setAccessMode('read only')
    .execute(async (trx) => ({
      position: await findStreamPosition(trx, scope.facilitatorId),
      ...(await listNotifications(trx, scope, search)),
      ...(await countInbox(trx, scope.facilitatorId, MOST_COUNTED)),
      newestId: await findNewestId(trx, scope.facilitatorId),
    }));
}
