import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { sign } from '@samaya/booking-notification/signature.ts';
import { readConfig } from '@samaya/platform/config.ts';
import { createLog } from '@samaya/platform/log.ts';
import { completeConfig } from '@samaya/platform/secrets.ts';
import { createTestDatabase } from '@samaya/platform/test-database.ts';
import { createCrmApi } from './api.ts';
import { createApp } from './app.ts';
import { signInToApi } from './sign-in/api-sign-in.ts';

// A machine that stands still for a moment is no database that is away or busy.
const PATIENCE_MS = 20_000;

/** CRM on a fresh database, asked without a port. */
export async function createTestApp(environment: Record<string, string> = { RATE_LIMITS: 'off' }) {
  const folder = mkdtempSync(join(tmpdir(), 'samaya-crm-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  const database = await createTestDatabase('crm');
  const config = completeConfig(readConfig({ DATA_DIR: folder, BOOKING_URL: 'http://localhost:9', ...environment }));
  const lines: string[] = [];
  const log = createLog('crm', { write: (line: string) => void lines.push(line) });
  const app = createApp(config, { databaseUrl: database.appUrl, log });
  Object.assign(app.pool.options, {
    connectionTimeoutMillis: PATIENCE_MS,
    statement_timeout: PATIENCE_MS,
    lock_timeout: PATIENCE_MS,
  });
  after(() => app.close());
  const api = createCrmApi(app);

  const ask = async (method: string, path: string, options: { token?: string; body?: unknown } = {}) => {
    const response = await api.request(path, {
      method,
      headers: {
        ...(options.token && { authorization: `Bearer ${options.token}` }),
        ...(options.body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(options.body !== undefined && { body: JSON.stringify(options.body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text === '' ? undefined : JSON.parse(text) };
  };
  /** Posts as booking's relay does; `secrets` and `now` are what it signs with. */
  const deliver = async (
    notifications: unknown[],
    { secrets = config.notificationSecrets, now = new Date() }: { secrets?: string[]; now?: Date } = {},
  ) => {
    const body = JSON.stringify({ notifications });
    const headers = { 'content-type': 'application/json', ...sign(body, { id: randomUUID(), secrets, now }) };
    const response = await api.request('/api/v1/booking-notifications', { method: 'POST', headers, body });
    return { status: response.status, body: JSON.parse(await response.text()) };
  };
  const signIn = async (facilitatorId: number, userId = facilitatorId + 1000) =>
    (
      await signInToApi(app.db, {
        user: { id: userId, name: 'Maya Lind', email: 'maya@studio.example' },
        facilitator: { id: facilitatorId, name: 'Maya Lind' },
        begunAt: new Date(),
      })
    ).token;
  return { app, api, ask, deliver, signIn, database, logged: () => lines.join('') };
}

/** A message about a booking, whole and believable; `changes` say what is particular. */
export function bookingMessage(changes: Record<string, unknown> = {}) {
  return {
    message_id: randomUUID(),
    kind: 'booking.confirmed',
    version: 1,
    occurred_at: '2030-03-01T08:00:00.000Z',
    booking_id: 1,
    user_name: 'Ana Sousa',
    user_email: 'ana@home.example',
    event_title: 'Evening circle',
    event_date: '2030-03-04T18:00:00.000Z',
    facilitator_id: 7,
    user_id: 21,
    event_id: 5,
    event_type: 'session',
    seats: 1,
    status: 'confirmed',
    price: 12.5,
    ...changes,
  };
}
