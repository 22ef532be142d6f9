import type { BookingApp } from '#server/app.ts';
import { admitAccountMail } from './admit-account-mail.ts';
import { requestSignUpMail } from './request-sign-up-mail.ts';

/**
 * Has the mail that answered a sign-up sent once more, to somebody who is not signed in; `madeId` is what this
 * browser's sign-up made. Refuses with `too-many-requests`, known address or not.
 */
export async function repeatSignUpMail(
  { db, limits }: Pick<BookingApp, 'db' | 'limits'>,
  { email, madeId, network }: { email: string; madeId: number | undefined; network: string },
): Promise<void> {
  await admitAccountMail(limits, { email, network });
  await db.transaction().execute((trx) => requestSignUpMail(trx, { email, madeId }));
}
