import { type Kysely, sql, type Transaction } from 'kysely';
import type { DB } from '#server/database-types.ts';
import type { Addressee, RequestedMailKind } from './mail.ts';

export async function insertMail(
  trx: Transaction<DB>,
  { kind, userId, eventId }: { kind: RequestedMailKind; userId: number; eventId: number | null },
): Promise<void> {
  await trx.insertInto('outbox').values({ destination: 'mail', kind, user_id: userId, event_id: eventId }).execute();
}

export async function selectAddressee(db: Kysely<DB>, userId: number): Promise<Addressee | undefined> {
  const { rows } = await sql<Addressee>`
    select id, email, password as "passwordHash", proven_at is not null as "isProven",
           deleted_at is not null as "isErased", prove_asked_at as "proveAskedAt", reset_asked_at as "resetAskedAt"
    from users where id = ${userId}`.execute(db);
  return rows[0];
}

/** Whether a later change of a booking is told by a mail of its own. */
export async function hasLaterMail(
  db: Kysely<DB>,
  { bookingId, version }: { bookingId: number; version: number },
): Promise<boolean> {
  const later = await db
    .selectFrom('outbox')
    .select('id')
    .where('booking_id', '=', bookingId)
    .where('destination', '=', 'mail')
    .where('version', '>', version)
    .limit(1)
    .executeTakeFirst();
  return later !== undefined;
}
