import type { Kysely } from 'kysely';
import type { DB } from '#server/database-types.ts';
import type { DeadMessage } from './outbox.ts';
import { findDead, reviveDead } from './outbox-queries.ts';

/** Up to `limit` messages that were given up, oldest first. */
export async function listDead(db: Kysely<DB>, limit: number): Promise<DeadMessage[]> {
  return await findDead(db, limit);
}

/** Sends dead messages again, all of them or those of `ids`; answers how many will go. */
export async function replayDead(db: Kysely<DB>, ids?: readonly string[]): Promise<number> {
  return await reviveDead(db, ids);
}
