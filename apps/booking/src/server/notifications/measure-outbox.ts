import type { Metrics } from '@samaya/platform/metrics.ts';
import type { Kysely } from 'kysely';
import type { DB } from '#server/database-types.ts';
import { readFigures } from './destination-queries.ts';
import type { Destination, OutboxFigures } from './outbox.ts';

/** Seconds a message may be due, with nothing in its way, before the relay counts as stuck. */
const STUCK_SECONDS = 60;
/** One reading serves all the figures asked for together. */
const READING_MS = 1000;

/** What the figures of a destination are called, and say. */
const FIGURES: Record<Destination, { prefix: string; destinationUp: string; words: string }> = {
  crm: { prefix: 'outbox', destinationUp: 'outbox_destination_up', words: 'CRM' },
  mail: { prefix: 'mail', destinationUp: 'mail_server_up', words: 'the mail server' },
};

/** Registers the figures of one destination of the outbox; answers what counts arrived messages. */
export function measureOutbox(metrics: Metrics, db: Kysely<DB>, destination: Destination): (arrived: number) => void {
  const { prefix, destinationUp, words } = FIGURES[destination];
  let reading: { at: number; figures: Promise<OutboxFigures> } | undefined;
  const figures = () => {
    if (!reading || performance.now() - reading.at > READING_MS) {
      reading = { at: performance.now(), figures: readFigures(db, destination) };
    }
    return reading.figures;
  };
  // Without the database there is nothing to say of it, and the other figures are wanted all the more.
  const gauge = (name: string, help: string, pick: (figures: OutboxFigures) => number) =>
    metrics.gauge(name, help, () => figures().then(pick, () => Number.NaN));
  gauge(`${prefix}_waiting`, `Messages on their way to ${words}.`, ({ waiting }) => waiting);
  gauge(
    `${prefix}_oldest_seconds`,
    `Age of the oldest message on its way to ${words}.`,
    (figures) => figures.oldestSeconds,
  );
  gauge(`${prefix}_dead`, `Messages to ${words} given up, to be replayed by hand.`, ({ dead }) => dead);
  gauge(destinationUp, `Whether ${words} took messages the last time.`, ({ isUp }) => (isUp ? 1 : 0));
  return metrics.counter(`${prefix}_delivered_total`, `Messages that ${words} took.`);
}

/** How the messages of one destination stand, for the admin. */
export async function readOutbox(db: Kysely<DB>, destination: Destination): Promise<OutboxFigures> {
  return await readFigures(db, destination);
}

/** Why this process should get no requests on the relay's account: messages are due, CRM answers, and none goes. */
export async function findRelayFaults(db: Kysely<DB>): Promise<string[]> {
  const { isUp, overdueSeconds } = await readFigures(db, 'crm');
  if (!isUp || overdueSeconds < STUCK_SECONDS) return [];
  return [`the relay is stuck: a message has been due for ${Math.round(overdueSeconds)} s`];
}
