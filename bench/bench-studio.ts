import { randomBytes, randomInt } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { startEmbeddedPostgres } from '@samaya/platform/embedded-postgres.ts';
import { migrate } from '@samaya/platform/migrate.ts';
import pg from 'pg';
import { createPasswords } from '../apps/booking/src/server/accounts/passwords.ts';
import { requestBytes } from './load.ts';
import { type MeasuredProcess, startApplication } from './processes.ts';

const ROOT = resolve(import.meta.dirname, '..');
/** Enough for every round to have people who have not booked yet. */
export const PEOPLE = 120_000;
export const EVENTS = 1000;
export const ROOM = 1_000_000;
export const FACILITATOR = { email: 'maya@bench.example', password: 'a-password-for-the-bench' };

export interface BenchStudio {
  /** Where results and scratch files go until it is closed. */
  folder: string;
  postgres: { url: string };
  /** The booking database, as its superuser. */
  sql(text: string, values?: unknown[]): Promise<Record<string, unknown>[]>;
  crmSql(text: string, values?: unknown[]): Promise<Record<string, unknown>[]>;
  booking: MeasuredProcess;
  /** Starts CRM where booking's relay looks for it. Until then nobody takes notifications, and they wait. */
  startCrm(): Promise<MeasuredProcess>;
  /** Adds an event of `places` and answers its id. */
  addEvent(places?: number): Promise<number>;
  /** A request of the next person in turn, none of whom booked before the first has come round again. */
  bookingRequest(eventId: number): Buffer;
  close(): Promise<void>;
}

/** The bearer of person `n`, from 1. */
export function tokenOf(person: number): string {
  return `bench-token-${person}`;
}

/** The secret in the cookie of person `n`. */
export function cookieOf(person: number): string {
  return `samaya_booking=bench-page-${person}`;
}

export const INSERT_EVENT =
  'insert into events (title, description, event_type, date_time, duration, max_participants, price, facilitator_id)';

/** A PostgreSQL of its own with durable settings, filled, and one booking process on it. */
export async function openBenchStudio(
  options: { settings?: Record<string, string>; fill?: (client: pg.Client) => Promise<void> } = {},
): Promise<BenchStudio> {
  const folder = mkdtempSync(join(tmpdir(), 'samaya-bench-'));
  const server = await startEmbeddedPostgres({ folder, ...(options.settings && { settings: options.settings }) });
  const admin = new pg.Client({ connectionString: server.superuserUrl('postgres') });
  await admin.connect();
  for (const name of ['booking', 'crm']) await admin.query(`create database ${name}`);
  await admin.end();
  const [url, crmUrl] = [server.superuserUrl('booking'), server.superuserUrl('crm')];
  await migrate({ url, folder: join(ROOT, 'apps/booking/migrations') });
  await migrate({ url: crmUrl, folder: join(ROOT, 'apps/crm/migrations') });
  const [client, crmClient] = [await connectTo(url), await connectTo(crmUrl)];
  await (options.fill ?? fill)(client);
  await client.query('vacuum analyze');

  const port = randomInt(20_000, 30_000);
  const environment = {
    DATA_DIR: folder,
    BOOKING_PORT: String(port),
    CRM_PORT: String(port + 1),
    BOOKING_URL: `http://localhost:${port}`,
    CRM_URL: `http://127.0.0.1:${port + 1}`,
    // Mails wait in the outbox: the mail server is none of ours.
    SMTP_URL: 'smtp://127.0.0.1:9',
    BOOKING_DATABASE_URL: url,
    CRM_DATABASE_URL: crmUrl,
    NOTIFICATION_SECRETS: `whsec_${randomBytes(32).toString('base64')}`,
    CRM_CLIENT_SECRET: randomBytes(32).toString('hex'),
  };
  const booking = await startApplication('booking', port, environment);
  let crm: MeasuredProcess | undefined;
  let person = 0;
  return {
    folder,
    postgres: { url },
    sql: async (text, values) => (await client.query(text, values)).rows,
    crmSql: async (text, values) => (await crmClient.query(text, values)).rows,
    booking,
    async startCrm() {
      crm ??= await startApplication('crm', port + 1, environment);
      return crm;
    },
    async addEvent(places = ROOM) {
      const { rows } = await client.query(
        `${INSERT_EVENT} values ('Evening circle', 'Sit.', 'session', now() + interval '9 days', 60, $1, 10, 1) returning id`,
        [places],
      );
      return rows[0].id;
    },
    bookingRequest(eventId) {
      person = (person % PEOPLE) + 1;
      return bookingBytes(person, eventId);
    },
    async close() {
      await crm?.stop();
      await booking.stop();
      await client.end();
      await crmClient.end();
      await server.stop();
      const pointer = join(folder, 'location');
      if (existsSync(pointer)) rmSync(readFileSync(pointer, 'utf8'), { recursive: true, force: true });
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A person's wish for one place. */
export function bookingBytes(person: number, eventId: number): Buffer {
  return requestBytes('POST', '/api/v1/bookings', {
    headers: { authorization: `Bearer ${tokenOf(person)}` },
    body: JSON.stringify({ event_id: eventId }),
  });
}

async function connectTo(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  return client;
}

async function fill(client: pg.Client) {
  await addPeople(client, PEOPLE);
  await client.query(`
    ${INSERT_EVENT}
      select 'Event ' || n, 'Sit, breathe, listen.', 'session', now() + interval '3 days' + n * interval '1 minute', 60,
        ${ROOM}, 10, 1 from generate_series(1, ${EVENTS}) n`);
}

/** People with a bearer and a cookie each, and the facilitator of all events. */
export async function addPeople(client: pg.Client, count: number): Promise<void> {
  const hash = await createPasswords().hash(FACILITATOR.password);
  await client.query(`
    insert into facilitators (name, email) values ('Maya Lind', '${FACILITATOR.email}');
    insert into users (name, email, password)
      select 'Person ' || n, 'person' || n || '@bench.example', '!' from generate_series(1, ${count}) n;
    insert into users (name, email, password, proven_at) values ('Maya Lind', '${FACILITATOR.email}', '${hash}', now());
    insert into sign_ins (secret_hash, kind, user_id, expires_at)
      select sha256(('bench-token-' || id)::bytea), 'api', id, now() + interval '1 day' from users
      union all select sha256(('bench-page-' || id)::bytea), 'page', id, now() + interval '1 day' from users`);
}
