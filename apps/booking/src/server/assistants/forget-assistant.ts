import type { Transaction } from 'kysely';
import type { DB } from '#server/database-types.ts';
import { deleteAssistantsAt } from './assistant-queries.ts';

/** Forgets whom an erased person assisted. */
export async function forgetAssistant(trx: Transaction<DB>, email: string): Promise<void> {
  await deleteAssistantsAt(trx, email);
}
