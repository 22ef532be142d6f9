import { PlatformError } from '@samaya/platform/platform-error.ts';
import type { Transaction } from 'kysely';
import type { BookingApp } from '#server/app.ts';
import type { DB } from '#server/database-types.ts';
import type { Identity } from './identity.ts';
import { findPerson } from './identity-queries.ts';
import { lockAdmins } from './people-queries.ts';

/**
 * Locks the admins and the account that one of them is about to change. Refuses with `forbidden` who is no admin (any
 * more): whoever came first may have been about this very actor.
 */
export async function lockAsAdmin(
  { db, config }: { db: Transaction<DB> } & Pick<BookingApp, 'config'>,
  { actor, userId }: { actor: Identity; userId: number },
): Promise<void> {
  await lockAdmins(db, [actor.userId, userId]);
  const self = await findPerson(db, { userId: actor.userId, adminEmails: config.adminEmails });
  if (!actor.isAdmin || !self?.is_admin) throw new PlatformError('forbidden', 'Only admins may do this.');
}
