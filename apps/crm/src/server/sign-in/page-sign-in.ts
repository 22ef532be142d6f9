import type { Kysely } from 'kysely';
import type { DB } from '#server/database-types.ts';
import { CrmError } from '#server/errors.ts';
import { keepSignIn } from './keep-sign-in.ts';
import type { BookingPerson } from './sign-in-at-booking.ts';
import { deleteSignIn, findSignIn } from './sign-in-queries.ts';
import type { SignedInFacilitator } from './signed-in-facilitator.ts';

/** Booking knows whether somebody is still a facilitator; after a working day it is asked anew. */
export const PAGE_SIGN_IN_HOURS = 12;

/** Signs in whom booking vouches for. Resolves to the cookie's secret; throws `not-a-facilitator` or as `keepSignIn`. */
export async function signInToPages(
  db: Kysely<DB>,
  { userId, name, facilitator, begunAt }: BookingPerson & { begunAt: Date },
): Promise<string> {
  if (!facilitator) {
    throw new CrmError('not-a-facilitator', `${name}, CRM is for facilitators, and your account is not one.`);
  }
  const { token } = await keepSignIn(db, { userId, facilitator, begunAt, kind: 'page', hours: PAGE_SIGN_IN_HOURS });
  return token;
}

/** Who sends this cookie; `undefined` when it is unknown or has ended. */
export async function identifyPage(db: Kysely<DB>, secret: string): Promise<SignedInFacilitator | undefined> {
  return await findSignIn(db, secret, 'page');
}

/** Ends one sign-in to the pages. */
export async function endPageSignIn(db: Kysely<DB>, signInId: number): Promise<void> {
  await deleteSignIn(db, signInId);
}
