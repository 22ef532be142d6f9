import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { connect } from 'node:net';
import { availableParallelism } from 'node:os';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { createTestDatabase } from '@samaya/platform/test-database.ts';
import { countTries } from '@samaya/platform/test-tries.ts';
import { z } from 'zod';
import { buildPages } from '../scripts/build.ts';
import { createCrowd } from './crowd.ts';
import { startBooking, startCrm } from './processes.ts';

const HUGE_BYTES = 100 * 1024 * 1024;
// The largest bodies that any address takes: a schedule to import, and what the relay sends.
const TAKEN_BYTES = { booking: 8 * 1024 * 1024, crm: 1024 * 1024 };
// What the sockets of both sides hold.
const IN_FLIGHT_BYTES = 8 * 1024 * 1024;
const GROWN_MB = 60;

await buildPages({ write: () => undefined });
const database = await createTestDatabase('booking');
const { people, eventIds } = await createCrowd(database.ownerUrl, { places: [100], people: 1 });
const token = String(people[0]?.token);
const booking = await startBooking({ database });
const crm = await startCrm({ database: await createTestDatabase('crm'), otherUrl: booking.url });
const apps = { booking, crm };

function memoryMb(app: keyof typeof apps): number {
  return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(apps[app].pid)], { encoding: 'utf8' })) / 1024;
}

interface Sent {
  /** The first line of the answer; empty when there was none. */
  status: string;
  /** Bytes of the body that left before the other side closed or answered. */
  bytes: number;
  ms: number;
}

/** Sends the lines of a request and then `bytes` of a body, as long as the other side takes them. */
function send(port: number, lines: readonly string[], bytes: number, chunk = Buffer.alloc(64 * 1024, 'x')) {
  const begin = performance.now();
  return new Promise<Sent>((resolve) => {
    const socket = connect(port, '127.0.0.1');
    let said = '';
    let sent = 0;
    const write = () => {
      while (sent < bytes && said === '' && !socket.destroyed) {
        sent += chunk.length;
        if (!socket.write(chunk)) return;
      }
    };
    const end = () => {
      socket.destroy();
      resolve({ status: said.split('\r\n', 1)[0] ?? '', bytes: sent, ms: performance.now() - begin });
    };
    socket.on('connect', () => {
      socket.write(`${lines.join('\r\n')}\r\n\r\n`);
      write();
    });
    socket.on('drain', write);
    socket.on('data', (data) => {
      said += data.toString('latin1');
      if (said.includes('\r\n\r\n')) end();
    });
    socket.on('error', end).on('close', end);
    socket.setTimeout(15_000, end);
  });
}

function post(path: string, ...headers: string[]): string[] {
  return [
    `POST ${path} HTTP/1.1`,
    'Host: localhost',
    'Sec-Fetch-Site: same-origin',
    `Authorization: Bearer ${token}`,
    ...headers,
  ];
}

/** Every address that takes a POST or a PATCH, of the API and of the pages. */
async function doorsOf(app: keyof typeof apps): Promise<string[]> {
  const { paths } = z
    .looseObject({ paths: z.record(z.string(), z.record(z.string(), z.unknown())) })
    .parse(await (await fetch(`${apps[app].url}/openapi.json`)).json());
  const api = Object.entries(paths).flatMap(([path, methods]) =>
    'post' in methods ? [path.replace('{id}', '1')] : [],
  );
  const pages = { booking: ['/sign-in', '/sign-up', '/oidc/token', '/e/1-evening-circle-1?/book'], crm: ['/sign-out'] };
  return [...api, ...pages[app]];
}

