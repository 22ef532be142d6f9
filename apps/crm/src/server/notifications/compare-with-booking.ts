import {
  type BookingState,
  digestOf,
  isSameState,
  LAST_ID,
  type NewestBookings,
} from '@samaya/booking-notification/digest.ts';
import type { Kysely } from 'kysely';
import type { DB } from '#server/database-types.ts';
import type { BookingTruth } from './ask-booking.ts';
import type { Reconciliation } from './reconciliation.ts';
import { listKnownStates } from './reconciliation-queries.ts';

type NewestBooking = NewestBookings['bookings'][number];

/** Does something about bookings whose newest state is not known here; answers for how many it could. */
export type Heal = (lacking: readonly NewestBooking[]) => Promise<number>;

// However many rows there are here that booking knows nothing of, no more are held at once.
const MOST_HELD = 10_000;

/**
 * Compares what is known here of each booking with what booking says, block by block, and looks closer only where the
 * two differ. Both go on working meanwhile: what booking still has on its way is not missing, and what seems to be
 * ahead of booking is asked about again, since it may just have arrived. Throws `booking-away`.
 */
export async function compareWithBooking({
  db,
  booking,
  heal,
}: {
  db: Kysely<DB>;
  booking: BookingTruth;
  heal: Heal;
}): Promise<Reconciliation> {
  const found: Reconciliation = { compared: 0, healed: 0, waiting: 0, unhealed: 0, extra: 0, ahead: 0 };

  async function compareRange(range: { after: number; to: number }): Promise<void> {
    let { after } = range;
    while (after < range.to) {
      const { bookings, next } = await booking.newest({ after, to: range.to });
      const known = await listKnownStates(db, { after, to: next ?? range.to, limit: MOST_HELD });
      const to = edgeOf(known, next ?? range.to);
      await judge(bookings.filter(upTo(to)), known, { after, to });
      after = to;
    }
  }

  async function judge(
    bookings: readonly NewestBooking[],
    known: readonly BookingState[],
    range: { after: number; to: number },
  ): Promise<void> {
    const saidOf = new Map(bookings.map((one) => [one.booking_id, one]));
    const knownOf = new Map(known.map((state) => [state.booking_id, state]));
    const lacking = bookings.filter((one) => isBehind(knownOf.get(one.booking_id), one));
    const lost = lacking.filter((one) => !one.on_its_way);
    found.waiting += lacking.length - lost.length;
    if (lost.length > 0) {
      const healed = await heal(lost);
      found.healed += healed;
      found.unhealed += lost.length - healed;
    }
    const strangers = known.filter((state) => isAhead(state, saidOf.get(state.booking_id)));
    if (strangers.length > 0) await judgeStrangers(strangers, range);
  }

  async function judgeStrangers(strangers: readonly BookingState[], range: { after: number; to: number }) {
    const { bookings, next } = await booking.newest(range);
    const saidOf = new Map(bookings.map((one) => [one.booking_id, one]));
    // Above that there are bookings made since, which this answer does not reach.
    for (const state of strangers.filter(upTo(next ?? range.to))) {
      const said = saidOf.get(state.booking_id);
      if (!said) found.extra++;
      else if (isAhead(state, said)) found.ahead++;
    }
  }

  let after = 0;
  for (;;) {
    const { blocks, next } = await booking.digest({ after });
    const to = blocks.at(-1)?.to ?? after;
    const known = await listKnownStates(db, { after, to, limit: MOST_HELD });
    const edge = edgeOf(known, to);
    for (const block of blocks) {
      found.compared += block.count;
      const { hash } = digestOf(known.filter(({ booking_id: id }) => id > block.after && id <= block.to));
      if (hash !== block.hash || block.to > edge) await compareRange(block);
    }
    if (next === null) {
      // What is known here above the last booking, and what was booked since.
      await compareRange({ after: to, to: LAST_ID });
      return found;
    }
    after = next;
  }
}

/** How far states reach that were read up to `to`, or up to as many as are held at once. */
function edgeOf(known: readonly BookingState[], to: number): number {
  return known.length === MOST_HELD ? (known.at(-1)?.booking_id ?? to) : to;
}

function upTo(to: number) {
  return ({ booking_id }: { booking_id: number }) => booking_id <= to;
}

/** Whether less is known than booking says, or something else of the same version. */
export function isBehind(known: BookingState | undefined, said: BookingState): boolean {
  return known === undefined || known.version < said.version || (!isSameState(known, said) && !isAhead(known, said));
}

function isAhead(known: BookingState, said: BookingState | undefined): boolean {
  return said === undefined || known.version > said.version;
}
