import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { after, test } from 'node:test';
import { getRequestListener } from '@hono/node-server';
import { Hono } from 'hono';
import { startHttpServer } from './http-server.ts';
import { createLog } from './log.ts';
import { createMetrics } from './metrics.ts';
import { answerOperations } from './operations.ts';
import { countTries } from './test-tries.ts';

const lines: string[] = [];
const log = createLog('test', { write: (line) => void lines.push(line) });
const metrics = createMetrics();
const hono = new Hono();
let unblock: () => void = () => undefined;
hono.get('/slow', async (c) => {
  await new Promise<void>((resolve) => {
    unblock = resolve;
  });
  return c.text('done');
});
hono.get('/crash', () => {
  throw new Error('broken');
});
const reasons: string[] = [];
let metricsToken: string | undefined;
let securityContact: string | undefined;
const server = await startHttpServer({
  host: '127.0.0.1',
  port: 0,
  trustProxy: false,
  publicUrl: 'https://book.example.org',
  log,
  onFinished: (request, status, milliseconds, template) =>
    metrics.request(request.method ?? '', template, status, milliseconds),
  async handle(request, response, facts) {
    if (
      await answerOperations(
        { notReady: async () => reasons, registry: metrics.registry, metricsToken, securityContact },
        request,
        response,
      )
    )
      return;
    if (request.url === '/handler-crash') throw new Error('broken outside the API');
    await getRequestListener((webRequest) => hono.fetch(webRequest, facts), { overrideGlobalObjects: false })(
      request,
      response,
    );
  },
});
after(() => server.stop());
const address = `http://127.0.0.1:${server.port}`;

test('gives every answer the security headers and a request id', async () => {
  for (const path of ['/healthz', '/nowhere', '/crash', '/handler-crash', '/docs']) {
    const response = await fetch(address + path);
    assert.equal(response.headers.get('x-content-type-options'), 'nosniff', path);
    assert.equal(response.headers.get('referrer-policy'), 'same-origin', path);
    assert.match(response.headers.get('content-security-policy') ?? '', /default-src 'none'/, path);
    assert.match(response.headers.get('strict-transport-security') ?? '', /max-age=\d{8}/, path);
    assert.match(response.headers.get('x-request-id') ?? '', /^[0-9a-f-]{36}$/, path);
    assert.equal(response.headers.get('x-powered-by'), null);
  }
  assert.equal((await fetch(`${address}/handler-crash`)).status, 500);
});

test('is healthy while it is not ready, and says why it is not', async () => {
  reasons.push('the database is away');
  assert.equal((await fetch(`${address}/healthz`)).status, 200);
  const response = await fetch(`${address}/readyz`);
  assert.equal(response.status, 503);
  assert.deepEqual(await response.json(), { status: 'not ready', reasons: ['the database is away'] });
  reasons.length = 0;
  assert.equal((await fetch(`${address}/readyz`)).status, 200);
});

test('OBS-07: shows metrics to this machine, not through a proxy, and with a token to its holder only', async () => {
  const direct = await fetch(`${address}/metrics`);
  assert.equal(direct.status, 200);
  assert.match(await direct.text(), /http_requests_total\{method="GET",route="other",status="200"\}/);
  assert.equal((await fetch(`${address}/metrics`, { headers: { 'x-forwarded-for': '127.0.0.1' } })).status, 404);
  metricsToken = 'a-long-metrics-token';
  assert.equal((await fetch(`${address}/metrics`)).status, 404);
  assert.equal((await fetch(`${address}/metrics`, { headers: { authorization: 'Bearer wrong' } })).status, 404);
  assert.equal(
    (await fetch(`${address}/metrics`, { headers: { authorization: `Bearer ${metricsToken}` } })).status,
    200,
  );
  metricsToken = undefined;
});

test('serves the API documentation from its own assets', async () => {
  const page = await (await fetch(`${address}/docs`)).text();
  assert.doesNotMatch(page, /https?:\/\//);
  for (const asset of page.matchAll(/(?:src|href)="([^"]+)"/g)) {
    const response = await fetch(address + asset[1]);
    assert.equal(response.status, 200, String(asset[1]));
    // One that is not read to its end stays open, and is written down amid another test.
    await response.bytes();
  }
  assert.equal((await fetch(`${address}/docs/../package.json`)).status, 404);
});

test('LOAD-07: refuses headers beyond 16 KiB', async () => {
  const status = await new Promise((resolve, reject) => {
    httpRequest(`${address}/healthz`, { headers: { 'x-big': 'x'.repeat(20_000) } }, (response) =>
      resolve(response.statusCode),
    )
      .on('error', reject)
      .end();
  });
  assert.equal(status, 431);
});

test('EDGE-10: writes one JSON line for each request, whatever the address holds', async () => {
  lines.length = 0;
  await fetch(`${address}/a%0d%0a%22forged?token=abc`);
  const entries = lines.map((line) => JSON.parse(line) as { path?: string; status?: number });
  assert.equal(entries.length, 1);
  assert.equal(entries[0]?.path, '/a%0d%0a%22forged');
  assert.doesNotMatch(lines.join(''), /abc/);
});

