import { PlatformError } from '@samaya/platform/platform-error.ts';
import type { BookingApp } from '#server/app.ts';
import { requestMail } from '#server/mail/request-mail.ts';
import { lockAccountState, noteNewEmail } from './account-state-queries.ts';
import { admitAccountMail } from './admit-account-mail.ts';
import type { Identity } from './identity.ts';
import { badCredentials, checkCredentials } from './sign-in.ts';

export interface NewAddress {
  /** In canonical form, as `emailAddress` leaves it. */
  newEmail: string;
  password: string;
  network: string;
  /** What this browser keeps from an earlier sign-in. */
  mark?: string | undefined;
}

/**
 * Has a link sent to an address that somebody who is signed in wants for their account, and a notice to the one they
 * have; earlier links end. Nothing else changes. Whether the address is somebody else's is not looked up: it shows when
 * the mail is written, and goes to its mailbox alone.
 *
 * Refuses with `bad-credentials`, with `invalid` for the address they have, with `too-many-requests`.
 */
export async function askForNewAddress(
  app: Pick<BookingApp, 'db' | 'passwords' | 'limits' | 'config' | 'log'>,
  { userId, email }: Pick<Identity, 'userId' | 'email'>,
  { newEmail, password, network, mark }: NewAddress,
): Promise<void> {
  if (newEmail === email.toLowerCase()) {
    const errors = [{ pointer: '/email', detail: 'is the one you have' }];
    throw new PlatformError('invalid', 'This is your address already.', { errors });
  }
  const checked = await checkCredentials(app, { email: email.toLowerCase(), password, network, mark });
  if (checked?.userId !== userId) throw badCredentials();
  await admitAccountMail(app.limits, { email: newEmail, network });
  await app.db.transaction().execute(async (trx) => {
    const account = await lockAccountState(trx, userId);
    if (account?.passwordHash !== checked.checkedHash) throw badCredentials();
    await noteNewEmail(trx, userId, newEmail);
    await requestMail(trx, { kind: 'account.new-address', userId, recipient: newEmail });
    await requestMail(trx, { kind: 'account.address-asked', userId });
  });
}
