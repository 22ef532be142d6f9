import { PlatformError } from '@samaya/platform/platform-error.ts';
import type { Kysely } from 'kysely';
import type { Identity } from '#server/accounts/identity.ts';
import type { DB } from '#server/database-types.ts';
import type { ImportActor } from './facilitator-directory.ts';
import { ImportError } from './import-errors.ts';
import { findImporter, findKnownFacilitator } from './import-queries.ts';

/**
 * On whose behalf an import runs. Without an address it is whoever operates the installation, who may do what an admin
 * may. Rights are those of a proven account; throws an ImportError for anybody else.
 */
export async function findActor(
  db: Kysely<DB>,
  email: string | undefined,
  adminEmails: readonly string[],
): Promise<ImportActor> {
  if (email === undefined) return { kind: 'admin' };
  const address = email.trim().toLowerCase();
  const importer = await findImporter(db, address);
  if (!importer) throw new ImportError(`--as ${address}: nobody has a confirmed account at this address.`);
  if (importer.isAdmin || adminEmails.includes(address)) return { kind: 'admin' };
  if (importer.facilitator) return { kind: 'facilitator', facilitator: importer.facilitator };
  throw new ImportError(`--as ${address}: this account is neither an admin's nor a facilitator's.`);
}

/** The same for somebody who is signed in; `forbidden` for who is neither an admin nor a facilitator. */
export async function actorOf(db: Kysely<DB>, identity: Identity): Promise<ImportActor> {
  if (identity.isAdmin) return { kind: 'admin' };
  const facilitator =
    identity.facilitatorId === null ? undefined : await findKnownFacilitator(db, identity.facilitatorId);
  if (!facilitator) throw new PlatformError('forbidden', 'Only facilitators and admins import schedules.');
  return { kind: 'facilitator', facilitator };
}
