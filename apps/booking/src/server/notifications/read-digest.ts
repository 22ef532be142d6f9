import { BLOCK_BOOKINGS, type Digest, digestOf, LAST_ID } from '@samaya/booking-notification/digest.ts';
import type { Kysely } from 'kysely';
import type { DB } from '#server/database-types.ts';
import { listStates } from './digest-queries.ts';

/** Bookings one answer is about. */
const PAGE_BOOKINGS = 25 * BLOCK_BOOKINGS;

/**
 * Count and hash of the newest states of bookings, block by block, from the id `after` on: of all, or of those at one
 * facilitator's events.
 */
export async function readDigest(
  db: Kysely<DB>,
  { after, facilitatorId }: { after: number; facilitatorId: number | undefined },
): Promise<Digest> {
  const states = await listStates(db, { after, to: LAST_ID, facilitatorId, limit: PAGE_BOOKINGS });
  const blocks: Digest['blocks'] = [];
  let covered = after;
  for (let start = 0; start < states.length; start += BLOCK_BOOKINGS) {
    const block = states.slice(start, start + BLOCK_BOOKINGS);
    const to = block.at(-1)?.booking_id ?? covered;
    blocks.push({ after: covered, to, ...digestOf(block) });
    covered = to;
  }
  return { blocks, next: states.length === PAGE_BOOKINGS ? covered : null };
}
