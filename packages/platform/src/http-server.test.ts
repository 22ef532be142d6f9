import assert from 'node:assert/strict';
import { request as httpRequest } from 'node:http';
import { after, test } from 'node:test';
import { getRequestListener } from '@hono/node-server';
import { Hono } from 'hono';
import { startHttpServer } from './http-server.ts';
import { createLog } from './log.ts';
import { createMetrics } from './metrics.ts';
import { answerOperations } from './operations.ts';

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
        { notReady: async () => reasons, registry: metrics.registry, metricsToken },
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

test('shows metrics to this machine, not through a proxy, and with a token to its holder only', async () => {
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
  for (const asset of page.matchAll(/(?:src|href)="([^"]+)"/g))
    assert.equal((await fetch(address + asset[1])).status, 200, String(asset[1]));
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

test('writes one JSON line for each request, whatever the address holds', async () => {
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

test('CRASH-05: lets a running request finish when it stops', async () => {
  const slow = fetch(`${address}/slow`);
  while (unblock.toString() === '() => undefined') await new Promise(setImmediate);
  const stopped = server.stop();
  unblock();
  assert.equal(await (await slow).text(), 'done');
  await stopped;
  await assert.rejects(fetch(`${address}/healthz`));
});
