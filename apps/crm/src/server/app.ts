import { machineClock } from '@samaya/platform/clock.ts';
import { connect } from '@samaya/platform/database.ts';
import { createLog, type Log } from '@samaya/platform/log.ts';
import { createMetrics, type Metrics } from '@samaya/platform/metrics.ts';
import { type ConsumeLimit, createLimits, type Limit } from '@samaya/platform/rate-limit.ts';
import type { CompleteConfig } from '@samaya/platform/secrets.ts';
import type { Kysely } from 'kysely';
import type pg from 'pg';
import type { DB } from './database-types.ts';
import { type BookingTruth, createAskBooking } from './notifications/ask-booking.ts';
import { measureReconciliation } from './notifications/measure-reconciliation.ts';
import { createReadCompleteness, type ReadCompleteness } from './notifications/read-completeness.ts';
import { createStreamHub, type StreamHub } from './notifications/stream-hub.ts';

const LIMITS = {
  'sign-in-address': { points: 10, seconds: 60, shared: true },
  'sign-in-network': { points: 30, seconds: 60, shared: true },
  'api-token': { points: 600, seconds: 60, shared: false },
  'api-network': { points: 120, seconds: 60, shared: false },
} as const satisfies Record<string, Limit>;

export type LimitName = keyof typeof LIMITS;

/** What the application is made of. Created once per process and handed to API and pages alike. */
export interface CrmApp {
  config: CompleteConfig;
  db: Kysely<DB>;
  pool: pg.Pool;
  log: Log;
  metrics: Metrics;
  limits: ConsumeLimit<LimitName>;
  /** Tells open inboxes that something arrived or changed. */
  hub: StreamHub;
  /** Says what should be known here of bookings. */
  booking: BookingTruth;
  readCompleteness: ReadCompleteness;
  close(): Promise<void>;
}

/** Creates the application on a database; nothing is connected before the first use. */
export function createApp(
  config: CompleteConfig,
  { databaseUrl, log = createLog('crm') }: { databaseUrl: string; log?: Log },
): CrmApp {
  const database = connect<DB>(databaseUrl, {
    applicationName: 'samaya-crm',
    onConnectionLost: (error) => log.warn({ err: error }, 'database connection lost'),
  });
  const hub = createStreamHub({ databaseUrl, log });
  const metrics = createMetrics();
  measureReconciliation(metrics, database.kysely);
  const booking = createAskBooking(config, { clock: machineClock });
  return {
    config,
    db: database.kysely,
    pool: database.pool,
    log,
    metrics,
    limits: createLimits(database.pool, LIMITS, { enabled: config.rateLimits }),
    hub,
    booking,
    readCompleteness: createReadCompleteness({ db: database.kysely, booking }),
    async close() {
      await hub.close();
      await database.close();
    },
  };
}
