import { returnProbe, takeProbe } from './destination-queries.ts';
import type { ClaimedRow, Outlet } from './outbox.ts';
import { claimDue } from './outbox-queries.ts';

export interface Claims {
  /** Most messages taken at once. */
  limit: number;
  /** How long they are ours; longer than their delivery can take. */
  leaseSeconds: number;
  /** Sends claimed messages and notes what became of each. `isProbe`: the destination was down, this asks whether it still is. */
  deliver(rows: readonly ClaimedRow[], isProbe: boolean): Promise<void>;
}

/**
 * Makes one claim: takes what is due and has it delivered; one message alone when the destination is down and may be
 * asked again. Answers whether there is likely more. Throws only when the database is away; the rows are then due
 * again when their lease ends.
 */
export async function deliverDue(
  { db, destination, now }: Outlet,
  { limit, leaseSeconds, deliver }: Claims,
): Promise<{ isMoreLikely: boolean }> {
  const claim = (most: number, isProbe: boolean) =>
    claimDue(db, { destination, limit: most, leaseSeconds, isProbe, now: now?.() });
  const rows = await claim(limit, false);
  if (rows.length > 0) {
    await deliver(rows, false);
    return { isMoreLikely: rows.length === limit };
  }
  if (!(await takeProbe(db, destination, now?.()))) return { isMoreLikely: false };
  const probe = await claim(1, true);
  if (probe.length === 0) await returnProbe(db, destination, now?.());
  else await deliver(probe, true);
  // Where the probe got through, everything that waited is due.
  return { isMoreLikely: probe.length > 0 };
}