for (const app of ['booking', 'crm'] as const) {
  test(`LOAD-04: a body of 100 MB is refused by every door of ${app}, and not kept`, async (t) => {
    const doors = await doorsOf(app);
    countTries(t, 'LOAD-04', { short: doors.length * 2, full: doors.length * 2 });
    const before = memoryMb(app);
    let most = 0;
    for (const path of doors) {
      for (const [type, length] of [
        ['application/json', `Content-Length: ${HUGE_BYTES}`],
        ['application/x-www-form-urlencoded', 'Transfer-Encoding: chunked'],
      ] as const) {
        const chunk = length.startsWith('Transfer') ? Buffer.from(`10000\r\n${'x'.repeat(65_536)}\r\n`) : undefined;
        const sent = await send(apps[app].port, post(path, `Content-Type: ${type}`, length), HUGE_BYTES, chunk);
        // A page that reads no form answers without it.
        assert.match(sent.status, /^HTTP\/1\.1 [234]\d\d /, `${path} ${length}: ${JSON.stringify(sent)}`);
        if (type.endsWith('json')) assert.match(sent.status, / 4/, path);
        assert.ok(sent.bytes <= TAKEN_BYTES[app] + IN_FLIGHT_BYTES, `${path} ${length}: ${sent.bytes} bytes`);
        most = Math.max(most, memoryMb(app));
      }
    }
    t.diagnostic(`${app}: ${before.toFixed(0)} MB before, ${most.toFixed(0)} MB at most`);
    assert.ok(most - before <= GROWN_MB, `${before} MB grew to ${most} MB`);
  });
}

test('LOAD-04: what is small and would be huge is not unpacked', async (t) => {
  const bytes = Buffer.alloc(HUGE_BYTES, ' ');
  const packed = { gzip: gzipSync(bytes), br: brotliCompressSync(bytes), deflate: gzipSync(bytes) };
  countTries(t, 'LOAD-04', { short: 3, full: 3 });
  const before = memoryMb('booking');
  for (const [coding, body] of Object.entries(packed)) {
    const response = await fetch(`${booking.url}/api/v1/bookings`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'content-encoding': coding },
      body: body.subarray(0, 60_000),
    });
    assert.ok([400, 413, 415].includes(response.status), `${response.status}`);
  }
  assert.ok(memoryMb('booking') - before <= GROWN_MB);
});

const HEADER_BOMBS: Readonly<Record<string, string[]>> = {
  'a header of 20 kB': [`X-Big: ${'x'.repeat(20_000)}`],
  '2,000 headers': Array.from({ length: 2000 }, (_, n) => `X-Header-${n}: ${n}`),
  '10,000 cookies': [`Cookie: ${Array.from({ length: 10_000 }, (_, n) => `c${n}=${n}`).join('; ')}`],
  'a cookie of 15 kB': [`Cookie: samaya_booking=${'a'.repeat(15_000)}`],
  'a bearer of 15 kB': [`Authorization: Bearer ${'a'.repeat(15_000)}`],
  'odd names': ['__proto__: 1', 'constructor: 1', 'toString: 1', 'hasOwnProperty: 1'],
};

test('LOAD-07: header bombs and endless addresses are refused, and nothing ends', async (t) => {
  const targets = ['/', '/api/v1/events', '/api/v1/me', '/healthz'];
  countTries(t, 'LOAD-07', { short: targets.length * 7 * 2, full: targets.length * 7 * 2 });
  for (const app of [booking, crm]) {
    const { pid } = app;
    for (const path of targets) {
      for (const [what, headers] of Object.entries(HEADER_BOMBS)) {
        const { status } = await send(app.port, [`GET ${path} HTTP/1.1`, 'Host: localhost', ...headers], 0);
        const isBig = headers.join('').length > 16 * 1024;
        assert.match(status, isBig ? /^HTTP\/1\.1 431 / : /^HTTP\/1\.1 [234]\d\d /, `${what} at ${path}`);
      }
      const { status } = await send(app.port, [`GET ${path}?${'x'.repeat(64_000)} HTTP/1.1`, 'Host: localhost'], 0);
      assert.match(status, /^HTTP\/1\.1 4(14|31) /);
    }
    assert.equal((await fetch(`${app.url}/healthz`)).status, 200);
    process.kill(pid, 0);
  }
});

