import type { Kysely } from 'kysely';
import type { DB } from '#server/database-types.ts';
import { dropPasskeys } from '#server/passkeys/drop-passkeys.ts';
import { isGuest } from './account.ts';
import { closeAccount, lockAccountOfGuest } from './account-state-queries.ts';
import { findOrAddPerson, type NamedPerson } from './find-or-add-person.ts';
import { endAllSignIns } from './sign-in.ts';

/**
 * Finds the person of an address or makes one, without a password, for somebody who books as a guest; answers the id.
 * A name that is known stays. An account that nobody proved may be a stranger's who got there first, and who would see
 * what the guest books: its password, its Google sign-in, its passkeys and its sign-ins end, and the mailbox opens it again.
 */
export async function admitGuest(db: Kysely<DB>, guest: NamedPerson): Promise<number> {
  for (;;) {
    const userId = await db.transaction().execute(async (trx) => {
      const account = await lockAccountOfGuest(trx, await findOrAddPerson(trx, guest));
      if (!account) return undefined;
      if (!account.isProven && !isGuest(account)) {
        await closeAccount(trx, account.id);
        await dropPasskeys(trx, account.id);
        await endAllSignIns(trx, account.id);
      }
      return account.id;
    });
    // Else the person was erased in between, and the address is free.
    if (userId !== undefined) return userId;
  }
}
