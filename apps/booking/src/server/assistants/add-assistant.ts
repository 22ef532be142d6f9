import { PlatformError } from '@samaya/platform/platform-error.ts';
import type { Kysely } from 'kysely';
import type { Identity } from '#server/accounts/identity.ts';
import type { Origin } from '#server/audit/audit.ts';
import { recordAct } from '#server/audit/record-act.ts';
import type { DB } from '#server/database-types.ts';
import { namesAssistantsOf } from './assistant-access.ts';
import { insertAssistant, selectProvenAt } from './assistant-queries.ts';

/**
 * Names an assistant of a facilitator by address, on behalf of the facilitator or an admin. Whether anybody has the
 * address does not show: who has confirmed it, now or one day, may then do the work. Naming twice is naming once.
 * Refuses with `forbidden` for another facilitator, and with `not-found`.
 */
export async function addAssistant(
  db: Kysely<DB>,
  { facilitatorId, email }: { facilitatorId: number; email: string },
  actor: Identity,
  origin?: Origin,
): Promise<void> {
  const own = namesAssistantsOf(actor);
  if (own !== undefined && own !== facilitatorId) {
    throw new PlatformError('forbidden', 'Only its facilitator or an admin names an assistant.');
  }
  await db.transaction().execute(async (trx) => {
    const isNew = await insertAssistant(trx, { facilitatorId, email });
    if (isNew === undefined) throw new PlatformError('not-found', 'There is no such facilitator.');
    if (!isNew) return;
    const userId = await selectProvenAt(trx, email);
    await recordAct(trx, { kind: 'assistant.added', actorId: actor.userId, userId, facilitatorId }, origin);
  });
}
