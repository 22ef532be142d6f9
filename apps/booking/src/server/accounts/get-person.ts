import { PlatformError } from '@samaya/platform/platform-error.ts';
import type { BookingApp } from '#server/app.ts';
import type { Person } from './account.ts';
import { findPerson } from './identity-queries.ts';

/** A person with what they may; `unauthenticated` when the account was erased meanwhile. */
export async function getPerson({ db, config }: Pick<BookingApp, 'db' | 'config'>, userId: number): Promise<Person> {
  const person = await findPerson(db, { userId, adminEmails: config.adminEmails });
  if (!person) throw accountGone();
  return person;
}

export function accountGone(): PlatformError {
  return new PlatformError('unauthenticated', 'This account was deleted.');
}
