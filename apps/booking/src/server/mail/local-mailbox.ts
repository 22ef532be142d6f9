import { type Config, isLoopbackOnly } from '@samaya/platform/config.ts';
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

const cursorSchema = z.tuple([z.iso.datetime({ precision: 6 }), z.uuid()]);

/**
 * Whether mails go to the local mailbox instead of to people: there is no mail server, and nobody but this machine can
 * reach the site. Elsewhere the mailbox would show everybody's links to everybody.
 */
export function hasMailbox(config: Config): boolean {
  return config.smtpUrl === undefined && isLoopbackOnly(config);
}

export async function keepMail(db: Kysely<DB>, mail: Mail): Promise<void> {
  await insertKeptMail(db, mail);
}

/** A page of the mailbox, newest first; `bad-request` for a cursor that is not ours. */
export async function listKeptMails(
  db: Kysely<DB>,
  { after, limit }: { after: string | undefined; limit: number },
): Promise<{ items: Pick<KeptMail, 'id' | 'sentAt' | 'recipient' | 'subject'>[]; next: string | null }> {
  const before = after === undefined ? undefined : decodeCursor(after, cursorSchema);
  const rows = await selectKeptMails(db, { before, limit: limit + 1 });
  return pageOf(rows, limit, (last) => [last.position, last.id]);
}

/** One mail of the mailbox, `not-found` when there is none. */
export async function readKeptMail(db: Kysely<DB>, id: string): Promise<KeptMail> {
  const mail = z.uuid().safeParse(id).success ? await selectKeptMail(db, id) : undefined;
  if (!mail) throw new PlatformError('not-found', 'There is no such mail.');
  return mail;
}

/** Forgets mails that were kept for 30 days. */
export async function forgetOldMails(db: Kysely<DB>): Promise<void> {
  await deleteOldMails(db);
}

/** Forgets what was written to an address, e.g. when its person is erased. */
export async function forgetMailsTo(trx: Transaction<DB>, address: string): Promise<void> {
  await deleteMailsTo(trx, address);
}
