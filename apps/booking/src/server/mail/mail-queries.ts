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
    select id, email, password, google_id as "googleId", proven_at is not null as "isProven",
           deleted_at is not null as "isErased", prove_asked_at as "proveAskedAt", reset_asked_at as "resetAskedAt"
    from users where id = ${userId}`.execute(db);
  return rows[0];
}

/** Where the booking's event was before it moved, and whether a mail of its own tells a later change of the booking. */
export async function selectBookingNews(
  db: Kysely<DB>,
  { bookingId, version }: { bookingId: number; version: number },
): Promise<{ movedFrom: Date | null; isOutdated: boolean } | undefined> {
  const { rows } = await sql<{ movedFrom: Date | null; isOutdated: boolean }>`
    select e.moved_from as "movedFrom",
           exists (select 1 from outbox newer where newer.booking_id = b.id and newer.destination = 'mail'
             and newer.version > ${version}) as "isOutdated"
    from bookings b join events e on e.id = b.event_id where b.id = ${bookingId}`.execute(db);
  return rows[0];
}
