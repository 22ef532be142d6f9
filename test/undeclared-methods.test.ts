import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { test } from 'node:test';
import { countTries } from '@samaya/platform/test-tries.ts';
import { createDescribedApps } from './described-apps.ts';
import { sendOver, serveApi } from './over-http.ts';
import { differencesOf, tableContents } from './table-contents.ts';

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'SEARCH', 'PROPFIND'];
const { booking, crm, apps } = await createDescribedApps();
const [ofBooking = assert.fail(), ofCrm = assert.fail()] = apps;
const served = await Promise.all(
  [
    { ...ofBooking, served: booking.api, pool: booking.app.pool },
    { ...ofCrm, served: crm.api, pool: crm.app.pool },
  ].map(async ({ served, described, pool, signIn }) => ({
    port: await serveApi(served),
    pool,
    signIn,
    paths: Map.groupBy(described, ({ path }) => path),
  })),
);

test('FUZZ-05: every address refuses the methods it does not have, and says which it has', async (t) => {
  let tried = 0;
  for (const { port, paths } of served) {
    for (const [path, routes] of paths) {
      const taken = routes.map(({ method }) => method.toUpperCase());
      const allowed = taken.includes('GET') ? [...taken, 'HEAD'] : taken;
      for (const method of METHODS.filter((one) => !allowed.includes(one))) {
        const { status, headers, text } = await sendOver(port, method, path.replace('{id}', '1'));
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
        const { status } = await sendOver(port, 'GET', path.replace('{id}', '1'), {
          headers: { authorization, [name]: 'DELETE' },
        });
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
        for (const headers of [{}, { authorization }] as Record<string, string>[]) {
          const { status, text } = await sendOver(port, method, path.replace('{id}', '1'), { headers });
          assert.ok(status < 500, `${method} ${path}: ${text}`);
          if (method === 'HEAD') assert.equal(text, '');
        }
      }
    }
    assert.deepEqual(differencesOf(before, await tableContents(pool)), []);
  }
});
