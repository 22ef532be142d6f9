import { type Kysely, sql, type Transaction } from 'kysely';
import type { DB } from '#server/database-types.ts';
import type { KeptMail, Mail } from './mail.ts';

type Position = readonly [sentAt: string, id: string];

/** Puts a mail into the mailbox; one that lies there already stays as it is. */
export async function insertKeptMail(db: Kysely<DB>, mail: Mail): Promise<void> {
  const { id, to: recipient, subject, text, html, calendar } = mail;
  await db
    .insertInto('local_mailbox')
    .values({ id, recipient, subject, text, html, calendar })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .execute();
}

/** What lies in the mailbox, newest first, without the texts. */
export async function selectKeptMails(
  db: Kysely<DB>,
  { before, limit }: { before: Position | undefined; limit: number },
): Promise<(Omit<KeptMail, 'text' | 'html' | 'calendar'> & { position: string })[]> {
  const isBefore = before ? sql`(sent_at, id) < (${before[0]}::timestamptz, ${before[1]}::uuid)` : sql`true`;
  const { rows } = await sql<Omit<KeptMail, 'text' | 'html' | 'calendar'> & { position: string }>`
    select id, sent_at as "sentAt", recipient, subject,
           to_char(sent_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as position
    from local_mailbox where ${isBefore} order by sent_at desc, id desc limit ${limit}`.execute(db);
  return rows;
}

export async function selectKeptMail(db: Kysely<DB>, id: string): Promise<KeptMail | undefined> {
  return await db
    .selectFrom('local_mailbox')
    .select(['id', 'sent_at as sentAt', 'recipient', 'subject', 'text', 'html', 'calendar'])
    .where('id', '=', id)
    .executeTakeFirst();
}

export async function deleteOldMails(db: Kysely<DB>): Promise<void> {
  await sql`delete from local_mailbox where sent_at < now() - interval '30 days'`.execute(db);
}

/** Deletes what went to a person's address, and what is known to have gone to another one for them. */
export async function deleteMailsTo(
  trx: Transaction<DB>,
  { userId, email }: { userId: number; email: string },
): Promise<void> {
  await sql`
    delete from local_mailbox where recipient = ${email}
      or id in (select id from outbox where user_id = ${userId} and recipient is not null)`.execute(trx);
}
