import { tokenOf } from '#server/mail/mailed-link.ts';
import type { TestApp } from './test-app.ts';

/** The token of the newest link that a person was sent, as the mail would carry it. */
export async function linkTokenOf(
  { app, db }: Pick<TestApp, 'app' | 'db'>,
  purpose: 'prove' | 'reset' | 'address',
  email: string,
): Promise<string> {
  const user = await db
    .selectFrom('users')
    .select(['id', 'email', 'password', 'prove_asked_at', 'reset_asked_at', 'new_email', 'new_email_asked_at'])
    .where('email', '=', email)
    .executeTakeFirstOrThrow();
  const { id: userId, password, new_email: newEmail } = user;
  const asked = { prove: user.prove_asked_at, reset: user.reset_asked_at, address: user.new_email_asked_at };
  const of = { userId, email: user.email, askedAt: asked[purpose] ?? new Date(0) };
  if (purpose === 'prove') return tokenOf(app.config.cookieKeys, { purpose, ...of });
  if (purpose === 'reset') return tokenOf(app.config.cookieKeys, { purpose, ...of, password });
  return tokenOf(app.config.cookieKeys, { purpose, ...of, password, newEmail: newEmail ?? '' });
}

/** The token by which the guest of this address manages their newest booking. */
export async function guestTokenOf({ app, db }: Pick<TestApp, 'app' | 'db'>, email: string): Promise<string> {
  const booking = await db
    .selectFrom('bookings')
    .innerJoin('users', 'users.id', 'bookings.user_id')
    .select(['bookings.id', 'bookings.user_id', 'users.email'])
    .where('users.email', '=', email)
    .orderBy('bookings.id', 'desc')
    .limit(1)
    .executeTakeFirstOrThrow();
  return tokenOf(app.config.cookieKeys, {
    purpose: 'guest',
    bookingId: booking.id,
    userId: booking.user_id,
    email: booking.email,
  });
}

/** The mails that a person was sent or is about to be, oldest first. */
export async function mailsTo({ db }: Pick<TestApp, 'db'>, email: string): Promise<string[]> {
  const rows = await db
    .selectFrom('outbox')
    .innerJoin('users', 'users.id', 'outbox.user_id')
    .select('outbox.kind')
    .where('outbox.destination', '=', 'mail')
    .where('users.email', '=', email)
    .orderBy('outbox.occurred_at')
    .orderBy('outbox.id')
    .execute();
  return rows.map(({ kind }) => kind);
}
