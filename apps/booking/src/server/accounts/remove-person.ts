import { PlatformError } from '@samaya/platform/platform-error.ts';
import type { BookingApp } from '#server/app.ts';
import { erasePerson } from './erase-person.ts';
import { getListedPerson } from './get-listed-person.ts';
import type { Identity } from './identity.ts';

/**
 * Erases a person on behalf of an admin, as `erasePerson` says. Refuses with `not-found`, and with `forbidden` for
 * oneself and for other admins, who must stop being one first.
 */
export async function removePerson(
  app: Pick<BookingApp, 'db' | 'config'>,
  userId: number,
  actor: Identity,
): Promise<void> {
  if (!actor.isAdmin) throw new PlatformError('forbidden', 'Only admins may do this.');
  if (userId === actor.userId) {
    throw new PlatformError('forbidden', 'You delete your own account on its own page.');
  }
  const person = await getListedPerson(app, userId);
  if (person.isAdmin) throw new PlatformError('forbidden', 'Take the admin’s rights away first.');
  await erasePerson(app.db, userId);
}
