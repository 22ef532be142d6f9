import type { BookingApp } from '#server/app.ts';
import type { Person } from './account.ts';
import { updateName } from './account-queries.ts';
import { getPerson } from './get-person.ts';

/** Changes what a person is called, here and, by the message the change writes, in CRM; answers the person. */
export async function renamePerson(
  app: Pick<BookingApp, 'db' | 'config'>,
  { userId, name }: { userId: number; name: string | undefined },
): Promise<Person> {
  if (name !== undefined) await updateName(app.db, userId, name);
  return await getPerson(app, userId);
}
