import type { Metrics } from '@samaya/platform/metrics.ts';
import type { Kysely } from 'kysely';
import type { DB } from '#server/database-types.ts';
import type { OutboxFigures } from './outbox.ts';
import { readFigures } from './outbox-queries.ts';

/** Seconds a message may be due, with nothing in its way, before the relay counts as stuck. */
const STUCK_SECONDS = 60;
/** One reading serves all the figures asked for together. */
const READING_MS = 1000;

/** Registers the outbox's figures; answers what counts arrived messages. */
export function measureOutbox(metrics: Metrics, db: Kysely<DB>): (arrived: number) => void {
  let reading: { at: number; figures: Promise<OutboxFigures> } | undefined;
  const figures = () => {
    if (!reading || performance.now() - reading.at > READING_MS) {
      reading = { at: performance.now(), figures: readFigures(db) };
    }
    return reading.figures;
  };
  // Without the database there is nothing to say of it, and the other figures are wanted all the more.
  const gauge = (name: string, help: string, pick: (figures: OutboxFigures) => number) =>
    metrics.gauge(name, help, () => figures().then(pick, () => Number.NaN));
  gauge('outbox_waiting', 'Messages on their way to CRM.', ({ waiting }) => waiting);
  gauge('outbox_oldest_seconds', 'Age of the oldest message on its way.', ({ oldestSeconds }) => oldestSeconds);
  gauge('outbox_dead', 'Messages given up, to be replayed by hand.', ({ dead }) => dead);
  gauge('outbox_destination_up', 'Whether CRM took messages the last time.', ({ isUp }) => (isUp ? 1 : 0));
  return metrics.counter('outbox_delivered_total', 'Messages that arrived at CRM.');
}

/** Why this process should get no requests on the relay's account: messages are due, CRM answers, and none goes. */
export async function findRelayFaults(db: Kysely<DB>): Promise<string[]> {
  const { isUp, overdueSeconds } = await readFigures(db);
  if (!isUp || overdueSeconds < STUCK_SECONDS) return [];
  return [`the relay is stuck: a message has been due for ${Math.round(overdueSeconds)} s`];
}
