import type { Transaction } from 'kysely';
import type { DB } from '#server/database-types.ts';
import { updateAssistantsAt } from './assistant-queries.ts';

/** Whoever changes a confirmed address assists at the new one, and nobody at the old one. */
export async function moveAssistant(trx: Transaction<DB>, addresses: { from: string; to: string }): Promise<void> {
  await updateAssistantsAt(trx, addresses);
}
