import { PlatformError } from '@samaya/platform/platform-error.ts';
import type { BookingApp } from '#server/app.ts';
import type { Origin } from '#server/audit/audit.ts';
import { recordAct } from '#server/audit/record-act.ts';
import { BookingError } from '#server/errors.ts';
import { logSecurity } from '#server/security-log.ts';
import { getListedPerson } from './get-listed-person.ts';
import type { Identity } from './identity.ts';
import { lockAsAdmin } from './lock-as-admin.ts';
import { updateIsAdmin } from './people-queries.ts';

/**
 * Makes a person an admin, or no longer one. Nobody changes that of themselves, so one admin always stays. Refuses with
 * `forbidden` for oneself, for who is no admin (any more) and for an admin by `ADMIN_EMAILS`, with `not-found`, and
 * with `not-proven`: an address that nobody confirmed may be a stranger's.
 */
export async function changeAdmin(
  { db, config, log }: Pick<BookingApp, 'db' | 'config' | 'log'>,
  { userId, isAdmin }: { userId: number; isAdmin: boolean },
  actor: Identity,
  origin?: Origin,
): Promise<void> {
  if (userId === actor.userId) throw new PlatformError('forbidden', 'Another admin has to change that for you.');
  const isChanged = await db.transaction().execute(async (trx) => {
    await lockAsAdmin({ db: trx, config }, { actor, userId });
    const person = await getListedPerson({ db: trx, config }, userId);
    if (person.isAdmin === isAdmin) return false;
    if (isAdmin && !person.isProven) {
      throw new BookingError('not-proven', 'This person has not confirmed the address yet; it may be anybody’s.');
    }
    if (!isAdmin && person.isAdminByAddress) {
      throw new PlatformError('forbidden', 'This address is listed in ADMIN_EMAILS; take it out there.');
    }
    await updateIsAdmin(trx, userId, isAdmin);
    const kind = isAdmin ? 'admin.made' : 'admin.unmade';
    await recordAct(trx, { kind, actorId: actor.userId, userId }, origin);
    return true;
  });
  if (!isChanged) return;
  logSecurity(log, 'rights.changed', { user_id: userId, by: actor.userId, is_admin: isAdmin }, origin);
}
