import type { Kysely } from 'kysely';
import type { DB } from '#server/database-types.ts';
import { type EventAddress, selectEventAddresses, selectEventParts } from './event-address-queries.ts';

/** As many as one list of addresses holds: readers take 50,000 at most, and a smaller one is made quickly. */
const MOST = 10_000;
const LAST_ID = 2_147_483_647;

/**
 * What the pages of events ahead are called: all of them, or, where they are too many for one list, the numbers of the
 * parts that there are. `part` asks for one of these.
 */
export async function listEventAddresses(
  db: Kysely<DB>,
  { part, most = MOST }: { part: number | undefined; most?: number },
): Promise<{ addresses: EventAddress[]; parts: number[] }> {
  if (part !== undefined) {
    const [from, until] = [part, part + 1].map((each) => Math.min(each * most, LAST_ID)) as [number, number];
    return { addresses: await selectEventAddresses(db, { from, until, limit: most }), parts: [] };
  }
  const addresses = await selectEventAddresses(db, { from: 0, until: LAST_ID, limit: most + 1 });
  if (addresses.length <= most) return { addresses, parts: [] };
  return { addresses: [], parts: await selectEventParts(db, most) };
}
