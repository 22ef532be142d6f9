import { randomUUID } from 'node:crypto';
import { isSameState, type NewestBookings } from '@samaya/booking-notification/digest.ts';
import type { Log } from '@samaya/platform/log.ts';
import type { Kysely } from 'kysely';
import type { DB } from '#server/database-types.ts';
import type { BookingTruth } from './ask-booking.ts';
import { compareWithBooking } from './compare-with-booking.ts';
import { receiveNotifications } from './receive-notifications.ts';
import type { Reconciliation } from './reconciliation.ts';
import { insertReconciliation, listKnownStatesOf, withReconcilingLock } from './reconciliation-queries.ts';

type NewestBooking = NewestBookings['bookings'][number];

// Enough to find them by; the others are in the same table.
const MOST_LOGGED = 20;

/**
 * Compares with booking and takes in, like anything that arrives, what is lacking or different here. Rows that booking
 * knows nothing of stay. Notes what was found; what had to be healed is an error in the log, since nothing should ever
 * be. Answers `undefined` when another process is at it. Throws `booking-away`; what was healed by then stays.
 */
export async function reconcileNotifications(
  { db, booking, log }: { db: Kysely<DB>; booking: BookingTruth; log: Log },
  now: Date,
): Promise<Reconciliation | undefined> {
  return await withReconcilingLock(db, async () => {
    const ids: number[] = [];
    const found = await compareWithBooking({
      db,
      booking,
      async heal(lacking) {
        ids.push(...lacking.map((one) => one.booking_id).slice(0, MOST_LOGGED - ids.length));
        return await takeIn(db, lacking);
      },
    });
    await insertReconciliation(db, { ...found, startedAt: now });
    report(log, found, ids);
    return found;
  });
}

/** Takes in what is lacking; answers of how many bookings the newest state is known then. */
async function takeIn(db: Kysely<DB>, lacking: readonly NewestBooking[]): Promise<number> {
  await receive(db, lacking);
  const different = await stillDifferent(db, lacking);
  if (different.length === 0) return lacking.length;
  // The message itself is here, and says something else than it did: somebody changed its row. That row stays, and
  // what booking says comes after it as a message of its own.
  await receive(
    db,
    different.map((one) => ({ ...one, message: one.message && { ...one.message, message_id: randomUUID() } })),
  );
  return lacking.length - (await stillDifferent(db, different)).length;
}

async function receive(db: Kysely<DB>, bookings: readonly NewestBooking[]): Promise<void> {
  const messages = bookings.flatMap(({ message }) => (message ? [message] : []));
  if (messages.length > 0) await receiveNotifications(db, messages);
}

async function stillDifferent(db: Kysely<DB>, bookings: readonly NewestBooking[]): Promise<NewestBooking[]> {
  const known = await listKnownStatesOf(
    db,
    bookings.map((one) => one.booking_id),
  );
  const knownOf = new Map(known.map((state) => [state.booking_id, state]));
  return bookings.filter((one) => {
    const state = knownOf.get(one.booking_id);
    // A newer version may have arrived meanwhile.
    return !state || (state.version <= one.version && !isSameState(state, one));
  });
}

function report(log: Log, found: Reconciliation, bookings: readonly number[]): void {
  if (found.healed > 0 || found.unhealed > 0) {
    log.error({ ...found, bookings }, 'notifications were missing or different from what booking says');
  } else if (found.extra > 0 || found.ahead > 0) {
    log.warn(found, 'there are notifications that booking knows nothing of');
  } else log.info(found, 'compared with booking: all that was delivered is here');
}
