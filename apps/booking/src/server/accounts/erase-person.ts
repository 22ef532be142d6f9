import type { Kysely, Transaction } from 'kysely';
import { forgetAssistant } from '#server/assistants/forget-assistant.ts';
import { cancelUpcomingBookings } from '#server/bookings/cancel-upcoming-bookings.ts';
import type { DB } from '#server/database-types.ts';
import { forgetAnswersOf } from '#server/idempotency/forget-answers.ts';
import { keysOfAddress, keysOfGuest, keysOfUser } from '#server/idempotency/key-owner.ts';
import { forgetMailsTo } from '#server/mail/local-mailbox.ts';
import { dropPasskeys } from '#server/passkeys/drop-passkeys.ts';
import { anonymiseUser } from './account-queries.ts';
import { endAllSignIns } from './sign-in.ts';

/**
 * Erases a person: upcoming bookings are cancelled, every sign-in ends, name and address leave the row. Past bookings
 * stay for the organiser's numbers, without a name. The address can sign up again, as somebody new. CRM is told by
 * the message that the change writes. Erasing twice is erasing once. A transaction that is passed stays open.
 */
export async function erasePerson(db: Kysely<DB>, userId: number): Promise<void> {
  if (db.isTransaction) await erase(db as Transaction<DB>, userId);
  else await db.transaction().execute((trx) => erase(trx, userId));
}

async function erase(trx: Transaction<DB>, userId: number): Promise<void> {
  // The person's row first: bookings and sign-ins that come meanwhile wait for it.
  const email = await anonymiseUser(trx, userId);
  if (email === undefined) return;
  await dropPasskeys(trx, userId);
  await endAllSignIns(trx, userId);
  await cancelUpcomingBookings(trx, userId);
  await forgetAnswersOf(trx, [keysOfAddress(email), keysOfGuest(email), keysOfUser(userId)]);
  await forgetAssistant(trx, email);
  await forgetMailsTo(trx, { userId, email });
}
