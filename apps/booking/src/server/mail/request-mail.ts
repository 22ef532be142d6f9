import type { Transaction } from 'kysely';
import type { DB } from '#server/database-types.ts';
import type { RequestedMailKind } from './mail.ts';
import { insertMail } from './mail-queries.ts';

/**
 * Has a mail sent to a person once the transaction has committed, and never if it has not. `eventId` is needed for
 * mails about an event.
 */
export async function requestMail(
  trx: Transaction<DB>,
  { kind, userId, eventId = null }: { kind: RequestedMailKind; userId: number; eventId?: number | null },
): Promise<void> {
  await insertMail(trx, { kind, userId, eventId });
}
