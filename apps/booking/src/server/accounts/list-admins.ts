import type { BookingApp } from '#server/app.ts';
import { type ListedAdmin, selectAdmins } from './people-queries.ts';

/** Everybody with an admin's rights, and the addresses of `ADMIN_EMAILS` that wait for somebody to confirm them. */
export async function listAdmins({ db, config }: Pick<BookingApp, 'db' | 'config'>): Promise<ListedAdmin[]> {
  return await selectAdmins(db, config.adminEmails);
}