test('does not write down the secret of a mailed link', async () => {
  lines.length = 0;
  const secret = 'a-Z_9'.padEnd(43, 'q');
  for (const path of [`/reset/7.${secret}`, `/b/7.${secret}/cancel`, `/e/7-${'a'.repeat(60)}`])
    await fetch(address + path);
  const paths = lines.map((line) => (JSON.parse(line) as { path?: string }).path);
  assert.deepEqual(paths, ['/reset/7.…', '/b/7.…/cancel', `/e/7-${'a'.repeat(60)}`]);
  assert.ok(!lines.join('').includes(secret));
});

/** Everything the server says on one connection to these bytes, until it closes it. */
async function sayRaw(text: string): Promise<string> {
  const socket = connect(server.port, '127.0.0.1');
  socket.setEncoding('utf8').write(text);
  let answer = '';
  socket.on('data', (part: string) => {
    answer += part;
  });
  await once(socket, 'close', { signal: AbortSignal.timeout(30_000) });
  return answer;
}

test('FUZZ-11: a message whose end is in doubt is refused, and nothing behind it is read', async (t) => {
  const hidden = 'GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n';
  const post = (headers: string, body: string) => `POST /nowhere HTTP/1.1\r\nhost: x\r\n${headers}\r\n${body}${hidden}`;
  const doubtful = [
    post('content-length: 4\r\ntransfer-encoding: chunked\r\n', '0\r\n\r\n'),
    post('transfer-encoding: chunked\r\ncontent-length: 4\r\n', '0\r\n\r\n'),
    post('content-length: 4\r\ncontent-length: 5\r\n', 'abcd'),
    post('content-length: 4\r\ncontent-length: 4\r\n', 'abcd'),
    post('content-length: 4, 5\r\n', 'abcd'),
    post('content-length: +4\r\n', 'abcd'),
    post('content-length: 0x4\r\n', 'abcd'),
    post('content-length: -1\r\n', 'abcd'),
    post('content-length : 4\r\n', 'abcd'),
    post('transfer-encoding : chunked\r\n', '0\r\n\r\n'),
    post('transfer-encoding: xchunked\r\n', '0\r\n\r\n'),
    post('transfer-encoding: chunked, identity\r\n', '0\r\n\r\n'),
    post('transfer-encoding: identity, chunked, gzip\r\n', '0\r\n\r\n'),
    post('transfer-encoding:\x0bchunked\r\n', '0\r\n\r\n'),
    post('transfer-encoding: chunked\r\n', '4 \r\nabcd\r\n0\r\n\r\n'),
    post('transfer-encoding: chunked\r\n', '0x4\r\nabcd\r\n0\r\n\r\n'),
    post('transfer-encoding: chunked\r\n', '4\nabcd\n0\n\n'),
    post('transfer-encoding: chunked\r\n', 'ffffffffffffffff1\r\nabcd\r\n0\r\n\r\n'),
    post('x: 1\r\n content-length: 4\r\n', 'abcd'),
    post('x\0: 1\r\ncontent-length: 4\r\n', 'abcd'),
    post('x: 1\rcontent-length: 4\r\n', 'abcd'),
    post('x: 1\ncontent-length: 4\n', 'abcd'),
    `GET /nowhere HTTP/1.1\nhost: x\n\n${hidden}`,
    `GET /nowhere HTTP/9.9\r\nhost: x\r\n\r\n${hidden}`,
  ];
  countTries(t, 'FUZZ-11', { short: doubtful.length, full: doubtful.length });
  await Promise.all(
    doubtful.map(async (text) => {
      const answer = await sayRaw(text);
      const statuses = [...answer.matchAll(/^HTTP\/1\.1 (\d{3})/gm)].map(([, status]) => status);
      assert.deepEqual(statuses, ['400'], `${JSON.stringify(text)}\n${answer}`);
    }),
  );
});

test('whoever finds a weakness is told where to report it, when there is such an address, in the form of RFC 9116', async () => {
  const file = `${address}/.well-known/security.txt`;
  assert.equal((await fetch(file)).status, 404);
  securityContact = 'mailto:security@studio.example';
  const response = await fetch(file);
  assert.equal(response.headers.get('content-type'), 'text/plain; charset=utf-8');
  const fields = new Map(
    (await response.text())
      .trim()
      .split('\n')
      .map((line) => line.split(/: (.*)/) as [string, string]),
  );
  assert.equal(fields.get('Contact'), securityContact);
  assert.match(fields.get('Expires') ?? '', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  const days = (Date.parse(fields.get('Expires') ?? '') - Date.now()) / 86_400_000;
  assert.ok(days > 7 && days < 365, `${days}`);
  assert.equal((await fetch(file, { method: 'POST' })).status, 404);
});

test('CRASH-05: lets a running request finish when it stops', async () => {
  const slow = fetch(`${address}/slow`);
  while (unblock.toString() === '() => undefined') await new Promise(setImmediate);
  const stopped = server.stop();
  unblock();
  assert.equal(await (await slow).text(), 'done');
  await stopped;
  await assert.rejects(fetch(`${address}/healthz`));
});
