import type { BookingApp } from '#server/app.ts';
import { type PeopleFigures, selectPeopleFigures } from './people-queries.ts';

/** How many people have an account, and how many of them run things. */
export async function countPeople({ db, config }: Pick<BookingApp, 'db' | 'config'>): Promise<PeopleFigures> {
  return await selectPeopleFigures(db, config.adminEmails);
}
