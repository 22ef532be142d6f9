import { isAbsolute, resolve } from 'node:path';
import { z } from 'zod';

/**
 * Every setting of both applications, in one schema. This file is the only one that reads `process.env`.
 * All are optional; `.env.example` lists them with a comment each, and a check keeps the two equal.
 */

/** Host names that mean this machine alone. */
export const LOOPBACK_HOSTS: ReadonlySet<string> = new Set(['127.0.0.1', 'localhost', '::1', '[::1]']);

const port = z.coerce
  .number('is a number')
  .int('is a whole number')
  .min(1, 'is 1 to 65535')
  .max(65535, 'is 1 to 65535');
const flag = z.enum(['0', '1'], 'is 0 or 1').transform((value) => value === '1');
const onOff = z.enum(['on', 'off'], 'is on or off').transform((value) => value === 'on');
const webAddress = z
  .url({ protocol: /^https?$/, error: 'is an address such as https://book.example.org' })
  // Asked also of what is no address, which has been said then.
  .refine((value) => !URL.canParse(value) || new URL(value).pathname === '/', 'has no path')
  .transform((value) => new URL(value).origin);
const databaseUrl = z.url({
  protocol: /^postgres(ql)?$/,
  error: 'is an address such as postgres://user:password@host:5432/booking',
});
const list = z.string().transform((value) =>
  value
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== ''),
);
const MAIL_FROM = /^(?:[^<>\p{Cc}]*<[^\s<>@\p{Cc}]+@[^\s<>@\p{Cc}]+>|[^\s<>@\p{Cc}]+@[^\s<>@\p{Cc}]+)$/u;
// An e-mail address says so by itself; RFC 9116 wants it said.
const contact = z
  .string()
  .regex(/^(https:\/\/|mailto:|tel:)?[^\s\p{Cc}]+$/u, 'is an e-mail address, or an address that begins with https://')
  .transform((value) => (/^(https|mailto|tel):/.test(value) ? value : `mailto:${value}`));
const timeZone = z.string().refine(isTimeZone, 'is a time zone such as Europe/Lisbon');

/** The environment variables, by name. Exported so that the check can compare them with `.env.example`. */
export const settings = {
  BOOKING_PORT: port.default(3000),
  CRM_PORT: port.default(3001),
  HOST: z.string().min(1).default('127.0.0.1'),
  BOOKING_URL: webAddress.optional(),
  CRM_URL: webAddress.optional(),
  TRUST_PROXY: flag.default(false),
  STOP_DELAY_SECONDS: z.coerce.number('is a number').min(0, 'is 0 to 60').max(60, 'is 0 to 60').default(0),
  BOOKING_DATABASE_URL: databaseUrl.optional(),
  CRM_DATABASE_URL: databaseUrl.optional(),
  BOOKING_MIGRATION_URL: databaseUrl.optional(),
  CRM_MIGRATION_URL: databaseUrl.optional(),
  DATA_DIR: z.string().min(1).default('./data'),
  DEMO: flag.default(true),
  STUDIO_NAME: z.string().min(1).max(100).default('Samaya'),
  STUDIO_TIME_ZONE: timeZone.default('Europe/Lisbon'),
  STUDIO_CURRENCY: z
    .string()
    .regex(/^[A-Z]{3}$/, 'is a three-letter code such as EUR')
    .default('EUR'),
  ADMIN_EMAILS: list.default([]),
  NOTIFICATION_SECRETS: list.optional(),
  COOKIE_KEYS: list.optional(),
  OIDC_KEYS: z.string().min(1).optional(),
  CRM_CLIENT_SECRET: z.string().min(32, 'has 32 characters or more').optional(),
  SMTP_URL: z
    .url({ protocol: /^smtps?$/, error: 'is an address such as smtp://user:password@mail.example.org:587' })
    .optional(),
  MAIL_FROM: z
    .string()
    .regex(MAIL_FROM, 'is an address such as hello@example.org, or Samaya <hello@example.org>')
    .optional(),
  GOOGLE_ISSUER: z.url({ protocol: /^https?$/, error: 'is an address such as https://accounts.google.com' }).optional(),
  GOOGLE_CLIENT_ID: z.string().min(1).optional(),
  GOOGLE_CLIENT_SECRET: z.string().min(1).optional(),
  RATE_LIMITS: onOff.default(true),
  METRICS_TOKEN: z.string().min(16, 'has 16 characters or more').optional(),
  SECURITY_CONTACT: contact.optional(),
  CHROME_PATH: z.string().min(1).optional(),
} as const;

const environmentSchema = z.object(settings);

export interface Config {
  host: string;
  bookingPort: number;
  crmPort: number;
  /** Public addresses, without a path. */
  bookingUrl: string;
  crmUrl: string;
  trustProxy: boolean;
  /** For how long a process that is told to stop takes requests, while it says that it is not ready. */
  stopDelaySeconds: number;
  bookingDatabaseUrl: string | undefined;
  crmDatabaseUrl: string | undefined;
  bookingMigrationUrl: string | undefined;
  crmMigrationUrl: string | undefined;
  dataDir: string;
  demo: boolean;
  studio: { name: string; timeZone: string; currency: string };
  adminEmails: string[];
  /** First signs; all verify. Absent: generated and kept in `dataDir`. */
  notificationSecrets: string[] | undefined;
  cookieKeys: string[] | undefined;
  /** A JSON Web Key Set with private keys, as text. */
  oidcKeys: string | undefined;
  crmClientSecret: string | undefined;
  smtpUrl: string | undefined;
  mailFrom: string | undefined;
  google: { issuer: string; clientId: string; clientSecret: string } | undefined;
  rateLimits: boolean;
  metricsToken: string | undefined;
  /** An address with its scheme. */
  securityContact: string | undefined;
  chromePath: string | undefined;
}

