import { PlatformError } from '@samaya/platform/platform-error.ts';
import type { Kysely } from 'kysely';
import type { DB } from '#server/database-types.ts';
import { type FacilitatorAccount, selectFacilitatorAccount } from './facilitator-account-queries.ts';

/** A facilitator with what only admins see of them; `not-found` when there is none. */
export async function getFacilitatorAccount(db: Kysely<DB>, id: number): Promise<FacilitatorAccount> {
  const facilitator = await selectFacilitatorAccount(db, id);
  if (!facilitator) throw new PlatformError('not-found', 'There is no such facilitator.');
  return facilitator;
}
