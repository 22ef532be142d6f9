import type { Kysely } from 'kysely';
import type { DB } from '#server/database-types.ts';
import { reviveDead } from './outbox-queries.ts';

/** Sends dead messages again, all of them or those of `ids`; answers how many will go. */
export async function replayDead(db: Kysely<DB>, ids?: readonly string[]): Promise<number> {
  return await reviveDead(db, ids);
}
