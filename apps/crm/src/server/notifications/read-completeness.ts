import { digestOf, isSameState, LAST_ID } from '@samaya/booking-notification/digest.ts';
import type { Kysely } from 'kysely';
import type { DB } from '#server/database-types.ts';
import type { BookingTruth } from './ask-booking.ts';
import { findNewestArrival, listKnownStatesOf, listStatesWith } from './reconciliation-queries.ts';

/** How much of what was booked with a facilitator has arrived. */
export interface Completeness {
  /** Bookings whose newest state is known here. */
  received: number;
  /** Bookings there are; `undefined` while booking does not say. */
  expected: number | undefined;
  /** When the newest notification arrived; `undefined` before the first. */
  newestAt: Date | undefined;
}

/** The same as JSON has it. */
export interface CompletenessJson {
  received: number;
  expected: number | null;
  newestAt: string | null;
}

export function shapeCompleteness({ received, expected, newestAt }: Completeness): CompletenessJson {
  return { received, expected: expected ?? null, newestAt: newestAt?.toISOString() ?? null };
}

export type ReadCompleteness = (facilitatorId: number) => Promise<Completeness>;

type Counts = Pick<Completeness, 'received' | 'expected'>;

/** Counts are kept so long; much less when something is known to have changed, or was not to be known. */
const KEPT_MS = 60_000;
const KEPT_BRIEFLY_MS = 5000;
/** Nobody waits longer for booking than this, however many ask. */
const PATIENCE_MS = 500;
const MOST_KEPT = 1000;

interface Kept {
  at: number;
  newestAt: number | undefined;
  counting: Promise<Counts>;
  counts: Counts | undefined;
}

/** Gives the use case its memory, one per process. `stopwatch` is in milliseconds. */
export function createReadCompleteness(
  { db, booking }: { db: Kysely<DB>; booking: BookingTruth },
  stopwatch: () => number = () => performance.now(),
): ReadCompleteness {
  const keptOf = new Map<number, Kept>();

  function isFresh({ at, newestAt, counts }: Kept, arrival: Date | undefined): boolean {
    const isSettled = counts === undefined || counts.received === counts.expected;
    return stopwatch() - at < (isSettled && newestAt === arrival?.getTime() ? KEPT_MS : KEPT_BRIEFLY_MS);
  }

  function keep(facilitatorId: number, arrival: Date | undefined): Kept {
    const counting = count({ db, booking }, facilitatorId);
    const kept: Kept = { at: stopwatch(), newestAt: arrival?.getTime(), counting, counts: undefined };
    counting.then(
      (counts) => {
        kept.counts = counts;
      },
      // Whoever asked is told; the next one asks anew.
      () => keptOf.delete(facilitatorId),
    );
    if (keptOf.size >= MOST_KEPT) keptOf.clear();
    keptOf.set(facilitatorId, kept);
    return kept;
  }

  return async (facilitatorId) => {
    const newestAt = await findNewestArrival(db, facilitatorId);
    const known = keptOf.get(facilitatorId);
    const { at, counting } = known && isFresh(known, newestAt) ? known : keep(facilitatorId, newestAt);
    const counts = await Promise.race([counting, giveUp(PATIENCE_MS - (stopwatch() - at))]);
    return { ...(counts ?? { received: await countKnown(db, facilitatorId), expected: undefined }), newestAt };
  };
}

function giveUp(afterMs: number): Promise<undefined> {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, afterMs), undefined).unref());
}

/** Where booking is away, only what is here can be counted. */
async function count(sides: { db: Kysely<DB>; booking: BookingTruth }, facilitatorId: number): Promise<Counts> {
  try {
    return await countBoth(sides, facilitatorId);
  } catch (error) {
    if ((error as { code?: string }).code !== 'booking-away') throw error;
    return { received: await countKnown(sides.db, facilitatorId), expected: undefined };
  }
}

async function countKnown(db: Kysely<DB>, facilitatorId: number): Promise<number> {
  return (await listStatesWith(db, { facilitatorId, after: 0, to: LAST_ID })).length;
}

async function countBoth(
  { db, booking }: { db: Kysely<DB>; booking: BookingTruth },
  facilitatorId: number,
): Promise<{ received: number; expected: number }> {
  const counts = { received: 0, expected: 0 };
  for (let after: number | null = 0; after !== null; ) {
    const digest = await booking.digest({ after, facilitatorId });
    const known = await listStatesWith(db, { facilitatorId, after, to: digest.blocks.at(-1)?.to ?? after });
    for (const block of digest.blocks) {
      counts.expected += block.count;
      const { hash } = digestOf(known.filter(({ booking_id: id }) => id > block.after && id <= block.to));
      counts.received += hash === block.hash ? block.count : await countReceived(block);
    }
    after = digest.next;
  }
  return counts;

  async function countReceived({ after, to }: { after: number; to: number }): Promise<number> {
    const { bookings } = await booking.newest({ after, to, facilitatorId });
    const ids = bookings.map((one) => one.booking_id);
    const knownOf = new Map((await listKnownStatesOf(db, ids)).map((state) => [state.booking_id, state]));
    return bookings.filter((one) => {
      const state = knownOf.get(one.booking_id);
      return state !== undefined && (state.version > one.version || isSameState(state, one));
    }).length;
  }
}
