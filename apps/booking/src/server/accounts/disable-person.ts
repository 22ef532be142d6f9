import { PlatformError } from '@samaya/platform/platform-error.ts';
import type { BookingApp } from '#server/app.ts';
import type { Origin } from '#server/audit/audit.ts';
import { recordAct } from '#server/audit/record-act.ts';
import { logSecurity } from '#server/security-log.ts';
import { getListedPerson } from './get-listed-person.ts';
import type { Identity } from './identity.ts';
import { lockAsAdmin } from './lock-as-admin.ts';
import { updateIsDisabled } from './people-queries.ts';

/**
 * Disables an account, or enables it again. Whoever is disabled signs in by no door and what they have open ends, here
 * and in CRM; their bookings stay. Nobody disables themselves, so one admin always stays. Refuses with `forbidden` for
 * oneself and for who is no admin (any more), and with `not-found`.
 */
export async function disablePerson(
  { db, config, log }: Pick<BookingApp, 'db' | 'config' | 'log'>,
  { userId, isDisabled }: { userId: number; isDisabled: boolean },
  actor: Identity,
  origin?: Origin,
): Promise<void> {
  if (userId === actor.userId) throw new PlatformError('forbidden', 'Another admin has to do that for you.');
  const isChanged = await db.transaction().execute(async (trx) => {
    await lockAsAdmin({ db: trx, config }, { actor, userId });
    const person = await getListedPerson({ db: trx, config }, userId);
    if ((person.disabledAt !== null) === isDisabled) return false;
    await updateIsDisabled(trx, userId, isDisabled);
    const kind = isDisabled ? 'person.disabled' : 'person.enabled';
    await recordAct(trx, { kind, actorId: actor.userId, userId }, origin);
    return true;
  });
  if (!isChanged) return;
  logSecurity(log, isDisabled ? 'account.disabled' : 'account.enabled', { user_id: userId, by: actor.userId }, origin);
}
