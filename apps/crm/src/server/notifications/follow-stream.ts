import type { Kysely } from 'kysely';
import type { DB } from '#server/database-types.ts';
import { isStillSignedIn } from '#server/sign-in/is-still-signed-in.ts';
import type { StreamedNotification } from './notification.ts';
import { findStreamPosition, listAfterPosition } from './notification-queries.ts';
import type { StreamHub } from './stream-hub.ts';

const BATCH = 200;
const HEARTBEAT_MS = 15_000;
// However fast news comes, the sign-in is looked up this seldom.
const SIGN_IN_CHECK_MS = 500;

export type StreamStep =
  | { kind: 'at'; position: number }
  | { kind: 'notification'; notification: StreamedNotification }
  | { kind: 'heartbeat' };

/**
 * Follows a facilitator's stream from a position (or from where it stands now): first where it begins, then everything
 * that arrives or changes, in the order in which it was committed. Nothing is read ahead of the consumer, so a slow one
 * costs no memory. Ends when the sign-in ends, the consumer leaves or the process stops.
 */
export async function* followStream(
  { db, hub }: { db: Kysely<DB>; hub: StreamHub },
  { facilitatorId, signInId, from }: { facilitatorId: number; signInId: number; from: number | undefined },
): AsyncGenerator<StreamStep> {
  let position = from ?? (await findStreamPosition(db, facilitatorId));
  yield { kind: 'at', position };
  let seen = 0;
  let saidAt = performance.now();
  let checkedAt = performance.now();
  while (!hub.closed) {
    const news = await listAfterPosition(db, { facilitatorId, position, limit: BATCH });
    for (const notification of news) {
      position = notification.stream_position;
      saidAt = performance.now();
      yield { kind: 'notification', notification };
    }
    if (news.length === BATCH) continue;
    if (performance.now() - saidAt >= HEARTBEAT_MS) {
      saidAt = performance.now();
      yield { kind: 'heartbeat' };
    }
    seen = await hub.next(facilitatorId, seen);
    if (performance.now() - checkedAt < SIGN_IN_CHECK_MS) continue;
    checkedAt = performance.now();
    if (!(await isStillSignedIn(db, signInId))) return;
  }
}
