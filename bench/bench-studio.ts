import { type ChildProcess, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { startEmbeddedPostgres } from '@samaya/platform/embedded-postgres.ts';
import { migrate } from '@samaya/platform/migrate.ts';
import type { ReadyMessage } from '@samaya/platform/parent-process.ts';
import pg from 'pg';

const ROOT = resolve(import.meta.dirname, '..');
/** Enough for every round to have people who have not booked yet. */
export const PEOPLE = 120_000;
export const EVENTS = 1000;
const ROOM = 1_000_000;

export interface BenchStudio {
  postgres: { port: number; url: string };
  /** Port of the booking process, and how much memory it has at this moment, in MB. */
  booking: { port: number; memory(): number; readyMs: number };
  /** Adds an event of `places` and answers its id. */
  addEvent(places?: number): Promise<number>;
  close(): Promise<void>;
}

/** The bearer of person `n`, from 1. */
export function tokenOf(person: number): string {
  return `bench-token-${person}`;
}

/** A PostgreSQL of its own with durable settings, filled, and one booking process on it. */
export async function openBenchStudio(): Promise<BenchStudio> {
  const folder = mkdtempSync(join(tmpdir(), 'samaya-bench-'));
  const server = await startEmbeddedPostgres({ folder });
  const admin = new pg.Client({ connectionString: server.superuserUrl('postgres') });
  await admin.connect();
  await admin.query('create database booking');
  await admin.end();
  const url = server.superuserUrl('booking');
  await migrate({ url, folder: join(ROOT, 'apps/booking/migrations') });
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await fill(client);
  const port = randomInt(20_000, 30_000);
  const startedAt = performance.now();
  const child = await startBooking(url, port, folder);
  const readyMs = Math.round(performance.now() - startedAt);
  return {
    postgres: { port: server.port, url },
    booking: { port, memory: () => residentMegabytes(child.pid), readyMs },
    async addEvent(places = ROOM) {
      const { rows } = await client.query(
        `${INSERT_EVENT} values ($1, '', 'session', now() + interval '9 days', 60, $2, 10, 1) returning id`,
        ['Evening circle', places],
      );
      return rows[0].id;
    },
    async close() {
      child.kill('SIGTERM');
      await new Promise((done) => child.once('close', done));
      await client.end();
      await server.stop();
      const pointer = join(folder, 'location');
      if (existsSync(pointer)) rmSync(readFileSync(pointer, 'utf8'), { recursive: true, force: true });
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const INSERT_EVENT =
  'insert into events (title, description, event_type, date_time, duration, max_participants, price, facilitator_id)';

async function fill(client: pg.Client) {
  await client.query(`
    insert into facilitators (name, email) values ('Maya Lind', 'maya@bench.example');
    insert into users (name, email, password)
      select 'Person ' || n, 'person' || n || '@bench.example', '!' from generate_series(1, ${PEOPLE}) n;
    insert into sign_ins (secret_hash, kind, user_id, expires_at)
      select sha256(('bench-token-' || id)::bytea), 'api', id, now() + interval '1 day' from users;
    ${INSERT_EVENT}
      select 'Event ' || n, 'Sit, breathe, listen.', 'session', now() + interval '3 days' + n * interval '1 minute', 60,
        ${ROOM}, 10, 1 from generate_series(1, ${EVENTS}) n`);
  await client.query('vacuum analyze');
}

function startBooking(url: string, port: number, folder: string): Promise<ChildProcess> {
  const { PATH, HOME } = process.env;
  const child = spawn(process.execPath, [join(ROOT, 'apps/booking/src/main.ts')], {
    cwd: ROOT,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: {
      PATH,
      HOME,
      DATA_DIR: folder,
      DEMO: '0',
      RATE_LIMITS: 'off',
      BOOKING_PORT: String(port),
      CRM_PORT: String(port + 1),
      // Nobody takes the notifications and the mails: they wait in the outbox, so that this is about booking.
      CRM_URL: 'http://127.0.0.1:9',
      SMTP_URL: 'smtp://127.0.0.1:9',
      BOOKING_DATABASE_URL: url,
      CRM_DATABASE_URL: url,
    },
  });
  return new Promise((done, fail) => {
    child.once('close', () => fail(new Error('booking did not start')));
    child.once('message', (message: Partial<ReadyMessage>) => message.ready && done(child));
  });
}

function residentMegabytes(pid: number | undefined): number {
  const status = existsSync(`/proc/${pid}/status`) ? readFileSync(`/proc/${pid}/status`, 'utf8') : '';
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? Number.NaN) / 1024);
}
