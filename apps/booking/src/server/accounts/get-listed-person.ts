import { PlatformError } from '@samaya/platform/platform-error.ts';
import type { BookingApp } from '#server/app.ts';
import { type ListedPerson, selectListedPerson } from './people-queries.ts';

/** A person as admins see them; `not-found` when there is none, or no longer. */
export async function getListedPerson(
  { db, config }: Pick<BookingApp, 'db' | 'config'>,
  userId: number,
): Promise<ListedPerson> {
  const person = await selectListedPerson(db, { userId, adminEmails: config.adminEmails });
  if (!person) throw new PlatformError('not-found', 'There is no such person.');
  return person;
}
