import assert from 'node:assert/strict';
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { connect } from 'node:net';
import { after, test } from 'node:test';
import { startHttpServer } from '@samaya/platform/http-server.ts';
import { createLog } from '@samaya/platform/log.ts';
import { countTries } from '@samaya/platform/test-tries.ts';
import { createDescribedApps } from './described-apps.ts';
import { differencesOf, tableContents } from './table-contents.ts';

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'SEARCH', 'PROPFIND'];
const { booking, crm, apps } = await createDescribedApps();
const log = createLog('test', { write: () => undefined });

const served = await Promise.all(
  [
    { ...apps[0], handle: booking.api, pool: booking.app.pool },
    { ...apps[1], handle: crm.api, pool: crm.app.pool },
  ].map(async ({ described = [], handle, pool, signIn }) => {
    const { port, stop } = await startHttpServer({
      host: '127.0.0.1',
      port: 0,
      trustProxy: false,
      publicUrl: 'http://localhost',
      log,
      handle: (request, response, facts) => handle.answer(request, response, facts),
    });
    after(stop);
    return { port, pool, signIn: signIn ?? assert.fail(), paths: Map.groupBy(described, ({ path }) => path) };
  }),
);

interface Answered {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
}

function send(port: number, method: string, path: string, headers: Record<string, string> = {}): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest({ port, method, path, headers, agent: false }, async (response) => {
      let text = '';
      response.setEncoding('utf8');
      const isStream = response.headers['content-type']?.startsWith('text/event-stream');
      if (isStream) response.destroy();
      else for await (const chunk of response) text += chunk;
      resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
    });
    sent.on('error', reject);
    sent.end();
  });
}

test('FUZZ-05: every address refuses the methods it does not have, and says which it has', async (t) => {
  let tried = 0;
  for (const { port, paths } of served) {
    for (const [path, routes] of paths) {
      const taken = routes.map(({ method }) => method.toUpperCase());
      const allowed = taken.includes('GET') ? [...taken, 'HEAD'] : taken;
      for (const method of METHODS.filter((one) => !allowed.includes(one))) {
        const { status, headers, text } = await send(port, method, path.replace('{id}', '1'));
        const what = `${method} ${path}`;
        assert.equal(status, 405, what);
        assert.deepEqual(headers.allow?.split(', ').sort(), allowed.toSorted(), what);
        if (method === 'HEAD') assert.equal(text, '');
        else assert.equal(JSON.parse(text).code, 'method-not-allowed', what);
        tried++;
      }
    }
  }
  countTries(t, 'FUZZ-05', { short: tried, full: tried });
  assert.ok(tried >= 190, `${tried}`);
});

test('FUZZ-05: a method that nobody knows is no request', async () => {
  for (const { port } of served) {
    for (const method of ['FOO', 'get', 'GET\0', 'G\u00cbT']) {
      const said = await new Promise<string>((resolve) => {
        const socket = connect(port, '127.0.0.1');
        let text = '';
        socket.on('data', (data) => {
          text += data;
        });
        socket.on('close', () => resolve(text)).on('error', () => resolve(text));
        socket.end(`${method} /api/v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n`);
      });
      assert.match(said, /^HTTP\/1\.1 400 /, method);
    }
  }
});

test('FUZZ-05: no method is taken from a header, a parameter or a form', async () => {
  for (const { port, pool, signIn, paths } of served) {
    const authorization = `Bearer ${await signIn()}`;
    const before = await tableContents(pool);
    for (const name of ['x-http-method-override', 'x-http-method', 'x-method-override']) {
      for (const path of paths.keys()) {
        if (paths.get(path)?.every(({ method }) => method !== 'get')) continue;
        const { status } = await send(port, 'GET', path.replace('{id}', '1'), { authorization, [name]: 'DELETE' });
        assert.ok([200, 401, 404].includes(status), `${path} ${status}`);
      }
    }
    assert.deepEqual(differencesOf(before, await tableContents(pool)), []);
  }
});

test('FUZZ-05: asking with GET or HEAD changes no row', async () => {
  for (const { port, pool, signIn, paths } of served) {
    const authorization = `Bearer ${await signIn()}`;
    const before = await tableContents(pool);
    for (const [path, routes] of paths) {
      if (routes.every(({ method }) => method !== 'get')) continue;
      for (const method of ['GET', 'HEAD']) {
        for (const headers of [undefined, { authorization }]) {
          const { status, text } = await send(port, method, path.replace('{id}', '1'), headers);
          assert.ok(status < 500, `${method} ${path}: ${text}`);
          if (method === 'HEAD') assert.equal(text, '');
        }
      }
    }
    assert.deepEqual(differencesOf(before, await tableContents(pool)), []);
  }
});
