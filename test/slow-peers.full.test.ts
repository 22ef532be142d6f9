import assert from 'node:assert/strict';
import { connect, type Socket } from 'node:net';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createTestDatabase } from '@samaya/platform/test-database.ts';
import { freePort } from '@samaya/platform/test-port.ts';
import { countTries } from '@samaya/platform/test-tries.ts';
import { bookPatiently, inParallel } from './book-over-http.ts';
import { findDifferences } from './both-databases.ts';
import { createCrowd } from './crowd.ts';
import { openFaultProxy } from './fault-proxy.ts';
import { startBooking } from './processes.ts';

const database = await createTestDatabase('booking');
const { people, eventIds } = await createCrowd(database.ownerUrl, { places: [10_000], people: 400 });
const proxy = await openFaultProxy({ port: Number(new URL(database.appUrl).port) });
const app = await startBooking({ database: { ...database, appUrl: proxy.through(database.appUrl) } });

interface Client {
  socket: Socket;
  closedAfterMs: number | undefined;
}

/** A client that says `first` and then a byte a second, or nothing more. */
function openSlowClient(port: number, first: string, then?: string): Client {
  const begin = performance.now();
  const client: Client = {
    socket: connect(port, '127.0.0.1', () => client.socket.write(first)),
    closedAfterMs: undefined,
  };
  const drip = then === undefined ? undefined : setInterval(() => client.socket.write(then), 1000);
  client.socket.on('error', () => undefined).on('data', () => undefined);
  client.socket.on('close', () => {
    clearInterval(drip);
    client.closedAfterMs = performance.now() - begin;
  });
  after(() => client.socket.destroy());
  return client;
}

async function healthMs(): Promise<number> {
  const begin = performance.now();
  const response = await fetch(`${app.url}/api/v1/events/${eventIds[0]}`);
  await response.text();
  assert.equal(response.status, 200);
  return performance.now() - begin;
}

test('LOAD-05: who sends a byte a second is cut off in time, and holds nobody else up', async (t) => {
  const each = countTries(t, 'LOAD-05', { short: 100, full: 300 });
  const open = (first: string, then: string) =>
    Array.from({ length: each }, () => openSlowClient(app.port, first, then));
  const headers = open('GET / HTTP/1.1\r\nHost: localhost\r\n', 'X-Slow: 1\r\n');
  const bodies = open(
    'POST /api/v1/sessions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{',
    ' ',
  );
  const times: number[] = [];
  const isOpen = ({ closedAfterMs }: Client) => closedAfterMs === undefined;
  while ([...headers, ...bodies].some(isOpen) && times.length < 60) {
    times.push(await healthMs());
    await sleep(1000);
  }
  // Looked after every five seconds.
  for (const { closedAfterMs } of headers) assert.ok(Number(closedAfterMs) <= 16_000, `${closedAfterMs}`);
  for (const { closedAfterMs } of bodies) assert.ok(Number(closedAfterMs) <= 26_000, `${closedAfterMs}`);
  times.sort((one, other) => one - other);
  const middle = times[times.length >> 1] ?? Number.NaN;
  assert.ok(middle < 250, `${middle}`);
});

test('LOAD-06: thousands of connections that say nothing leave room for who does', async (t) => {
  const count = countTries(t, 'LOAD-06', { short: 1000, full: 5000 });
  const clients: Client[] = [];
  for (let n = 0; n < count; n++) {
    clients.push(openSlowClient(app.port, ''));
    if (n % 100 === 0) await sleep(10);
  }
  assert.ok((await healthMs()) < 1000);
  for (const { socket } of clients) socket.destroy();
});

test('DB-03: with a database that takes a fifth of a second more for everything, people wait and get their places', async (t) => {
  const some = people.slice(0, countTries(t, 'DB-03', { short: 50, full: 200 }));
  // Connections are made while it is quick: making one takes several turns.
  await inParallel(some.slice(0, 10), 10, ({ token }) => readOwn(token));
  proxy.set({ kind: 'delay', ms: 100 });
  const answers = await inParallel(some, 10, ({ token, userId }) =>
    bookPatiently({ url: app.url, token, eventId: Number(eventIds[0]), key: `slow-${userId}` }, Date.now() + 30_000),
  );
  proxy.set({ kind: 'none' });
  const acknowledged = answers.flatMap(({ status, id }) => (status === 201 ? [Number(id)] : []));
  assert.equal(acknowledged.length, some.length);
  assert.deepEqual(await findDifferences({ bookingUrl: database.ownerUrl, acknowledged }), []);
});

test('DB-03: two seconds more are an outage: health and loop go on, and all is as before within 5 s after', async (t) => {
  countTries(t, 'DB-03', { short: 1, full: 1 });
  proxy.set({ kind: 'delay', ms: 1000 });
  const asking = inParallel(people.slice(200), 20, ({ token }) => readOwn(token));
  const lags: number[] = [];
  for (let second = 0; second < 15; second++) {
    const begin = performance.now();
    assert.equal((await fetch(`${app.url}/healthz`)).status, 200);
    lags.push(performance.now() - begin);
    await sleep(1000);
  }
  proxy.set({ kind: 'none' });
  const mended = performance.now();
  for (let asked = mended; (await readOwn(String(people[0]?.token))) !== 200; asked = performance.now()) {
    assert.ok(asked - mended <= 5000, `${asked - mended}`);
    await sleep(50);
  }
  await asking;
  lags.sort((one, other) => one - other);
  assert.ok((lags[7] ?? 0) < 100, `${lags}`);
});

async function readOwn(token: string): Promise<number> {
  const response = await fetch(`${app.url}/api/v1/bookings`, { headers: { authorization: `Bearer ${token}` } });
  await response.text();
  return response.status;
}

test('CRASH-06: a stop that somebody holds up ends all the same, in fifteen seconds', async (t) => {
  const tries = countTries(t, 'CRASH-06', { short: 1, full: 3 });
  for (let n = 0; n < tries; n++) {
    const stuck = await startBooking({ database, port: await freePort() });
    openSlowClient(
      stuck.port,
      'POST /api/v1/sessions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{',
    );
    await sleep(300);
    const begin = performance.now();
    assert.equal(await stuck.stop(), 0);
    assert.ok(performance.now() - begin <= 15_000, `${performance.now() - begin}`);
  }
});