/** One or several settings are wrong; the message has a line for each. */
export class ConfigError extends Error {
  override name = 'ConfigError';
}

/** Reads the settings. Empty values count as absent. Throws a ConfigError that names every wrong setting, without its value. */
export function readConfig(environment: NodeJS.ProcessEnv = process.env, folder = process.cwd()): Config {
  const given = Object.fromEntries(
    Object.keys(settings).map((name) => [name, environment[name] === '' ? undefined : environment[name]]),
  );
  const parsed = environmentSchema.safeParse(given);
  if (!parsed.success) {
    throw new ConfigError(parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`).join('\n'));
  }
  const read = parsed.data;
  const config: Config = {
    host: read.HOST,
    bookingPort: read.BOOKING_PORT,
    crmPort: read.CRM_PORT,
    bookingUrl: read.BOOKING_URL ?? `http://localhost:${read.BOOKING_PORT}`,
    crmUrl: read.CRM_URL ?? `http://localhost:${read.CRM_PORT}`,
    trustProxy: read.TRUST_PROXY,
    stopDelaySeconds: read.STOP_DELAY_SECONDS,
    bookingDatabaseUrl: read.BOOKING_DATABASE_URL,
    crmDatabaseUrl: read.CRM_DATABASE_URL,
    bookingMigrationUrl: read.BOOKING_MIGRATION_URL ?? read.BOOKING_DATABASE_URL,
    crmMigrationUrl: read.CRM_MIGRATION_URL ?? read.CRM_DATABASE_URL,
    dataDir: isAbsolute(read.DATA_DIR) ? read.DATA_DIR : resolve(folder, read.DATA_DIR),
    demo: read.DEMO,
    studio: { name: read.STUDIO_NAME, timeZone: read.STUDIO_TIME_ZONE, currency: read.STUDIO_CURRENCY },
    adminEmails: read.ADMIN_EMAILS.map((email) => email.toLowerCase()),
    notificationSecrets: read.NOTIFICATION_SECRETS,
    cookieKeys: read.COOKIE_KEYS,
    oidcKeys: read.OIDC_KEYS,
    crmClientSecret: read.CRM_CLIENT_SECRET,
    smtpUrl: read.SMTP_URL,
    mailFrom: read.MAIL_FROM,
    google:
      read.GOOGLE_CLIENT_ID && read.GOOGLE_CLIENT_SECRET
        ? {
            issuer: read.GOOGLE_ISSUER ?? 'https://accounts.google.com',
            clientId: read.GOOGLE_CLIENT_ID,
            clientSecret: read.GOOGLE_CLIENT_SECRET,
          }
        : undefined,
    rateLimits: read.RATE_LIMITS,
    metricsToken: read.METRICS_TOKEN,
    securityContact: read.SECURITY_CONTACT,
    chromePath: read.CHROME_PATH,
  };
  refuseContradictions(config, environment);
  return config;
}

/** Whether only this machine can reach the applications; what is unsafe elsewhere is allowed only then. */
export function isLoopbackOnly(config: Config): boolean {
  return [config.host, new URL(config.bookingUrl).hostname, new URL(config.crmUrl).hostname].every((host) =>
    LOOPBACK_HOSTS.has(host),
  );
}

/**
 * Makes the built page handler take the origin from headers that our server overwrites on every request, and bounds
 * the forms it reads. It looks at its environment when it is loaded, so call this before.
 */
export function letPagesTrustOurHeaders(bodyBytesMost: number): void {
  process.env.PROTOCOL_HEADER = 'x-forwarded-proto';
  process.env.HOST_HEADER = 'x-forwarded-host';
  process.env.BODY_SIZE_LIMIT = String(bodyBytesMost);
}

function refuseContradictions(config: Config, environment: NodeJS.ProcessEnv) {
  const wrong: string[] = [];
  if (config.bookingPort === config.crmPort) wrong.push('BOOKING_PORT and CRM_PORT must differ');
  if (Boolean(config.bookingDatabaseUrl) !== Boolean(config.crmDatabaseUrl)) {
    wrong.push(
      'BOOKING_DATABASE_URL and CRM_DATABASE_URL go together: give both, or neither for the built-in PostgreSQL',
    );
  }
  if (config.notificationSecrets?.some((secret) => !/^(whsec_)?[A-Za-z0-9+/]{32,}={0,2}$/.test(secret))) {
    wrong.push('NOTIFICATION_SECRETS are written whsec_<base64 of 24 bytes or more>');
  }
  if (Boolean(environment.GOOGLE_CLIENT_ID) !== Boolean(environment.GOOGLE_CLIENT_SECRET)) {
    wrong.push('GOOGLE_CLIENT_ID and GOOGLE_CLIENT_SECRET go together: give both, or neither for no such sign-in');
  }
  if (config.google?.issuer.startsWith('http:') && !LOOPBACK_HOSTS.has(new URL(config.google.issuer).hostname)) {
    wrong.push('GOOGLE_ISSUER begins with https: unless it is on this machine');
  }
  if (!isLoopbackOnly(config)) {
    if (config.demo && environment.DEMO === '1')
      wrong.push('DEMO must be 0 when HOST, BOOKING_URL or CRM_URL is not this machine alone');
    else if (config.demo)
      wrong.push(
        'DEMO=0 is needed when HOST, BOOKING_URL or CRM_URL is not this machine alone: the demo has known passwords',
      );
    if (!config.rateLimits)
      wrong.push('RATE_LIMITS can be off only while HOST, BOOKING_URL and CRM_URL are this machine alone');
  }
  if (wrong.length > 0) throw new ConfigError(wrong.join('\n'));
}

function isTimeZone(value: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: value });
    return true;
  } catch {
    return false;
  }
}
