import type { Transaction } from 'kysely';
import type { DB } from '#server/database-types.ts';
import type { RequestedMailKind } from './mail.ts';

export async function insertMail(
  trx: Transaction<DB>,
  { kind, userId, eventId }: { kind: RequestedMailKind; userId: number; eventId: number | null },
): Promise<void> {
  await trx.insertInto('outbox').values({ destination: 'mail', kind, user_id: userId, event_id: eventId }).execute();
}