const JSON_BOMBS: Readonly<Record<string, string>> = {
  'arrays 30,000 deep': '['.repeat(30_000) + ']'.repeat(30_000),
  'objects 10,000 deep': `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`,
  'open arrays': '['.repeat(60_000),
  '30,000 items': `[${Array(30_000).fill(1).join(',')}]`,
  '30,000 items in a field': `{"event_id":[${Array(30_000).fill(1).join(',')}]}`,
  '5,000 keys': `{${Array.from({ length: 5000 }, (_, n) => `"k${n}":1`).join(',')}}`,
  'a key 3,000 times': `{${Array(3000).fill('"event_id":0').join(',')}}`,
  'a number of 60,000 digits': `{"event_id":${'9'.repeat(60_000)}}`,
  'a fraction of 60,000 digits': `{"event_id":0.${'1'.repeat(60_000)}}`,
  'escapes without end': `{"event_id":"${'\\u0000'.repeat(10_000)}"}`,
  'beyond any depth': '['.repeat(100_000),
  'beyond any size': `[${Array(1_000_000).fill(1).join(',')}]`,
};

test('LOAD-08: JSON bombs are refused within a tenth of a second', async (t) => {
  countTries(t, 'LOAD-08', { short: Object.keys(JSON_BOMBS).length, full: Object.keys(JSON_BOMBS).length });
  for (const [what, body] of Object.entries(JSON_BOMBS)) {
    let fastest = Number.POSITIVE_INFINITY;
    // The fastest of some, since the machine has other work too.
    for (let round = 0; round < 5; round++) {
      const begin = performance.now();
      const response = await fetch(`${booking.url}/api/v1/bookings`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body,
      });
      const text = await response.text();
      fastest = Math.min(fastest, performance.now() - begin);
      assert.ok([400, 413, 422].includes(response.status), `${what}: ${response.status}`);
      assert.ok(text.length <= 8 * 1024, `${what}: told in ${text.length} characters`);
    }
    assert.ok(fastest < 100, `${what}: ${fastest} ms`);
  }
  const kept = await fetch(`${booking.url}/api/v1/bookings`, { headers: { authorization: `Bearer ${token}` } });
  assert.deepEqual(await kept.json(), { items: [], next: null });
});

test('LOAD-09: a flood of sign-ins is hashed two at a time; the rest waits or is refused, and others are served', async (t) => {
  // On more cores more are hashed, and more may wait.
  const enough = 150 * availableParallelism();
  const tries = countTries(t, 'LOAD-09', { short: Math.max(300, enough), full: Math.max(500, enough) });
  const before = memoryMb('booking');
  const begun = performance.now();
  const signIns = Promise.all(
    Array.from({ length: tries }, async (_, n) => {
      const response = await fetch(`${booking.url}/api/v1/sessions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ email: `flood${n}@crowd.example`, password: 'a-password-for-tests' }),
      });
      await response.text();
      return { status: response.status, retryAfter: response.headers.get('retry-after') };
    }),
  );
  let isOver = false;
  void signIns.then(() => {
    isOver = true;
  });
  const times: number[] = [];
  let most = 0;
  while (!isOver) {
    // One that needs the database, one that reads a file, and one that needs neither.
    for (const path of [`/api/v1/events/${eventIds[0]}?`, '/docs/swagger-ui.css', '/healthz']) {
      const begin = performance.now();
      const response = await fetch(booking.url + path);
      await response.text();
      assert.ok(response.status < 500, path);
      times.push(performance.now() - begin);
    }
    most = Math.max(most, memoryMb('booking'));
    await sleep(100);
  }
  const answers = await signIns;
  const floodMs = performance.now() - begun;
  const hashed = answers.filter(({ status }) => status === 401).length;
  const refused = answers.filter(({ status, retryAfter }) => status === 503 && Number(retryAfter) > 0).length;
  times.sort((one, other) => one - other);
  const middle = times[Math.floor(times.length / 2)] ?? 0;
  t.diagnostic(
    `${hashed} hashed, ${refused} refused in ${floodMs.toFixed(0)} ms, others in ${middle.toFixed(0)} ms, ${before.toFixed(0)} MB before, ${most.toFixed(0)} MB at most`,
  );
  assert.equal(hashed + refused, tries);
  assert.ok(refused > 0);
  assert.ok(middle < 250, `${middle} ms of ${floodMs}`);
  // Two hashes hold 19 MB each; the rest is what hundreds of requests at once and their answers leave behind.
  assert.ok(most - before < 200 + (tries - 300) / 2, `${before} MB grew to ${most} MB`);
});
