import { PlatformError } from '@samaya/platform/platform-error.ts';
import type { Kysely } from 'kysely';
import type { DB } from '#server/database-types.ts';
import type { Facilitator } from './facilitator.ts';
import { type FacilitatorFields, selectFacilitator, updateFacilitator } from './facilitator-queries.ts';

/**
 * Changes a facilitator; CRM is told by the message that the change writes. With another address the rights move to
 * the proven person who has it. Refuses with `not-found` and `email-taken`.
 */
export async function changeFacilitator(
  db: Kysely<DB>,
  id: number,
  changes: Partial<FacilitatorFields>,
): Promise<Facilitator> {
  const isChange = Object.values(changes).some((value) => value !== undefined);
  const facilitator = isChange ? await updateFacilitator(db, id, changes) : await selectFacilitator(db, id);
  if (!facilitator) throw new PlatformError('not-found', 'There is no such facilitator.');
  return facilitator;
}
