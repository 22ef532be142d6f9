import type { BookingApp } from '#server/app.ts';
import { requestMail } from '#server/mail/request-mail.ts';
import { lockAccountState, noteLinkAsked } from './account-state-queries.ts';
import { admitAccountMail } from './admit-account-mail.ts';

/**
 * Has a new link to confirm the address sent to somebody who is signed in; earlier ones end. Nothing happens when the
 * address is confirmed. Refuses with `too-many-requests` like everything that has mail sent.
 */
export async function askForProof(
  { db, limits }: Pick<BookingApp, 'db' | 'limits'>,
  { userId, email, network }: { userId: number; email: string; network: string },
): Promise<void> {
  await admitAccountMail(limits, { email, network });
  await db.transaction().execute(async (trx) => {
    const account = await lockAccountState(trx, userId);
    if (!account || account.isProven) return;
    await noteLinkAsked(trx, userId, 'prove');
    await requestMail(trx, { kind: 'account.prove', userId });
  });
}
