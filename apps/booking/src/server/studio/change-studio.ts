import type { Kysely } from 'kysely';
import type { Identity } from '#server/accounts/identity.ts';
import type { Origin } from '#server/audit/audit.ts';
import { recordAct } from '#server/audit/record-act.ts';
import type { DB } from '#server/database-types.ts';
import type { Studio } from './studio.ts';
import { lockStudio, updateStudio } from './studio-queries.ts';

/**
 * Sets what the studio is called and what events get that do not say otherwise, on behalf of an admin; those that exist
 * keep theirs. From then on the settings of the environment no longer count.
 */
export async function changeStudio(db: Kysely<DB>, studio: Studio, actor: Identity, origin?: Origin): Promise<void> {
  await db.transaction().execute(async (trx) => {
    const before = await lockStudio(trx);
    const fields = (['name', 'timeZone', 'currency', 'terms'] as const).filter((one) => studio[one] !== before[one]);
    await updateStudio(trx, studio);
    if (fields.length === 0) return;
    await recordAct(trx, { kind: 'settings.changed', actorId: actor.userId, details: { fields } }, origin);
  });
}
