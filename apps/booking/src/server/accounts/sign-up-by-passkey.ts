import type { BookingApp } from '#server/app.ts';
import type { AnsweredRequest } from '#server/passkeys/add-passkey.ts';
import { checkNewPasskey } from '#server/passkeys/check-new-passkey.ts';
import { keepFirstPasskey } from '#server/passkeys/keep-first-passkey.ts';
import { NO_PASSWORD } from './account.ts';
import { insertUser } from './account-queries.ts';
import { requestSignUpMail } from './request-sign-up-mail.ts';

/**
 * Signs somebody up on a page, with a passkey instead of a password; what `signUpByMail` says holds here too. Until the
 * mailed link is opened the address is not proven, and whoever then turns out to own it ends the passkey. Refuses with
 * `bad-passkey`, and by limits as there.
 */
export async function signUpByPasskey(
  app: Pick<BookingApp, 'db' | 'config' | 'limits'>,
  person: { name: string; email: string; network: string; passkeyName: string },
  { credential, challenge, handle }: AnsweredRequest,
): Promise<number | undefined> {
  const { name, email, network, passkeyName } = person;
  await app.limits('sign-up-network', network);
  await app.limits('account-mail-address', email);
  await app.limits('account-mail-all', 'all');
  const checked = await checkNewPasskey(app.config, { credential, challenge });
  return await app.db.transaction().execute(async (trx) => {
    const made = await insertUser(trx, { name, email, passwordHash: NO_PASSWORD });
    await keepFirstPasskey(trx, { ...checked, userId: made?.id, challenge, handle, name: passkeyName });
    await requestSignUpMail(trx, { email, madeId: made?.id });
    return made?.id;
  });
}
