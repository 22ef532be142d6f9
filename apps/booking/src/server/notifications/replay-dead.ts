import type { Kysely } from 'kysely';
import type { Origin } from '#server/audit/audit.ts';
import { recordAct } from '#server/audit/record-act.ts';
import type { DB } from '#server/database-types.ts';
import type { DeadMessage, Destination } from './outbox.ts';
import { findDead, reviveDead } from './outbox-queries.ts';

/** Up to `limit` messages that were given up, oldest first; of all destinations unless one is named. */
export async function listDead(
  db: Kysely<DB>,
  which: { destination?: Destination; limit: number },
): Promise<DeadMessage[]> {
  return await findDead(db, which);
}

/**
 * Sends dead messages again, all of them, those of one destination or those of `ids`; answers how many will go. Without
 * `by` it is a command at the server.
 */
export async function replayDead(
  db: Kysely<DB>,
  which: { destination?: Destination; ids?: readonly string[] } = {},
  by?: { userId: number; origin: Origin },
): Promise<number> {
  return await db.transaction().execute(async (trx) => {
    const count = await reviveDead(trx, which);
    if (count > 0) {
      await recordAct(trx, { kind: 'messages.replayed', actorId: by?.userId, details: { count } }, by?.origin);
    }
    return count;
  });
}
