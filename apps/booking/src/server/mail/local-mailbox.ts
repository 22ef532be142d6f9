import type { Config } from '@samaya/platform/config.ts';
import { decodeCursor, pageOf } from '@samaya/platform/cursor.ts';
import { PlatformError } from '@samaya/platform/platform-error.ts';
import type { Kysely, Transaction } from 'kysely';
import { z } from 'zod';
import type { DB } from '#server/database-types.ts';
import {
  deleteMailsTo,
  deleteOldMails,
  insertKeptMail,
  selectKeptMail,
  selectKeptMails,
} from './local-mailbox-queries.ts';
import type { KeptMail, Mail } from './mail.ts';
import { clearRecipients } from './mail-queries.ts';
import { hasMailbox } from './mail-way.ts';

// PostgreSQL knows no year 0.
const instant = z.iso.datetime({ precision: 6 }).refine((value) => !value.startsWith('0000'));
const cursorSchema = z.tuple([instant, z.uuid()]);

export async function keepMail(db: Kysely<DB>, mail: Mail): Promise<void> {
  await insertKeptMail(db, mail);
}

interface Mailbox {
  db: Kysely<DB>;
  config: Config;
}

/** A page of the mailbox, newest first; `not-found` where there is none, `bad-request` for a cursor that is not ours. */
export async function listKeptMails(
  mailbox: Mailbox,
  { after, limit }: { after: string | undefined; limit: number },
): Promise<{ items: Pick<KeptMail, 'id' | 'sentAt' | 'recipient' | 'subject'>[]; next: string | null }> {
  const db = open(mailbox);
  const before = after === undefined ? undefined : decodeCursor(after, cursorSchema);
  const rows = await selectKeptMails(db, { before, limit: limit + 1 });
  return pageOf(rows, limit, (last) => [last.position, last.id]);
}

/** One mail of the mailbox; `not-found` when there is none, or no mailbox. */
export async function readKeptMail(mailbox: Mailbox, id: string): Promise<KeptMail> {
  const db = open(mailbox);
  const mail = z.uuid().safeParse(id).success ? await selectKeptMail(db, id) : undefined;
  if (!mail) throw new PlatformError('not-found', 'There is no such mail.');
  return mail;
}

function open({ db, config }: Mailbox): Kysely<DB> {
  if (!hasMailbox(config)) throw new PlatformError('not-found', 'Mails go to people here; there is no mailbox.');
  return db;
}

/** Forgets mails that were kept for 30 days. */
export async function forgetOldMails(db: Kysely<DB>): Promise<void> {
  await deleteOldMails(db);
}

/** Forgets what was written to a person who is erased, and to which addresses. */
export async function forgetMailsTo(
  trx: Transaction<DB>,
  { userId, email }: { userId: number; email: string },
): Promise<void> {
  await deleteMailsTo(trx, { userId, email });
  await clearRecipients(trx, userId);
}
