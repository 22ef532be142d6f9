import assert from 'node:assert/strict';
import { createServer, request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { after, test } from 'node:test';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { createPublicPages } from './public-pages.ts';

const POLICY = "default-src 'none'; style-src 'self'";

/** A server with pages that count how often they are made, and say what they saw of the request. */
async function openPages() {
  const state = { made: 0, now: 0, text: 'one', status: 200, headers: {} as Record<string, string> };
  const publicPages = createPublicPages({
    templates: ['/', '/e/[event]'],
    publicUrl: 'http://localhost',
    cookie: 'samaya_',
    clock: () => state.now,
    pages: {
      answer(request, response, facts) {
        state.made++;
        facts.onRoute?.('/e/[event]');
        const { cookie, 'user-agent': agent, host } = request.headers;
        response.setHeader('content-type', 'text/html; charset=utf-8');
        response.setHeader('content-security-policy', POLICY);
        for (const [name, value] of Object.entries(state.headers)) response.setHeader(name, value);
        response.writeHead(state.status, { 'cache-control': 'private, no-cache' });
        response.write(`<p>${state.text} ☯ ${facts.requestId}</p>`);
        response.end(JSON.stringify({ cookie, agent, host, url: request.url }) + ' '.repeat(2000));
      },
    },
  });
  const counted: string[] = [];
  const server = createServer(async (request, response) => {
    response.setHeader('content-security-policy', "default-src 'none'");
    response.setHeader('x-request-id', 'own');
    const facts = {
      requestId: 'first',
      network: '127.0.0.1',
      onRoute: (template: string) => void counted.push(template),
    };
    if (!(await publicPages.answer(request, response, facts))) response.writeHead(418).end('the pages themselves');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  after(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as { port: number };
  async function ask(path: string, headers: IncomingHttpHeaders = {}, method = 'GET') {
    const asked = httpRequest({ port, host: '127.0.0.1', path, method, headers: { host: 'localhost', ...headers } });
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    asked.on('response', resolve).on('error', reject).end();
    const answer = await promise;
    const bytes = Buffer.concat(await answer.toArray());
    return { status: answer.statusCode, headers: answer.headers, bytes, text: bytes.toString() };
  }
  return { state, publicPages, ask, counted };
}

test('a crowd of strangers is shown one page, each under an id of their own', async () => {
  const { state, ask, counted } = await openPages();
  const crowd = await Promise.all(Array.from({ length: 20 }, () => ask('/e/7-yin')));
  assert.equal(state.made, 1);
  assert.equal(new Set(crowd.map(({ text }) => text)).size, 1);
  for (const { status, headers } of crowd) {
    assert.equal(status, 200);
    assert.equal(headers['x-request-id'], 'own');
    assert.equal(headers['content-security-policy'], POLICY);
    assert.equal(headers['cache-control'], 'public, max-age=0, s-maxage=1');
    assert.equal(headers.vary, 'Origin, Cookie, Accept-Encoding');
  }
  assert.equal(counted.length, 20);
  assert.deepEqual((await ask('/')).headers.vary, 'Origin, Cookie, Accept-Encoding');
});

test('whoever brings a cookie of ours is shown their own page, and fills nobody else’s', async () => {
  const { state, ask } = await openPages();
  for (const cookie of [
    'samaya_booking=x',
    'a=b; __Host-samaya_booking=x',
    'a=b;samaya_sign_up=x',
    'samaya_booking=',
  ]) {
    assert.equal((await ask('/', { cookie })).status, 418, cookie);
  }
  assert.equal(state.made, 0);
  const other = await ask('/', { cookie: 'theme=dark; x-samaya_booking=y', authorization: 'Bearer z' });
  assert.equal(other.status, 200);
  assert.doesNotMatch(other.text, /theme|Bearer/);
});

test('other pages and other methods are not answered from here', async () => {
  const { state, ask } = await openPages();
  for (const [path, method] of [
    ['/bookings', 'GET'],
    ['/e/7/more', 'GET'],
    ['/e/', 'GET'],
    ['/', 'POST'],
    [`/?q=${'x'.repeat(600)}`, 'GET'],
  ] as const) {
    assert.equal((await ask(path, {}, method)).status, 418, `${method} ${path}`);
  }
  assert.equal(state.made, 0);
});

test('a page is made for an origin, and knows nothing else of who asked', async () => {
  const { ask, state } = await openPages();
  const seen = async (path: string, headers: IncomingHttpHeaders) =>
    JSON.parse((await ask(path, { 'accept-language': 'pt', ...headers })).text.replace(/<p>.*<\/p>/, ''));
  assert.deepEqual(await seen('/e/7', { 'user-agent': 'Firefox' }), { host: 'localhost', url: '/e/7' });
  assert.deepEqual(await seen('/e/7', { 'user-agent': 'Some Mobile' }), { host: 'localhost', url: '/e/7' });
  assert.deepEqual(await seen('/', { host: 'evil.example' }), { host: 'localhost', url: '/' });
  assert.deepEqual(await seen('/', { host: '127.0.0.1' }), { host: '127.0.0.1', url: '/' });
  assert.equal(state.made, 3);
});

test('the bytes come in the coding that is liked best, made once', async () => {
  const { state, ask } = await openPages();
  const plain = await ask('/');
  const brotli = await ask('/', { 'accept-encoding': 'gzip, br' });
  const gzip = await ask('/', { 'accept-encoding': 'gzip' });
  const again = await ask('/', { 'accept-encoding': 'gzip, br' });
  assert.equal(brotliDecompressSync(brotli.bytes).toString(), plain.text);
  assert.equal(gunzipSync(gzip.bytes).toString(), plain.text);
  assert.deepEqual(again.bytes, brotli.bytes);
  assert.deepEqual([brotli.headers['content-encoding'], gzip.headers['content-encoding']], ['br', 'gzip']);
  assert.equal(brotli.headers['content-length'], String(brotli.bytes.length));
  assert.equal(state.made, 1);
  state.now = 300;
  state.text = 'two';
  const next = await ask('/', { 'accept-encoding': 'br' });
  assert.match(brotliDecompressSync(next.bytes).toString(), /two/);
});

test('says when nothing changed, with the page’s own policy, which browsers keep with it', async () => {
  const { ask } = await openPages();
  const first = await ask('/');
  const again = await ask('/', { 'if-none-match': String(first.headers.etag), 'accept-encoding': 'br' });
  assert.deepEqual([again.status, again.text], [304, '']);
  assert.equal(again.headers['content-security-policy'], POLICY);
  assert.equal(again.headers['cache-control'], 'public, max-age=0, s-maxage=1');
  const head = await ask('/', {}, 'HEAD');
  assert.deepEqual([head.status, head.text, head.headers.etag], [200, '', first.headers.etag]);
});

test('what changed is seen at once after this process changed it, and in a third of a second otherwise', async () => {
  const { state, publicPages, ask } = await openPages();
  await ask('/');
  state.text = 'two';
  assert.match((await ask('/')).text, /one/);
  publicPages.forget();
  assert.match((await ask('/')).text, /two/);
  state.text = 'three';
  state.now = 300;
  assert.match((await ask('/')).text, /three/);
});

test('a refusal, a redirect and a page that sets a cookie are given to who asked, and kept for nobody', async () => {
  const { state, ask } = await openPages();
  state.status = 404;
  const missing = await ask('/e/8', { 'accept-encoding': 'gzip' });
  assert.deepEqual([missing.status, missing.headers['cache-control']], [404, 'private, no-cache']);
  assert.match(gunzipSync(missing.bytes).toString(), /first/);
  state.status = 307;
  state.headers = { location: '/e/8-yin' };
  assert.equal((await ask('/e/8')).headers.location, '/e/8-yin');
  state.status = 200;
  state.headers = { 'set-cookie': 'a=b' };
  assert.deepEqual((await ask('/e/8')).headers['set-cookie'], ['a=b']);
  state.headers = { 'content-type': 'text/calendar' };
  assert.equal((await ask('/e/8')).headers['cache-control'], 'private, no-cache');
  assert.equal(state.made, 4);
});
