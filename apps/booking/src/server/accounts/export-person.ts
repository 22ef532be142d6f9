import type { Kysely } from 'kysely';
import type { DB } from '#server/database-types.ts';
import { accountGone } from './get-person.ts';
import { findPersonalData } from './personal-data-queries.ts';

/** Everything kept about a person, as of one moment. A password's hash and the secrets of sign-ins are not told. */
export async function exportPerson(db: Kysely<DB>, { userId, now }: { userId: number; now: Date }) {
  const data = await db
    .transaction()
    .setIsolationLevel('repeatable read')
    .setAccessMode('read only')
    .execute((trx) => findPersonalData(trx, userId));
  if (!data) throw accountGone();
  return { exported_at: now, ...data };
}
