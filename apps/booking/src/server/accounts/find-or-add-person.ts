import type { Transaction } from 'kysely';
import type { DB } from '#server/database-types.ts';
import { NO_PASSWORD } from './account.ts';
import { findUserAt, insertUser } from './account-queries.ts';

/** Somebody named by another: the address as `emailAddress` leaves it. */
export interface NamedPerson {
  name: string;
  email: string;
}

// Between not being found and being added somebody else may take the address, and be erased again.
const MOST_ROUNDS = 3;

/**
 * The id of the person at an address. Who is there keeps their name, whatever they are called here; else an account
 * is made that nobody has confirmed and no password opens.
 */
export async function findOrAddPerson(trx: Transaction<DB>, { name, email }: NamedPerson): Promise<number> {
  for (let round = 1; round <= MOST_ROUNDS; round++) {
    const found = await findUserAt(trx, email);
    if (found !== undefined) return found;
    const added = await insertUser(trx, { name, email, passwordHash: NO_PASSWORD });
    if (added) return added.id;
  }
  throw new Error('an address is taken and free at once');
}
