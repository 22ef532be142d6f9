import { type Kysely, sql, type Transaction } from 'kysely';
import type { DB } from '#server/database-types.ts';
import type { Addressee, MailFacts, RequestedMailKind } from './mail.ts';

export interface RequestedMail {
  kind: RequestedMailKind;
  userId: number | null;
  eventId: number | null;
  recipient: string | null;
}

/** For nobody it is the same statement, and writes nothing. */
export async function insertMail(
  trx: Transaction<DB>,
  { kind, userId, eventId, recipient }: RequestedMail,
): Promise<void> {
  await sql`
    insert into outbox (destination, kind, user_id, event_id, recipient)
    select 'mail', ${kind}, id, ${eventId}::integer, ${recipient}::varchar from users where id = ${userId}`.execute(
    trx,
  );
}

export async function selectAddressee(db: Kysely<DB>, userId: number): Promise<Addressee | undefined> {
  const { rows } = await sql<Addressee>`
    select id, email, password as "passwordHash", proven_at is not null as "isProven",
           google_id is not null or exists (select 1 from passkeys where user_id = users.id) as "hasOtherWayIn",
           deleted_at is not null as "isErased", prove_asked_at as "proveAskedAt", reset_asked_at as "resetAskedAt",
           new_email as "newEmail", new_email_asked_at as "newEmailAskedAt"
    from users where id = ${userId}`.execute(db);
  return rows[0];
}

/** An address that a mail about a person goes to instead of theirs. */
export async function selectElsewhere(
  db: Kysely<DB>,
  { email, userId }: { email: string; userId: number },
): Promise<MailFacts['elsewhere']> {
  const { rows } = await sql<{ isTaken: boolean }>`
    select exists (
      select 1 from users where lower(email) = ${email} and id <> ${userId} and deleted_at is null) as "isTaken"`.execute(
    db,
  );
  return { email, isTaken: rows[0]?.isTaken ?? false };
}

/** Forgets which other addresses a person's mails went to. */
export async function clearRecipients(trx: Transaction<DB>, userId: number): Promise<void> {
  await sql`update outbox set recipient = null where user_id = ${userId} and recipient is not null`.execute(trx);
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
