import { PlatformError } from '@samaya/platform/platform-error.ts';
import type { BookingApp } from '#server/app.ts';
import type { Origin } from '#server/audit/audit.ts';
import { recordAct } from '#server/audit/record-act.ts';
import { logSecurity } from '#server/security-log.ts';
import { erasePerson } from './erase-person.ts';
import { getListedPerson } from './get-listed-person.ts';
import type { Identity } from './identity.ts';
import { lockAsAdmin } from './lock-as-admin.ts';

/**
 * Erases a person on behalf of an admin, as `erasePerson` says. Refuses with `not-found`, and with `forbidden` for
 * oneself and for other admins, who must stop being one first.
 */
export async function removePerson(
  { db, config, log }: Pick<BookingApp, 'db' | 'config' | 'log'>,
  userId: number,
  actor: Identity,
  origin?: Origin,
): Promise<void> {
  if (userId === actor.userId) {
    throw new PlatformError('forbidden', 'You delete your own account on its own page.');
  }
  await db.transaction().execute(async (trx) => {
    await lockAsAdmin({ db: trx, config }, { actor, userId });
    const person = await getListedPerson({ db: trx, config }, userId);
    if (person.isAdmin) throw new PlatformError('forbidden', 'Take the admin’s rights away first.');
    await erasePerson(trx, userId);
    await recordAct(trx, { kind: 'person.removed', actorId: actor.userId, userId }, origin);
  });
  logSecurity(log, 'account.deleted', { user_id: userId, by: actor.userId }, origin);
}
