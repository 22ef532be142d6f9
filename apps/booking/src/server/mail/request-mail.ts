import type { Transaction } from 'kysely';
import type { DB } from '#server/database-types.ts';
import type { RequestedMailKind } from './mail.ts';
import { insertMail } from './mail-queries.ts';

interface MailRequest {
  kind: RequestedMailKind;
  /** Nobody for `null`, at the price of somebody: who asks may not learn whether there is a person. */
  userId: number | null;
  /** Needed for mails about an event. */
  eventId?: number;
  /** Where it goes instead of to the person's address. */
  recipient?: string;
}

/** Has a mail sent to a person once the transaction has committed, and never if it has not. */
export async function requestMail(
  trx: Transaction<DB>,
  { kind, userId, eventId, recipient }: MailRequest,
): Promise<void> {
  await insertMail(trx, { kind, userId, eventId: eventId ?? null, recipient: recipient ?? null });
}
