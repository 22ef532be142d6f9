import type { Kysely } from 'kysely';
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

/** Sends dead messages again, all of them, those of one destination or those of `ids`; answers how many will go. */
export async function replayDead(
  db: Kysely<DB>,
  which: { destination?: Destination; ids?: readonly string[] } = {},
): Promise<number> {
  return await reviveDead(db, which);
}
