import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { after, test } from 'node:test';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { chooseCoding, compressAnswer } from './compress-answer.ts';

const PAGE = '<p>Breathe in, breathe out.</p>\n'.repeat(400);
const HTML = { 'content-type': 'text/html; charset=utf-8' };

type Answer = (response: ServerResponse, request: IncomingMessage) => void;

/** A real server that answers like this, compressed where that is right; answers its port. */
async function serve(answer: Answer): Promise<number> {
  const server = createServer((request, response) => {
    compressAnswer(request, response);
    answer(response, request);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  after(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as { port: number }).port;
}

async function ask(port: number, { method = 'GET', accept = 'gzip, deflate, br' as string | null } = {}) {
  const asked = request({ port, method, headers: accept === null ? {} : { 'accept-encoding': accept } });
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  asked.on('response', resolve).on('error', reject).end();
  const response = await promise;
  const body = Buffer.concat(await response.toArray());
  return { status: response.statusCode, headers: response.headers, body };
}

const page: Answer = (response) => {
  response.setHeader('content-type', HTML['content-type']);
  response.setHeader('content-length', Buffer.byteLength(PAGE));
  response.setHeader('etag', '"one"');
  response.writeHead(200);
  response.write(PAGE.slice(0, 5000));
  response.end(PAGE.slice(5000));
};

test('a page leaves as the client likes it best, and is the same page', async () => {
  const port = await serve(page);
  const brotli = await ask(port);
  assert.equal(brotli.headers['content-encoding'], 'br');
  assert.equal(brotliDecompressSync(brotli.body).toString(), PAGE);
  assert.ok(brotli.body.length < PAGE.length / 10);
  assert.equal(brotli.headers['content-length'], undefined);
  const gzip = await ask(port, { accept: 'gzip' });
  assert.equal(gzip.headers['content-encoding'], 'gzip');
  assert.equal(gunzipSync(gzip.body).toString(), PAGE);
  for (const { headers } of [brotli, gzip])
    assert.deepEqual([headers.vary, headers.etag], ['Accept-Encoding', 'W/"one"']);
});

test('who takes nothing compressed gets it plain, and caches are told that others do not', async () => {
  const port = await serve(page);
  for (const accept of [null, 'identity', 'br;q=0, gzip;q=0', 'zstd']) {
    const { headers, body } = await ask(port, { accept });
    assert.equal(headers['content-encoding'], undefined, String(accept));
    assert.deepEqual([headers.vary, headers.etag], ['Accept-Encoding', '"one"']);
    assert.equal(headers['content-length'], String(PAGE.length));
    assert.equal(body.toString(), PAGE);
  }
});

test('what is short, no text, compressed already, a part, or empty goes as it is', async () => {
  const answers: Record<string, Answer> = {
    short: (response) => response.writeHead(200, HTML).end('Done.'),
    png: (response) => response.writeHead(200, { 'content-type': 'image/png' }).end(PAGE),
    part: (response) => response.writeHead(206, { ...HTML, 'content-range': 'bytes 0-1/9' }).end(PAGE),
    unchanged: (response) => response.writeHead(304, { ...HTML, etag: '"one"' }).end(),
    moved: (response) => response.writeHead(303, { location: '/' }).end(),
    nothing: (response) => response.writeHead(200, HTML).end(),
    untyped: (response) => response.end(PAGE),
  };
  for (const [name, answer] of Object.entries(answers)) {
    const { headers, status } = await ask(await serve(answer));
    assert.equal(headers['content-encoding'], undefined, name);
    assert.ok(!headers.etag?.startsWith('W/'), name);
    assert.ok(status, name);
  }
  const { headers, body } = await ask(
    await serve((response) => response.writeHead(200, { ...HTML, 'content-encoding': 'gzip' }).end('packed')),
  );
  assert.deepEqual([headers['content-encoding'], body.toString()], ['gzip', 'packed']);
});

test('HEAD tells what GET would, and has no body', async () => {
  const port = await serve((response, { method }) =>
    method === 'HEAD' ? response.writeHead(200, HTML).end() : page(response, {} as never),
  );
  const { headers, body, status } = await ask(port, { method: 'HEAD' });
  assert.deepEqual(
    [status, headers['content-encoding'], headers.vary, headers['content-length'], body.length],
    [200, 'br', 'Accept-Encoding', undefined, 0],
  );
});

test('a stream of events is begun at once and never held back', async () => {
  const port = await serve((response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.flushHeaders();
    response.write(`data: ${PAGE.length}\n\n`);
  });
  const answer = await fetch(`http://127.0.0.1:${port}`, { headers: { 'accept-encoding': 'br' } });
  const reader = answer.body?.getReader();
  assert.equal(answer.headers.get('content-encoding'), null);
  assert.match(Buffer.from((await reader?.read())?.value ?? []).toString(), /^data: \d+/);
  await reader?.cancel();
});

test('a page that comes in pieces is read in pieces', { timeout: 30_000 }, async () => {
  const gate = Promise.withResolvers<void>();
  const port = await serve(async (response) => {
    response.writeHead(200, HTML);
    response.write('<p>First</p>');
    await gate.promise;
    response.end('<p>Last</p>');
  });
  const answer = await fetch(`http://127.0.0.1:${port}`, { headers: { 'accept-encoding': 'gzip' } });
  assert.equal(answer.headers.get('content-encoding'), 'gzip');
  const reader = answer.body?.getReader();
  assert.equal(Buffer.from((await reader?.read())?.value ?? []).toString(), '<p>First</p>');
  gate.resolve();
  assert.equal(Buffer.from((await reader?.read())?.value ?? []).toString(), '<p>Last</p>');
});

test('a long answer waits for a slow reader, and one that goes away ends it', async () => {
  const ended = Promise.withResolvers<void>();
  const state = { written: 0 };
  const port = await serve((response) => {
    response.writeHead(200, HTML);
    const more = () => {
      // Hard to compress, so that much of it is on the way.
      while (!response.destroyed && state.written < 2_000) {
        state.written++;
        if (!response.write(Buffer.from(crypto.getRandomValues(new Uint8Array(49_152))).toString('base64'))) break;
      }
    };
    response.on('drain', more).on('close', ended.resolve);
    more();
  });
  const asked = request({ port, headers: { 'accept-encoding': 'gzip' } });
  const { promise, resolve } = Promise.withResolvers<IncomingMessage>();
  asked
    .on('response', resolve)
    .on('error', () => undefined)
    .end();
  const answer = await promise;
  answer.on('error', () => undefined);
  answer.once('data', () => answer.destroy());
  await ended.promise;
  assert.ok(state.written < 2_000, `${state.written} pieces were written for nobody`);
});

test('a coding is chosen by the weights a client gives', () => {
  assert.equal(chooseCoding('br;q=0.5, gzip'), 'gzip');
  assert.equal(chooseCoding('GZIP;Q=1.0'), 'gzip');
  assert.equal(chooseCoding('*'), 'br');
  assert.equal(chooseCoding('*;q=0.1, br;q=0'), 'gzip');
  assert.equal(chooseCoding('gzip;q=nonsense'), undefined);
  assert.equal(chooseCoding(''), undefined);
});
