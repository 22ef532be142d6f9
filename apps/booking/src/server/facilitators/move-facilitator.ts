import type { Transaction } from 'kysely';
import type { DB } from '#server/database-types.ts';
import { updateFacilitatorEmail } from './facilitator-queries.ts';

/**
 * Lets the facilitator of an address go along when its proven person gets another, so that whoever has the old mailbox
 * next is no facilitator. Where another facilitator has the new address, each stays with theirs.
 */
export async function moveFacilitator(trx: Transaction<DB>, addresses: { from: string; to: string }): Promise<void> {
  await updateFacilitatorEmail(trx, addresses);
}
