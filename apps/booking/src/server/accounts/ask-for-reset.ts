import type { BookingApp } from '#server/app.ts';
import { requestMail } from '#server/mail/request-mail.ts';
import { lockAccountAt, noteLinkAsked } from './account-state-queries.ts';
import { admitAccountMail } from './admit-account-mail.ts';

/**
 * Has a link to choose a new password sent to an address, if there is an account; who asks does not learn whether.
 * Guests and people who never confirmed their address may ask too: who reads the mailbox is its owner. Refuses with
 * `too-many-requests`, known address or not.
 */
export async function askForReset(
  { db, limits }: Pick<BookingApp, 'db' | 'limits'>,
  { email, network }: { email: string; network: string },
): Promise<void> {
  await admitAccountMail(limits, { email, network });
  await db.transaction().execute(async (trx) => {
    const account = await lockAccountAt(trx, email);
    // The same statements for nobody: they find no row.
    const userId = account?.id ?? null;
    await noteLinkAsked(trx, userId, 'reset');
    await requestMail(trx, { kind: 'account.reset', userId });
  });
}
