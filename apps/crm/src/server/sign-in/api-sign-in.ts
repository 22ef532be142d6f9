import type { Kysely } from 'kysely';
import type { DB } from '#server/database-types.ts';
import type { KnownFacilitator } from './check-at-booking.ts';
import { keepSignIn } from './keep-sign-in.ts';
import { findSignIn } from './sign-in-queries.ts';
import type { SignedInFacilitator } from './signed-in-facilitator.ts';

// Booking knows whether somebody is still a facilitator; after a working day it is asked anew.
const HOURS = 12;

/** Signs in to the API whom booking knows. Resolves to the token, of which only the hash is kept. */
export async function signInToApi(
  db: Kysely<DB>,
  { user, facilitator, begunAt }: KnownFacilitator & { begunAt: Date },
): Promise<{ token: string; expiresAt: Date }> {
  return await keepSignIn(db, { userId: user.id, facilitator, begunAt, kind: 'api', hours: HOURS });
}

/** Who sends this bearer token; `undefined` when it is unknown, has ended or belongs to a page. */
export async function identifyBearer(db: Kysely<DB>, token: string): Promise<SignedInFacilitator | undefined> {
  return await findSignIn(db, token, 'api');
}
