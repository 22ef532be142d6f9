import { PlatformError } from '@samaya/platform/platform-error.ts';
import type { BookingApp } from '#server/app.ts';
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
  { db, config }: Pick<BookingApp, 'db' | 'config'>,
  { userId, isDisabled }: { userId: number; isDisabled: boolean },
  actor: Identity,
): Promise<void> {
  if (userId === actor.userId) throw new PlatformError('forbidden', 'Another admin has to do that for you.');
  await db.transaction().execute(async (trx) => {
    await lockAsAdmin({ db: trx, config }, { actor, userId });
    await getListedPerson({ db: trx, config }, userId);
    await updateIsDisabled(trx, userId, isDisabled);
  });
}
