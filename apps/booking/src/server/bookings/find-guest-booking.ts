import { isGuest } from '#server/accounts/account.ts';
import { findAccount } from '#server/accounts/find-account.ts';
import type { BookingApp } from '#server/app.ts';
import { opensLink, subjectOfToken } from '#server/mail/mailed-link.ts';
import type { Visit } from './visit.ts';
import { selectVisitOf } from './visit-queries.ts';

export interface GuestBooking {
  visit: Visit;
  person: { name: string; email: string };
  /** Whether its person has a password or a proven address: then they sign in, and the link alone opens nothing. */
  hasAccount: boolean;
}

/** The booking that a mailed link manages; `undefined` when the link opens nothing, as after an erasure. */
export async function findGuestBooking(
  { db, config }: Pick<BookingApp, 'db' | 'config'>,
  token: string,
): Promise<GuestBooking | undefined> {
  const bookingId = subjectOfToken(token);
  const visit = bookingId === undefined ? undefined : await selectVisitOf(db, bookingId);
  const account = visit && (await findAccount(db, visit.user_id));
  if (!visit || !account) return undefined;
  const { name, email } = account;
  const link = { purpose: 'guest', bookingId: visit.id, userId: visit.user_id, email } as const;
  if (!opensLink(config.cookieKeys, token, link)) return undefined;
  return { visit, person: { name, email }, hasAccount: !isGuest(account) };
}
