import type { Kysely } from 'kysely';
import type { Identity } from '#server/accounts/identity.ts';
import type { Origin } from '#server/audit/audit.ts';
import { recordAct } from '#server/audit/record-act.ts';
import type { DB } from '#server/database-types.ts';
import { namesAssistantsOf } from './assistant-access.ts';
import { deleteAssistant, selectProvenAt } from './assistant-queries.ts';

/**
 * Takes an assistant's rights away, at once; on behalf of the facilitator or an admin. Somebody else's stays, as if
 * there were none, and removing twice is removing once. `forbidden` for who is neither.
 */
export async function removeAssistant(db: Kysely<DB>, id: number, actor: Identity, origin?: Origin): Promise<void> {
  const own = namesAssistantsOf(actor);
  await db.transaction().execute(async (trx) => {
    const removed = await deleteAssistant(trx, { id, facilitatorId: own });
    if (!removed) return;
    const { facilitatorId, email } = removed;
    const userId = await selectProvenAt(trx, email);
    await recordAct(trx, { kind: 'assistant.removed', actorId: actor.userId, userId, facilitatorId }, origin);
  });
}
