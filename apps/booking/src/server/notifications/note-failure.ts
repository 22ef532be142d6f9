import type { Log } from '@samaya/platform/log.ts';
import type { Kysely } from 'kysely';
import type { DB } from '#server/database-types.ts';
import type { ClaimedRow } from './outbox.ts';
import { countProbes, markDead, markDown, markRefused, markStopped, releaseRows } from './outbox-queries.ts';
import { GIVE_UP_MS, untilNextProbe, untilNextTry } from './retry-times.ts';

/** The destination does not answer: it is down for every relay until a probe gets through. */
export async function noteAway(
  db: Kysely<DB>,
  outage: {
    reason: string;
    retryAfterMs?: number;
    isProbe: boolean;
    startedAt: Date;
    random: () => number;
    log: Log;
    now: Date | undefined;
  },
): Promise<void> {
  const { isProbe, startedAt, now, log } = outage;
  const usual = untilNextProbe(await countProbes(db), outage.random);
  const probeInMs = Math.max(usual, outage.retryAfterMs ?? 0);
  if (await markDown(db, { probeInMs, startedAt, isProbe, now })) {
    log.warn({ reason: outage.reason }, 'CRM does not take notifications; they wait until it does');
  }
}

/** The destination said that it is gone: nothing more is sent until a relay starts anew. */
export async function noteGone(
  db: Kysely<DB>,
  { rows, log, now }: { rows: readonly ClaimedRow[]; log: Log; now: Date | undefined },
): Promise<void> {
  await releaseRows(db, rows, now);
  await markStopped(db, now);
  log.error('CRM answered 410: no more notifications are sent until booking starts again');
}

/** The destination refused one message: tried again later, or dead after three days of it. */
export async function noteRefused(
  db: Kysely<DB>,
  row: ClaimedRow,
  refusal: { reason: string; random: () => number; log: Log; now: Date | undefined; clock: () => Date },
): Promise<void> {
  const { reason, now, log } = refusal;
  const refusedFor = row.refused_since === null ? 0 : refusal.clock().getTime() - row.refused_since.getTime();
  if (refusedFor >= GIVE_UP_MS) {
    await markDead(db, row, { reason, now });
    log.error({ message_id: row.id, reason }, 'a notification was refused for three days and is given up');
    return;
  }
  await markRefused(db, row, { reason, retryInMs: untilNextTry(row.refusals + 1, refusal.random), now });
}
