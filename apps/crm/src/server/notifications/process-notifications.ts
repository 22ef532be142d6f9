import { PlatformError } from '@samaya/platform/platform-error.ts';
import type { Kysely } from 'kysely';
import type { DB } from '#server/database-types.ts';
import type { Notification } from './notification.ts';
import { type Marking, updateProcessed } from './notification-queries.ts';

/**
 * Marks notifications as dealt with, or as to do again; answers those that changed. What is marked so already, or is
 * somebody else's, is left alone.
 */
export async function processNotifications(db: Kysely<DB>, mark: Marking): Promise<Notification[]> {
  return await db.transaction().execute(async (trx) => (await updateProcessed(trx, mark)).changed);
}

/** The same for one, which is answered as it is then. Refuses with `not-found`, also for somebody else's. */
export async function processNotification(
  db: Kysely<DB>,
  { id, ...mark }: Omit<Marking, 'ids'> & { id: number },
): Promise<Notification> {
  const { changed, unchanged } = await db.transaction().execute((trx) => updateProcessed(trx, { ...mark, ids: [id] }));
  const [one] = [...changed, ...unchanged];
  if (!one) throw new PlatformError('not-found', 'There is no such notification.');
  return one;
}
