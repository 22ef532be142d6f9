import { deliverDue } from './deliver-due.ts';
import { markUp, returnProbe } from './destination-queries.ts';
import { noteAway, noteRefused } from './note-failure.ts';
import type { ClaimedRow, Outlet } from './outbox.ts';
import { markDead, markDelivered, markUnanswered, markUnneeded, releaseRows } from './outbox-queries.ts';
import type { Stopping } from './relay.ts';

/** What became of one message that went by itself. */
export type Carried =
  | { kind: 'taken' }
  /** Nobody needs it any more; the destination was not asked. */
  | { kind: 'unneeded'; reason: string }
  /** It can never be sent; the destination was not asked. */
  | { kind: 'unsayable'; reason: string }
  /** Not taken this time. */
  | { kind: 'postponed'; reason: string }
  /** Refused for good. */
  | { kind: 'rejected'; reason: string }
  /** The destination is not there, or takes nothing from us: it says nothing about the message. */
  | { kind: 'away'; reason: string }
  /** The line broke over it: the fault may be the message's, or the destination's. */
  | { kind: 'broken'; reason: string };

/** Carries messages to a destination that takes them one by one. */
export interface Carrier {
  /** Within `CARRY_SECONDS`, and sooner when cut. Throws only when the database is away. */
  carry(row: ClaimedRow, cut: AbortSignal): Promise<Carried>;
  /** Whether the destination would take messages from us at this moment. Within `CARRY_SECONDS`; never throws. */
  isThere(): Promise<boolean>;
}

/** Seconds that one message, or one question whether the destination is there, may take. */
export const CARRY_SECONDS = 20;

const MOST_ROWS = 20;
const LEASE_SECONDS = 120;
/** No message begins later than this after the claim, so that its end, a question after it included, is within the lease. */
const LAST_START_MS = 60_000;

/**
 * Delivers one claim message by message; answers and throws as `deliverDue` does. When a relay stops, the message on
 * its way may arrive and no other is begun.
 */
export async function deliverSingly(
  outlet: Outlet,
  carrier: Carrier,
  stopping: Stopping,
): Promise<{ isMoreLikely: boolean }> {
  return await deliverDue(outlet, {
    limit: MOST_ROWS,
    leaseSeconds: LEASE_SECONDS,
    deliver: (rows, isProbe) => deliverRows(outlet, carrier, { rows, isProbe, stopping }),
  });
}

async function deliverRows(
  outlet: Outlet,
  carrier: Carrier,
  { rows, isProbe, stopping }: { rows: readonly ClaimedRow[]; isProbe: boolean; stopping: Stopping },
): Promise<void> {
  const { db } = outlet;
  const { closing, cut } = stopping;
  const startedAt = outlet.clock();
  const began = performance.now();
  let hasBroken = false;

  for (const [index, row] of rows.entries()) {
    const left = rows.slice(index);
    if (closing.aborted || performance.now() - began > LAST_START_MS) return await giveBack(left);
    const carried = await carrier.carry(row, cut);
    if (cut.aborted && (carried.kind === 'away' || carried.kind === 'broken')) return await giveBack(left);
    const outage = await outageOf(carried);
    if (outage !== undefined) {
      if (isProbe) await markUnanswered(db, [row], outlet.now?.());
      else await giveBack(left);
      return await noteAway(outlet, { reason: outage, isProbe, startedAt });
    }
    await settle(outlet, row, carried, isProbe);
  }

  async function giveBack(left: readonly ClaimedRow[]): Promise<void> {
    await releaseRows(db, left, outlet.now?.());
  }

  /** Why this is an outage. A line that broke is one, unless the one before did not and the destination answers. */
  async function outageOf(carried: Carried): Promise<string | undefined> {
    if (carried.kind === 'away') return carried.reason;
    if (carried.kind !== 'broken') {
      if (wasAsked(carried)) hasBroken = false;
      return undefined;
    }
    if (isProbe || hasBroken || !(await carrier.isThere())) return carried.reason;
    hasBroken = true;
    return undefined;
  }
}

function wasAsked({ kind }: Carried): boolean {
  return kind !== 'unneeded' && kind !== 'unsayable';
}

async function settle(outlet: Outlet, row: ClaimedRow, carried: Carried, isProbe: boolean): Promise<void> {
  const { db, destination, log } = outlet;
  const now = outlet.now?.();
  // The answer to a probe, whatever it says about the message, is one; without one the next message may ask.
  if (isProbe) await (wasAsked(carried) ? markUp : returnProbe)(db, destination, now);
  switch (carried.kind) {
    case 'taken': {
      const delivered = await markDelivered(db, [row], { destination, now });
      outlet.onDelivered?.(delivered);
      return;
    }
    case 'unneeded':
      return await markUnneeded(db, row, { reason: carried.reason, now });
    case 'unsayable':
    case 'rejected':
      await markDead(db, row, { reason: carried.reason, now });
      log.error({ destination, message_id: row.id, reason: carried.reason }, 'a message is given up');
      return;
    default:
      await noteRefused(outlet, row, carried.reason);
  }
}
