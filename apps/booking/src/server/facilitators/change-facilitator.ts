import { PlatformError } from '@samaya/platform/platform-error.ts';
import type { Kysely } from 'kysely';
import type { Identity } from '#server/accounts/identity.ts';
import type { Origin } from '#server/audit/audit.ts';
import { recordAct } from '#server/audit/record-act.ts';
import type { DB } from '#server/database-types.ts';
import type { Facilitator } from './facilitator.ts';
import {
  type FacilitatorFields,
  lockFacilitator,
  selectFacilitator,
  updateFacilitator,
} from './facilitator-queries.ts';

/**
 * Changes a facilitator on behalf of an admin; CRM is told by the message that the change writes. With another address
 * the rights move to the proven person who has it. Refuses with `not-found` and `email-taken`.
 */
export async function changeFacilitator(
  db: Kysely<DB>,
  { id, changes }: { id: number; changes: Partial<FacilitatorFields> },
  actor: Identity,
  origin?: Origin,
): Promise<Facilitator> {
  const facilitator = await db.transaction().execute(async (trx) => {
    const before = await lockFacilitator(trx, id);
    if (!before) return undefined;
    const fields = fieldsThatDiffer(before, changes);
    if (fields.length === 0) return await selectFacilitator(trx, id);
    const act = { kind: 'facilitator.changed', actorId: actor.userId, facilitatorId: id } as const;
    await recordAct(trx, { ...act, details: { fields } }, origin);
    return await updateFacilitator(trx, id, changes);
  });
  if (!facilitator) throw new PlatformError('not-found', 'There is no such facilitator.');
  return facilitator;
}

function fieldsThatDiffer(before: FacilitatorFields, changes: Partial<FacilitatorFields>): string[] {
  const fields = ['name', 'email', 'bio', 'specialties'] as const;
  return fields.filter((field) => changes[field] !== undefined && changes[field] !== before[field]);
}
