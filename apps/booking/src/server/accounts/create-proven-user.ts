import type { Transaction } from 'kysely';
import type { DB } from '#server/database-types.ts';
import { BookingError } from '#server/errors.ts';
import { dropPasskeys } from '#server/passkeys/drop-passkeys.ts';
import { handOverUnprovenUser, insertProvenUser } from './account-queries.ts';
import { endAllSignIns } from './sign-in.ts';

export interface ProvenUser {
  name: string;
  /** In canonical form, as `emailAddress` leaves it. */
  email: string;
  /** Made with `Passwords.hash`, before the transaction. */
  passwordHash: string;
  isAdmin: boolean;
}

/**
 * Makes an account for somebody an admin vouches for; answers its id. An unproven account at the address may be a
 * stranger's who got there first: its password, its Google sign-in and all its sign-ins end, and only the password
 * given here opens it from then on. A proven account is its person's own: `email-taken`.
 */
export async function createProvenUser(trx: Transaction<DB>, user: ProvenUser): Promise<number> {
  const handedOver = await handOverUnprovenUser(trx, user);
  if (handedOver !== undefined) {
    await dropPasskeys(trx, handedOver);
    await endAllSignIns(trx, handedOver);
    return handedOver;
  }
  const inserted = await insertProvenUser(trx, user);
  if (inserted === undefined) {
    throw new BookingError('email-taken', 'Somebody has an account with this address and a password of their own.', {
      errors: [{ pointer: '/email', detail: 'has an account' }],
    });
  }
  return inserted;
}
