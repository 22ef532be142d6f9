import { PlatformError } from '@samaya/platform/platform-error.ts';
import type { BookingApp } from '#server/app.ts';
import type { Origin } from '#server/audit/audit.ts';
import { recordAct } from '#server/audit/record-act.ts';
import { getListedPerson } from './get-listed-person.ts';
import type { Identity } from './identity.ts';
import { endAllSignIns } from './sign-in.ts';
import { deleteOwnSignIn } from './sign-in-queries.ts';

/**
 * Ends one of a person's sign-ins on behalf of an admin, or without `signInId` all of them, in CRM too. Refuses with
 * `forbidden` who is no admin, and with `not-found`.
 */
export async function signOutPerson(
  { db, config }: Pick<BookingApp, 'db' | 'config'>,
  { userId, signInId }: { userId: number; signInId?: string },
  actor: Identity,
  origin?: Origin,
): Promise<void> {
  if (!actor.isAdmin) throw new PlatformError('forbidden', 'Only admins may do this.');
  await db.transaction().execute(async (trx) => {
    await getListedPerson({ db: trx, config }, userId);
    if (signInId === undefined) await endAllSignIns(trx, userId);
    // One that ended meanwhile, or is another person's: nothing was done, and the trail says nothing.
    else if (!(await deleteOwnSignIn(trx, { id: signInId, userId }))) return;
    const details = signInId === undefined ? {} : { count: 1 };
    await recordAct(trx, { kind: 'person.signed_out', actorId: actor.userId, userId, details }, origin);
  });
}
