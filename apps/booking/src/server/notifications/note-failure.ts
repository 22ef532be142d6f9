import { countProbes, markDown, markStopped } from './destination-queries.ts';
import type { ClaimedRow, Destination, Outlet } from './outbox.ts';
import { markDead, markRefused, releaseRows } from './outbox-queries.ts';
import { GIVE_UP_MS, untilNextProbe, untilNextTry } from './retry-times.ts';

const NAMES: Record<Destination, string> = { crm: 'CRM', mail: 'the mail server' };

/** The destination does not answer: it is down for every relay until a probe gets through. */
export async function noteAway(
  outlet: Outlet,
  outage: { reason: string; retryAfterMs?: number; isProbe: boolean; startedAt: Date },
): Promise<void> {
  const { db, destination, log } = outlet;
  const { reason, isProbe, startedAt } = outage;
  const usual = untilNextProbe(await countProbes(db, destination), outlet.random ?? Math.random);
  const probeInMs = Math.max(usual, outage.retryAfterMs ?? 0);
  if (await markDown(db, destination, { reason, probeInMs, startedAt, isProbe, now: outlet.now?.() })) {
    log.warn({ destination, reason }, `${NAMES[destination]} takes no messages; they wait until it does`);
  }
}

/** The destination said that it is gone: nothing more is sent until a relay starts anew. */
export async function noteGone(outlet: Outlet, rows: readonly ClaimedRow[]): Promise<void> {
  const { db, destination, log } = outlet;
  await releaseRows(db, rows, outlet.now?.());
  await markStopped(db, destination, outlet.now?.());
  log.error({ destination }, `${NAMES[destination]} answered 410: nothing more is sent until booking starts again`);
}

/** The destination refused one message: tried again later, or dead after three days of it. */
export async function noteRefused(outlet: Outlet, row: ClaimedRow, reason: string): Promise<void> {
  const { db, destination, log } = outlet;
  const now = outlet.now?.();
  const refusedFor = row.refused_since === null ? 0 : outlet.clock().getTime() - row.refused_since.getTime();
  if (refusedFor >= GIVE_UP_MS) {
    await markDead(db, row, { reason, now });
    log.error({ destination, message_id: row.id, reason }, 'a message was refused for three days and is given up');
    return;
  }
  await markRefused(db, row, { reason, retryInMs: untilNextTry(row.refusals + 1, outlet.random ?? Math.random), now });
}
