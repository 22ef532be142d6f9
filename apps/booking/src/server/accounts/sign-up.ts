import type { ReadyAnswer } from '@samaya/platform/ready-answer.ts';
import type { BookingApp } from '#server/app.ts';
import { BookingError } from '#server/errors.ts';
import { keysOfAddress } from '#server/idempotency/key-owner.ts';
import { type RepeatableRequest, withIdempotency } from '#server/idempotency/with-idempotency.ts';
import { requestMail } from '#server/mail/request-mail.ts';
import { insertUser } from './account-queries.ts';
import { noteLinkAsked } from './account-state-queries.ts';
import { veilBody } from './veil-body.ts';

export interface SignUp {
  name: string;
  /** In canonical form, as `emailAddress` leaves it. */
  email: string;
  password: string;
  network: string;
}

/**
 * Makes an account, not proven yet, and has a link sent to confirm its address. Answers the 201 response with the account, and the same bytes to a repetition
 * with the same `Idempotency-Key`. Refuses with `email-taken`, with `too-many-requests` after ten an hour from one
 * network, with `unavailable` while too many passwords are being hashed.
 */
export async function signUp(
  app: Pick<BookingApp, 'db' | 'passwords' | 'limits' | 'config'>,
  { name, email, password, network }: SignUp,
  request: Omit<RepeatableRequest, 'owner'>,
): Promise<ReadyAnswer> {
  await app.limits('sign-up-network', network);
  // Before the transaction, which must not wait for it.
  const passwordHash = await app.passwords.hash(password);
  const repeatable = { ...request, owner: keysOfAddress(email), rawBody: veilBody(app, request.rawBody) };
  return await withIdempotency(app.db, repeatable, async (trx) => {
    const user = await insertUser(trx, { name, email, passwordHash });
    if (!user) {
      throw new BookingError('email-taken', 'There is an account with this address. Sign in with it instead.', {
        errors: [{ pointer: '/email', detail: 'is taken' }],
      });
    }
    await noteLinkAsked(trx, user.id, 'prove');
    await requestMail(trx, { kind: 'account.prove', userId: user.id });
    return user;
  });
}
