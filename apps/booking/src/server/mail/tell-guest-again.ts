import type { Transaction } from 'kysely';
import type { DB } from '#server/database-types.ts';
import { wasToldAgainLately } from './mail-history-queries.ts';
import { requestMail } from './request-mail.ts';

/** Minutes in which a guest who asks for the same place over and over is written to once. */
export const AGAIN_MINUTES = 10;

/**
 * Has a guest told that they have the place they asked for, unless they were told lately. The caller has locked their
 * booking, so that two requests at once write once.
 */
export async function tellGuestAgain(
  trx: Transaction<DB>,
  { userId, eventId }: { userId: number; eventId: number },
): Promise<void> {
  if (await wasToldAgainLately(trx, { userId, eventId, minutes: AGAIN_MINUTES })) return;
  await requestMail(trx, { kind: 'guest.again', userId, eventId });
}
