import { machineClock } from '@samaya/platform/clock.ts';
import { connect } from '@samaya/platform/database.ts';
import { createLog, type Log } from '@samaya/platform/log.ts';
import { createMetrics, type Metrics } from '@samaya/platform/metrics.ts';
import { type ConsumeLimit, createLimits, type Limit } from '@samaya/platform/rate-limit.ts';
import type { CompleteConfig } from '@samaya/platform/secrets.ts';
import type { Kysely } from 'kysely';
import type pg from 'pg';
import { type BearerLookup, createBearerLookup } from './accounts/identify.ts';
import { createPasswords, type Passwords } from './accounts/passwords.ts';
import { type BookingDesk, createBookingDesk } from './bookings/booking-desk.ts';
import type { DB } from './database-types.ts';
import { measureOutbox } from './notifications/measure-outbox.ts';
import { createRelay, type Relay } from './notifications/relay.ts';

const LIMITS = {
  'sign-in-address': { points: 10, seconds: 60, shared: true },
  'sign-in-network': { points: 30, seconds: 60, shared: true },
  'sign-up-network': { points: 10, seconds: 3600, shared: true },
  'booking-user': { points: 30, seconds: 60, shared: false },
  'api-token': { points: 600, seconds: 60, shared: false },
  'api-network': { points: 120, seconds: 60, shared: false },
} as const satisfies Record<string, Limit>;

export type LimitName = keyof typeof LIMITS;

/** What the application is made of. Created once per process and handed to API, pages and sign-in provider alike. */
export interface BookingApp {
  config: CompleteConfig;
  db: Kysely<DB>;
  pool: pg.Pool;
  log: Log;
  metrics: Metrics;
  limits: ConsumeLimit<LimitName>;
  passwords: Passwords;
  /** Who sends which bearer. */
  bearers: BearerLookup;
  /** Where this process takes bookings, whatever door they come through. */
  desk: BookingDesk;
  /** Carries the outbox to CRM once the entry point has started it. */
  relay: Relay;
  close(): Promise<void>;
}

/** Creates the application on a database; nothing is connected before the first use. */
export function createApp(
  config: CompleteConfig,
  { databaseUrl, log = createLog('booking') }: { databaseUrl: string; log?: Log },
): BookingApp {
  const database = connect<DB>(databaseUrl, {
    applicationName: 'samaya-booking',
    onConnectionLost: (error) => log.warn({ err: error }, 'database connection lost'),
  });
  const metrics = createMetrics();
  const arrived = measureOutbox(metrics, database.kysely);
  return {
    config,
    db: database.kysely,
    pool: database.pool,
    log,
    metrics,
    limits: createLimits(database.pool, LIMITS, { enabled: config.rateLimits }),
    passwords: createPasswords(),
    bearers: createBearerLookup(database.kysely, config.adminEmails),
    desk: createBookingDesk(database.kysely),
    relay: createRelay({
      db: database.kysely,
      url: `${config.crmUrl}/api/v1/booking-notifications`,
      secrets: config.notificationSecrets,
      clock: machineClock,
      log,
      onDelivered: arrived,
    }),
    close: () => database.close(),
  };
}
