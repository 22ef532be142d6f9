import type { BookingApp } from '#server/app.ts';
import { findGuestBooking } from '#server/bookings/find-guest-booking.ts';
import { opensLink } from '#server/mail/mailed-link.ts';
import { logSecurity } from '#server/security-log.ts';
import { isGuest } from './account.ts';
import { linkEnded } from './account-links.ts';
import { lockAccountState } from './account-state-queries.ts';
import type { FirstStep } from './first-step.ts';
import { giveToOwner } from './give-to-owner.ts';
import type { OpenedSignIn } from './sign-in.ts';

/**
 * Makes a guest's bookings an account, by the link in the mail of one of them: the address is confirmed by it, the
 * password is the guest's own from then on, and this browser is signed in. Refuses with `link-ended`, before anything
 * is hashed, when the link opens nothing or the account has a password.
 */
export async function claimAccount(
  app: Pick<BookingApp, 'db' | 'config' | 'passwords' | 'log'>,
  { token, password, agent, now }: { token: string; password: string; agent: string | undefined; now: Date },
): Promise<OpenedSignIn | FirstStep> {
  const found = await findGuestBooking(app, token);
  if (!found || found.hasAccount) throw linkEnded();
  const passwordHash = await app.passwords.hash(password);
  const { id: bookingId, user_id: userId } = found.visit;
  const opened = await app.db.transaction().execute(async (trx) => {
    const account = await lockAccountState(trx, userId);
    if (!account || !isGuest(account)) throw linkEnded();
    const link = { purpose: 'guest', bookingId, userId, email: account.email } as const;
    if (!opensLink(app.config.cookieKeys, token, link)) throw linkEnded();
    return await giveToOwner(trx, { account, passwordHash, agent, now });
  });
  logSecurity(app.log, 'password.changed', { user_id: userId });
  return opened;
}
