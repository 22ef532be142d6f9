import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Agent, createServer, request as send } from 'node:http';
import { join, resolve } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createTestDatabase } from '@samaya/platform/test-database.ts';
import { freePort } from '@samaya/platform/test-port.ts';
import { countTries } from '@samaya/platform/test-tries.ts';
import { bookPatiently } from './book-over-http.ts';
import { findDifferences } from './both-databases.ts';
import { createCrowd } from './crowd.ts';
import { openFaultProxy } from './fault-proxy.ts';
import { type RunningApp, startBooking, startCrm, testDataFolder } from './processes.ts';

const READY_MS = 5000;
const MOST_TRIES = 3;

for (const [app, startApp] of Object.entries({ booking: startBooking, crm: startCrm })) {
  test(`CRASH-10: ${app} started before its database lives, says that it is not ready, and is soon after`, async (t) => {
    const database = await createTestDatabase(app as 'booking' | 'crm');
    const proxy = await openFaultProxy({ port: Number(new URL(database.appUrl).port) });
    const urls = { appUrl: proxy.through(database.appUrl), ownerUrl: proxy.through(database.ownerUrl) };
    for (let n = countTries(t, 'CRASH-10', { short: 1, full: 5 }); n > 0; n--) {
      proxy.set({ kind: 'cut' });
      const port = await freePort();
      const starting = startApp({ database: urls, port });
      const get = (path: string) => fetch(`http://127.0.0.1:${port}${path}`);
      while (
        !(await get('/healthz').then(
          ({ ok }) => ok,
          () => false,
        ))
      )
        await sleep(50);
      for (const path of ['/', '/readyz', '/api/v1/me']) {
        const response = await get(path);
        assert.equal(response.status, 503, path);
        assert.ok(Number(response.headers.get('retry-after')) > 0, path);
        await response.text();
      }
      proxy.set({ kind: 'none' });
      const begin = performance.now();
      const running = await starting;
      const readyAt = performance.now();
      assert.equal((await get('/readyz')).status, 200);
      const readyMs = readyAt - begin;
      t.diagnostic(`${app} was ready ${Math.round(readyMs)} ms after its database`);
      assert.ok(readyMs <= READY_MS, `${readyMs}`);
      assert.equal(await running.stop(), 0);
    }
  });
}

// Each required thing missing, too short or no such thing; a value that must not be printed is called `hidden`.
const BAD_SETTINGS: readonly [name: string, value: string][] = [
  ['BOOKING_DATABASE_URL', ''],
  ['BOOKING_DATABASE_URL', 'mysql://hidden@localhost/booking'],
  ['CRM_CLIENT_SECRET', 'hidden'],
  ['METRICS_TOKEN', 'hidden'],
  ['BOOKING_PORT', '70000'],
  ['CRM_PORT', 'hidden'],
  ['BOOKING_URL', 'hidden'],
  ['CRM_URL', 'https://hidden.example/path'],
  ['STUDIO_TIME_ZONE', 'hidden/zone'],
  ['STUDIO_CURRENCY', 'hidden'],
  ['SMTP_URL', 'ftp://hidden'],
  ['RATE_LIMITS', 'hidden'],
  ['TRUST_PROXY', 'hidden'],
  ['DATA_DIR', '/proc/samaya'],
];

test('CRASH-11: whatever setting is missing or wrong, it does not start, and names it without its value', async (t) => {
  const { appUrl, ownerUrl } = await createTestDatabase('booking');
  countTries(t, 'CRASH-11', { short: BAD_SETTINGS.length, full: BAD_SETTINGS.length });
  for (const [name, value] of BAD_SETTINGS) {
    const child = spawn(process.execPath, [join(resolve(import.meta.dirname, '..'), 'apps/booking/src/main.ts')], {
      env: {
        PATH: process.env.PATH,
        DATA_DIR: testDataFolder(),
        BOOKING_PORT: String(await freePort()),
        BOOKING_DATABASE_URL: appUrl,
        BOOKING_MIGRATION_URL: ownerUrl,
        CRM_DATABASE_URL: 'postgres://nobody@127.0.0.1:9/none',
        DEMO: '0',
        [name]: value,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        said += text;
      });
    }
    const [code] = await once(child, 'close');
    assert.notEqual(code, 0, name);
    assert.match(said, new RegExp(name), said);
    assert.doesNotMatch(said, /hidden/, name);
  }
});

