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
import { googleSettings } from './google/google-settings.ts';
import { createGoogleSignIn, type GoogleSignIn } from './google/google-sign-in.ts';
import { createMailRelay } from './mail/mail-relay.ts';
import { deliverNotifications } from './notifications/deliver-notifications.ts';
import { measureOutbox } from './notifications/measure-outbox.ts';
import type { Outlet } from './notifications/outbox.ts';
import { createRelay, type Relay } from './notifications/relay.ts';
import { createPictures, type Pictures } from './pictures/create-pictures.ts';
import { logSecurity } from './security-log.ts';

const LIMITS = {
  'sign-in-address': { points: 10, seconds: 60, shared: true },
  // In a browser in which the owner of the address signed in before.
  'sign-in-browser': { points: 10, seconds: 60, shared: true },
  // All of those browsers together: whoever had an account once may have let a great many be known.
  'sign-in-browsers': { points: 30, seconds: 60, shared: true },
  'sign-in-network': { points: 30, seconds: 60, shared: true },
  // Codes of an app, counted once the first step was right: no stranger uses them up.
  'second-step-account': { points: 5, seconds: 600, shared: true },
  'second-step-account-day': { points: 30, seconds: 86_400, shared: true },
  'sign-up-network': { points: 10, seconds: 3600, shared: true },
  // Links to confirm an address or to choose a password, asked for by whoever knows the address.
  'account-mail-network': { points: 10, seconds: 3600, shared: true },
  'account-mail-address': { points: 5, seconds: 3600, shared: true },
  // Whoever has many networks and many addresses: beyond it no mail server would take ours for honest.
  'account-mail-all': { points: 1000, seconds: 3600, shared: true },
  'guest-booking-network': { points: 20, seconds: 3600, shared: true },
  'booking-user': { points: 30, seconds: 60, shared: false },
  'import-user': { points: 20, seconds: 60, shared: true },
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
  /** Sign-in with Google; `undefined` while it is not set up. */
  google: GoogleSignIn | undefined;
  /** Where this process takes bookings, whatever door they come through. */
  desk: BookingDesk;
  /** Draws what other sites show of our pages. */
  pictures: Pictures;
  /** Carries the outbox to CRM once the entry point has started it. */
  relay: Relay;
  /** The same for mails to people. */
  mailRelay: Relay;
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
  const outletTo = (destination: Outlet['destination']): Outlet => ({
    db: database.kysely,
    destination,
    log,
    clock: machineClock,
    onDelivered: measureOutbox(metrics, database.kysely, destination),
  });
  const crm = {
    ...outletTo('crm'),
    url: `${config.crmUrl}/api/v1/booking-notifications`,
    secrets: config.notificationSecrets,
  };
  const google = googleSettings(config);
  return {
    config,
    db: database.kysely,
    pool: database.pool,
    log,
    metrics,
    limits: createLimits(database.pool, LIMITS, {
      enabled: config.rateLimits,
      onRefused: (limit) => logSecurity(log, 'limit.hit', { limit }),
    }),
    passwords: createPasswords(),
    google: google && createGoogleSignIn(google, { config, db: database.kysely, log }),
    bearers: createBearerLookup(database.kysely, config.adminEmails),
    desk: createBookingDesk(database.kysely),
    pictures: createPictures(),
    relay: createRelay(crm, ({ cut }) => deliverNotifications(crm, cut)),
    mailRelay: createMailRelay(outletTo('mail'), config),
    close: () => database.close(),
  };
}
