import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { readConfig } from '@samaya/platform/config.ts';
import { createLog } from '@samaya/platform/log.ts';
import { createToken } from '@samaya/platform/opaque-token.ts';
import { completeConfig } from '@samaya/platform/secrets.ts';
import { createTestDatabase } from '@samaya/platform/test-database.ts';
import type { Insertable, Kysely } from 'kysely';
import { createBookingApi } from './api.ts';
import { type BookingApp, createApp } from './app.ts';
import type { DB } from './database-types.ts';

/** The application on a database of its own, and hands to fill and call it. */
export interface TestApp {
  app: BookingApp;
  api: ReturnType<typeof createBookingApi>;
  db: Kysely<DB>;
  /** Addresses of the database, as the role that owns the schema and as the one the application runs as. */
  ownerUrl: string;
  appUrl: string;
  /** What the application logged so far, a line of JSON each. */
  logLines: string[];
  /** Adds a person who is signed in; proven unless said otherwise. */
  addPerson(person?: Partial<Omit<Insertable<DB['users']>, 'id'>>): Promise<TestPerson>;
  /** Adds a facilitator and the proven person of the same address. */
  addFacilitator(name?: string): Promise<TestFacilitator>;
  /** Adds an event of 10 places that starts in a week; give what matters to the test. */
  addEvent(event: Partial<Insertable<DB['events']>> & { facilitator_id: number }): Promise<number>;
  /** Adds a sign-in and answers its token. */
  signIn(userId: number, kind?: 'api' | 'page'): Promise<string>;
  /** Sends a request to the API, with a JSON body when one is given, and reads the answer. */
  call(method: string, path: string, request?: CallOptions): Promise<Answer>;
}

export interface TestPerson {
  id: number;
  name: string;
  email: string;
  token: string;
}

export interface TestFacilitator extends TestPerson {
  facilitatorId: number;
}

export interface CallOptions {
  token?: string | undefined;
  /** Sent as JSON. */
  body?: unknown;
  /** Sent as it is, instead of `body`. */
  rawBody?: string;
  headers?: Record<string, string>;
}

export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  // biome-ignore lint/suspicious/noExplicitAny: the tests assert on what they read.
  body: any;
}

const DAY_MS = 86_400_000;

/** Creates the application as its entry point does, without rate limits unless `settings` say otherwise. */
export async function createTestApp(settings: Record<string, string> = {}): Promise<TestApp> {
  const database = await createTestDatabase('booking');
  const folder = mkdtempSync(join(tmpdir(), 'samaya-test-'));
  const config = completeConfig(readConfig({ RATE_LIMITS: 'off', DATA_DIR: folder, ...settings }, folder));
  const logLines: string[] = [];
  const app = createApp(config, {
    databaseUrl: database.appUrl,
    log: createLog('booking', { write: (line: string) => void logLines.push(line) }),
  });
  // A machine that stands still for a moment is no database that is away.
  app.pool.options.connectionTimeoutMillis = 20_000;
  after(async () => {
    await app.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const api = createBookingApi(app);
  let added = 0;

  async function signIn(userId: number, kind: 'api' | 'page' = 'api') {
    const { token, hash } = createToken();
    const expires_at = new Date(Date.now() + 30 * DAY_MS);
    await app.db.insertInto('sign_ins').values({ secret_hash: hash, kind, user_id: userId, expires_at }).execute();
    return token;
  }

  async function addPerson(person: Partial<Insertable<DB['users']>> = {}): Promise<TestPerson> {
    added++;
    const { id, name, email } = await app.db
      .insertInto('users')
      .values({
        name: `Person ${added}`,
        email: `person${added}@studio.example`,
        password: '!',
        proven_at: new Date(),
        ...person,
      })
      .returning(['id', 'name', 'email'])
      .executeTakeFirstOrThrow();
    return { id, name, email, token: await signIn(id) };
  }

  return {
    app,
    api,
    db: app.db,
    ownerUrl: database.ownerUrl,
    appUrl: database.appUrl,
    logLines,
    addPerson,
    signIn,
    async addFacilitator(name = 'Maya Lind') {
      const person = await addPerson({ name });
      const { id } = await app.db
        .insertInto('facilitators')
        .values({ name, email: person.email })
        .returning('id')
        .executeTakeFirstOrThrow();
      return { ...person, facilitatorId: id };
    },
    async addEvent(event) {
      const { id } = await app.db
        .insertInto('events')
        .values({
          title: 'Yin by candlelight',
          description: 'Long, quiet holds.',
          event_type: 'session',
          date_time: new Date(Date.now() + 7 * DAY_MS),
          duration: 75,
          max_participants: 10,
          price: 18.5,
          ...event,
        })
        .returning('id')
        .executeTakeFirstOrThrow();
      return id;
    },
    async call(method, path, { token, body, rawBody, headers = {} } = {}) {
      const sent = rawBody ?? (body === undefined ? undefined : JSON.stringify(body));
      const response = await api.request(path, {
        method,
        headers: {
          ...(sent !== undefined && { 'content-type': 'application/json' }),
          ...(token !== undefined && { authorization: `Bearer ${token}` }),
          ...headers,
        },
        ...(sent !== undefined && { body: sent }),
      });
      const text = await response.text();
      return { status: response.status, headers: response.headers, text, body: text === '' ? undefined : parse(text) };
    },
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