/** What stands before several processes: takes them in turn, and the next when one takes no connection. */
async function openBalancer(doors: () => readonly RunningApp[]): Promise<string> {
  const agent = new Agent({ keepAlive: true });
  let turn = 0;
  const server = createServer(async (incoming, outgoing) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const first = turn++;
    const attempt = (tries: number) => {
      const door = doors()[(first + tries) % doors().length];
      const onward = send(new URL(incoming.url ?? '/', door?.url), {
        method: incoming.method,
        headers: incoming.headers,
        agent,
      });
      onward.on('response', (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      });
      onward.on('error', () => {
        // What carries a key, or only reads, may be sent again; so says the one who sent it.
        const isRepeatable = incoming.method === 'GET' || incoming.headers['idempotency-key'] !== undefined;
        if (tries < MOST_TRIES && isRepeatable && !outgoing.headersSent) attempt(tries + 1);
        else outgoing.destroy();
      });
      onward.end(body);
    };
    attempt(0);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  after(() => {
    server.closeAllConnections();
    server.close();
    agent.destroy();
  });
  return `http://127.0.0.1:${(server.address() as { port: number }).port}`;
}

test('CRASH-05: processes restarted one after the other under load: nobody behind the balancer notices', async (t) => {
  const rounds = countTries(t, 'CRASH-05', { short: 1, full: 10 });
  const database = await createTestDatabase('booking');
  const { people, eventIds } = await createCrowd(database.ownerUrl, { places: [100_000], people: 300 * rounds });
  const ports = [await freePort(), await freePort()];
  const start = (n: number) => startBooking({ database, port: Number(ports[n]) });
  const doors = [await start(0), await start(1)];
  const url = await openBalancer(() => doors);

  let isOver = false;
  const acknowledged: number[] = [];
  const failures: string[] = [];
  async function keepAsking(lane: number) {
    for (let n = lane; !isOver && n < people.length; n += 10) {
      const token = String(people[n]?.token);
      const answer = await bookPatiently({ url, token, eventId: Number(eventIds[0]), key: `once-${n}` }, 0);
      if (answer.status === 201) acknowledged.push(Number(answer.id));
      else failures.push(`${answer.status} ${answer.code}`);
      const read = await fetch(`${url}/api/v1/events/${eventIds[0]}`).then(({ status }) => status, String);
      if (read !== 200) failures.push(`reading: ${read}`);
      await sleep(50);
    }
  }
  const lanes = Promise.all(Array.from({ length: 10 }, (_, lane) => keepAsking(lane)));
  for (let round = 0; round < rounds; round++) {
    for (const n of [0, 1]) {
      await sleep(300);
      const begin = performance.now();
      assert.equal(await doors[n]?.stop(), 0);
      assert.ok(performance.now() - begin <= 10_000);
      doors[n] = await start(n);
    }
  }
  isOver = true;
  await lanes;
  t.diagnostic(`${acknowledged.length} bookings`);
  assert.deepEqual(failures, []);
  assert.ok(acknowledged.length > 20 * rounds);
  assert.deepEqual(await findDifferences({ bookingUrl: database.ownerUrl, acknowledged }), []);
});

for (const [app, startApp] of Object.entries({ booking: startBooking, crm: startCrm })) {
  test(`CRASH-05: ${app} told to stop says first that it is not ready, and serves on for as long as it was asked to`, async () => {
    const database = await createTestDatabase(app as 'booking' | 'crm');
    const process = await startApp({ database, environment: { STOP_DELAY_SECONDS: '6' } });
    const ask = async (path: string) => (await fetch(process.url + path, { headers: { connection: 'close' } })).status;
    assert.equal(await ask('/readyz'), 200);
    const ended = process.stop();
    while ((await ask('/readyz')) !== 503) await sleep(20);
    assert.equal(await ask('/healthz'), 200);
    assert.equal(await ask('/api/v1/me'), 401);
    assert.equal(await ended, 0);
  });
}
