import type { Transaction } from 'kysely';
import type { DB } from '#server/database-types.ts';
import type { Act, Origin } from './audit.ts';
import { insertAct } from './audit-queries.ts';

/**
 * Keeps an act in the transaction that does it, so that neither is there without the other. A command at the server
 * has no origin.
 */
export async function recordAct(trx: Transaction<DB>, act: Act, origin: Origin | undefined): Promise<void> {
  await insertAct(trx, act, origin);
}
