import type { Kysely } from 'kysely';
import type { DB } from '#server/database-types.ts';
import { AGAIN_MINUTES, tellGuestAgain } from '#server/mail/tell-guest-again.ts';
import { lockOwnPlace } from './guest-queries.ts';

/**
 * Writes to somebody who asked for a place they have, but not over and over, and not while the mail of the booking
 * itself is on its way. Nobody is told who has no place any more.
 */
export async function tellHolderAgain(db: Kysely<DB>, place: { userId: number; eventId: number }): Promise<void> {
  await db.transaction().execute(async (trx) => {
    const own = await lockOwnPlace(trx, { ...place, minutes: AGAIN_MINUTES });
    if (own && !own.isYoung) await tellGuestAgain(trx, place);
  });
}
