import { PlatformError } from '@samaya/platform/platform-error.ts';
import type { Kysely } from 'kysely';
import type { DB } from '#server/database-types.ts';
import type { Notification } from './notification.ts';
import { findNotification, findStreamPosition, listOfClient } from './notification-queries.ts';

const MOST_OTHERS = 50;

/** One notification, what else this client did at the facilitator's, and the stream's position at that moment. */
export interface NotificationInContext {
  notification: Notification;
  /** The client's other notifications, newest first. */
  others: Notification[];
  position: number;
}

/** Reads a notification. Refuses with `not-found`, also for somebody else's. */
export async function readNotification(
  db: Kysely<DB>,
  { facilitatorId, id }: { facilitatorId: number; id: number },
): Promise<NotificationInContext> {
  return await db
    .transaction()
    .setIsolationLevel('repeatable read')
    .setAccessMode('read only')
    .execute(async (trx) => {
      const position = await findStreamPosition(trx, facilitatorId);
      const notification = await findNotification(trx, { facilitatorId, id });
      if (!notification) throw new PlatformError('not-found', 'There is no such notification.');
      return { notification, others: await listOfClient(trx, notification, MOST_OTHERS), position };
    });
}
