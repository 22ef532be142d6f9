import type { BookingApp } from '#server/app.ts';
import { insertUser } from './account-queries.ts';
import { requestSignUpMail } from './request-sign-up-mail.ts';

/**
 * Signs somebody up on a page, where nobody may learn whether an address is known: the answer, the work and that a
 * mail is sent are the same. A new account gets a link to confirm the address; whoever has one is told so by mail, and
 * nothing of it changes. Answers the id of the account if it is new, for this browser alone to keep, sealed.
 *
 * Refuses with `too-many-requests` after ten an hour from one network or five mails an hour to one address.
 */
export async function signUpByMail(
  app: Pick<BookingApp, 'db' | 'passwords' | 'limits'>,
  { name, email, password, network }: { name: string; email: string; password: string; network: string },
): Promise<number | undefined> {
  await app.limits('sign-up-network', network);
  await app.limits('account-mail-address', email);
  await app.limits('account-mail-all', 'all');
  const passwordHash = await app.passwords.hash(password);
  return await app.db.transaction().execute(async (trx) => {
    const made = await insertUser(trx, { name, email, passwordHash });
    await requestSignUpMail(trx, { email, madeId: made?.id });
    return made?.id;
  });
}
