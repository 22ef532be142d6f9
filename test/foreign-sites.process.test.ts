import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { countTries } from '@samaya/platform/test-tries.ts';
import pg from 'pg';
import { z } from 'zod';
import { returnPath as crmReturnPath } from '../apps/crm/src/server/sign-in/return-path.ts';
import { rowsOf } from './both-databases.ts';
import { openBrowser } from './browser.ts';
import { type Difference, differencesOf, tableContents } from './table-contents.ts';
import { type AppName, startWholeSite } from './whole-site.ts';

const APPS = ['booking', 'crm'] as const;

const site = await startWholeSite();
const browser = await openBrowser();
const tokens = { booking: await openApiSignIn('booking'), crm: await openApiSignIn('crm') };

/** A bearer of Sofia at booking, and of Maya at CRM. */
async function openApiSignIn(app: AppName): Promise<string> {
  const cookie = app === 'booking' ? site.cookies.sofia : site.cookies.mayaAtCrm;
  const token = cookie.split('=')[1] ?? '';
  const isHers = `secret_hash = sha256('${token}')`;
  const url = site.databases[app].ownerUrl;
  const [column] = app === 'booking' ? ['user_id'] : ['user_id, facilitator_id, facilitator_name'];
  await rowsOf(
    url,
    `insert into sign_ins (secret_hash, kind, ${column}, expires_at)
     select sha256('api-token-for-tests'), 'api', ${column}, expires_at from sign_ins where ${isHers}`,
  );
  return 'api-token-for-tests';
}

const pools = {
  booking: new pg.Pool({ connectionString: site.databases.booking.ownerUrl, max: 1 }),
  crm: new pg.Pool({ connectionString: site.databases.crm.ownerUrl, max: 1 }),
};
for (const pool of Object.values(pools)) {
  // The databases are dropped first.
  pool.on('error', () => undefined);
  after(() => pool.end());
}

/** What both databases hold now; compared with `before`, what changed since. */
async function contents() {
  return { booking: await tableContents(pools.booking), crm: await tableContents(pools.crm) };
}

async function changesSince(before: Awaited<ReturnType<typeof contents>>): Promise<Difference[]> {
  const now = await contents();
  return APPS.flatMap((app) => differencesOf(before[app], now[app]));
}

interface Write {
  app: AppName;
  method: string;
  path: string;
  isApi: boolean;
  /** Whether it is sent something. */
  hasBody: boolean;
}

const described = z.looseObject({ paths: z.record(z.string(), z.record(z.string(), z.unknown())) });

/** Every form of every page, and every address of the API that is not read. */
async function listWrites(): Promise<Write[]> {
  const forms = site.routes.flatMap(({ app, path, actions }) =>
    actions.map((name) => ({
      app,
      method: 'POST',
      path: name === '' ? path : `${path}?/${name}`,
      isApi: false,
      hasBody: true,
    })),
  );
  const calls: Write[] = [];
  for (const app of APPS) {
    const { paths } = described.parse(await (await fetch(`${site[app].url}/openapi.json`)).json());
    for (const [template, methods] of Object.entries(paths)) {
      const path = template.replaceAll(/\{\w+\}/g, '1');
      for (const [method, operation] of Object.entries(methods)) {
        if (method === 'get') continue;
        calls.push({ app, method: method.toUpperCase(), path, isApi: true, hasBody: hasBody(operation) });
      }
    }
  }
  return [...forms, ...calls];
}

function hasBody(operation: unknown): boolean {
  return typeof operation === 'object' && operation !== null && 'requestBody' in operation;
}

const writes = await listWrites();

// What is told or mailed only now would be taken for a change.
for (let tries = 0; ; tries++) {
  const [row] = await rowsOf(
    site.databases.booking.ownerUrl,
    'select count(*)::int as waiting from outbox where delivered_at is null and dead_at is null',
  );
  if (row?.waiting === 0) break;
  assert.ok(tries < 600, `${row?.waiting} messages wait`);
  await sleep(50);
}

const cookieFor = (app: AppName) => (app === 'booking' ? site.cookies.sofia : site.cookies.mayaAtCrm);

async function send({ app, method, path, isApi }: Write, headers: Record<string, string>): Promise<number> {
  const response = await fetch(site[app].url + path, {
    method,
    redirect: 'manual',
    headers: {
      accept: 'text/html',
      cookie: cookieFor(app),
      'content-type': isApi ? 'application/json' : 'application/x-www-form-urlencoded',
      ...headers,
    },
    body: isApi ? '{}' : 'name=changed',
  });
  await response.arrayBuffer();
  return response.status;
}

// What a page elsewhere makes a browser say, of today and of long ago.
const FOREIGN: Record<string, string>[] = [
  { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document', origin: 'null' },
  { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' },
  { 'sec-fetch-site': 'cross-site' },
  { 'sec-fetch-site': 'same-site', origin: 'http://localhost:1' },
  { 'sec-fetch-site': 'same-site' },
  { origin: 'https://evil.example' },
  { origin: 'null' },
];

test('CSRF-01: nothing that changes something is taken from another site, by any door', async (t) => {
  assert.ok(writes.length >= 55, `${writes.length}`);
  countTries(t, 'CSRF-01', { short: writes.length * FOREIGN.length, full: writes.length * FOREIGN.length });
  const before = await contents();
  const taken: string[] = [];
  for (const write of writes) {
    const bearer: Record<string, string> = write.isApi ? { authorization: `Bearer ${tokens[write.app]}` } : {};
    const statuses = await Promise.all(FOREIGN.map((headers) => send(write, { ...headers, ...bearer })));
    if (statuses.some((status) => status !== 403))
      taken.push(`${write.app} ${write.method} ${write.path}: ${statuses}`);
  }
  assert.deepEqual(taken, []);
  assert.deepEqual(await changesSince(before), []);
});

test('CSRF-01: a form that does not say where it comes from is refused, and a cookie opens no door of the API', async () => {
  const before = await contents();
  for (const write of writes) {
    const status = await send(write, {});
    if (!write.isApi) assert.equal(status, 403, write.path);
    else assert.ok([401, 422, 503].includes(status), `${write.method} ${write.path}: ${status}`);
  }
  assert.deepEqual(await changesSince(before), []);
});

test('CSRF-04: what a form of another site can send without asking is no JSON to the API', async (t) => {
  const types = ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', ''];
  const calls = writes.filter((write) => write.isApi && write.hasBody);
  countTries(t, 'CSRF-04', { short: calls.length * types.length, full: calls.length * types.length });
  const before = await contents();
  for (const write of calls) {
    for (const type of types) {
      const status = await send(write, { 'content-type': type, authorization: `Bearer ${tokens[write.app]}` });
      // What CRM and booking tell each other is signed, and that is looked at first.
      const expected = /crm\/sign-ins|booking-notifications$/.test(write.path) ? 401 : 415;
      assert.equal(status, expected, `${write.path} ${type}`);
    }
  }
  for (const { app, path } of writes.filter(({ isApi }) => !isApi)) {
    const headers = { 'content-type': 'application/json', 'sec-fetch-site': 'same-origin' };
    const status = await send({ app, path, method: 'POST', isApi: false, hasBody: true }, headers);
    assert.equal(status, 415, path);
  }
  assert.deepEqual(await changesSince(before), []);
});

/** Somebody else's web server, and its pages: each sends everything to us that a page can send. */
async function openEvilSite(): Promise<number> {
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end('<!doctype html><title>evil</title>');
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  after(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

const evilPort = await openEvilSite();

/** How much an application has logged, in whole lines. */
const logged = (app: AppName) => site[app].log().lastIndexOf('\n') + 1;

/** How requests of a browser from elsewhere were answered, by the log of the application. */
function answersSince(app: AppName, from: number): string[] {
  // The last one may still be on its way.
  const lines = site[app].log().slice(from).split('\n').slice(0, -1);
  return lines.filter((line) => line.includes('"msg":"request"') && !/"method":"(GET|HEAD)"/.test(line));
}

for (const host of ['localhost', '127.0.0.1']) {
  const how = host === 'localhost' ? 'a neighbour of the same site' : 'another site';
  test(`CSRF-01: in a browser, forms and scripts of ${how} change nothing, though the cookies of people go with them`, async () => {
    const context = await browser.newContext();
    await context.addCookies(
      [site.cookies.sofia, site.cookies.mayaAtCrm].map((cookie) => {
        const [name = '', value = ''] = cookie.split('=');
        return { name, value, domain: 'localhost', path: '/', sameSite: 'Lax' as const };
      }),
    );
    const page = await context.newPage();
    const before = await contents();
    const begun = { booking: logged('booking'), crm: logged('crm') };
    await page.goto(`http://${host}:${evilPort}/`);
    const wanted = writes.map(({ app, method, path }) => ({ url: site[app].url + path, method }));
    const read = await page.evaluate(async (all) => {
      const answers: string[] = [];
      const read = async (url: string, init: RequestInit) => {
        const answer = await fetch(url, { credentials: 'include', ...init }).catch(() => undefined);
        if (answer && answer.type !== 'opaque' && answer.type !== 'opaqueredirect') answers.push(url);
      };
      for (const { url, method } of all) {
        const type = { 'content-type': 'text/plain' };
        await read(url, { method: 'POST', mode: 'no-cors', headers: type, body: '{"name":"changed"}' });
        await read(url, { method, headers: { 'content-type': 'application/json' }, body: '{"name":"changed"}' });
      }
      return answers;
    }, wanted);
    assert.deepEqual(read, []);
    // A form that leads here itself, with the cookies that go with it.
    for (const { url } of wanted.filter(({ url }) => /\/account\?\/name|\/sign-out|\/mark|\/settings/.test(url))) {
      await page.goto(`http://${host}:${evilPort}/`);
      const arrived = page.waitForEvent('load');
      await page.evaluate((action) => {
        const form = document.createElement('form');
        form.method = 'POST';
        form.action = action;
        form.innerHTML = '<input name="name" value="changed">';
        document.body.append(form);
        setTimeout(() => form.submit());
      }, url);
      await arrived;
      assert.match(
        String(await page.locator('h1').textContent()),
        /sent from another site, so nothing was changed/,
        url,
      );
    }
    for (const app of APPS) {
      const lines = answersSince(app, begun[app]);
      assert.ok(lines.length > 5, `${app}: ${lines.length}`);
      for (const line of lines) assert.match(line, /"status":403/);
    }
    assert.deepEqual(await changesSince(before), []);
    await context.close();
  });
}

test('negative control: the same form on our own page is taken', async () => {
  const before = await contents();
  const write = { app: 'booking', method: 'POST', path: '/account?/name', isApi: false, hasBody: true } as const;
  assert.equal(await send(write, { origin: site.booking.url, 'sec-fetch-site': 'same-origin' }), 303);
  assert.match(JSON.stringify(await changesSince(before)), /users.*name/);
});

test('SESS-07: what signs somebody in to one application is nothing to the other', async () => {
  const secrets = { booking: site.cookies.maya.split('=')[1] ?? '', crm: site.cookies.mayaAtCrm.split('=')[1] ?? '' };
  const statusOf = async (app: AppName, path: string, headers: Record<string, string>) =>
    (await fetch(site[app].url + path, { redirect: 'manual', headers: { accept: 'text/html', ...headers } })).status;
  assert.equal(await statusOf('booking', '/account', { cookie: `samaya_booking=${secrets.booking}` }), 200);
  assert.equal(await statusOf('crm', '/', { cookie: `samaya_crm=${secrets.crm}` }), 200);
  for (const cookie of [
    `samaya_booking=${secrets.booking}`,
    `samaya_crm=${secrets.booking}`,
    `samaya_crm=${secrets.booking}; samaya_booking=${secrets.booking}`,
    `__Host-samaya_crm=${secrets.crm}`,
  ]) {
    assert.equal(await statusOf('crm', '/', { cookie }), 303, cookie);
  }
  for (const cookie of [
    `samaya_crm=${secrets.crm}`,
    `samaya_booking=${secrets.crm}`,
    `samaya_crm=${secrets.crm}; samaya_booking=${secrets.crm}`,
    `__Host-samaya_booking=${secrets.booking}`,
  ]) {
    assert.equal(await statusOf('booking', '/account', { cookie }), 303, cookie);
  }
  for (const secret of [secrets.booking, secrets.crm]) {
    const headers = { authorization: `Bearer ${secret}` };
    assert.equal(await statusOf('booking', '/api/v1/me', headers), 401);
    assert.equal(await statusOf('crm', '/api/v1/me', headers), 401);
  }
});

const EVIL = 'evil.example';
// Ways to write an address that a browser takes for another site's, or for something to run.
const LEADS_AWAY: readonly string[] = [
  `https://${EVIL}`,
  `http://${EVIL}/`,
  `HTTPS://${EVIL}`,
  `https:${EVIL}`,
  `https:/${EVIL}`,
  `https:///${EVIL}`,
  `//${EVIL}`,
  `///${EVIL}`,
  `////${EVIL}`,
  `/\\${EVIL}`,
  `/\\/${EVIL}`,
  `\\/${EVIL}`,
  `\\\\${EVIL}`,
  `/\t/${EVIL}`,
  `/\n/${EVIL}`,
  `/\r/${EVIL}`,
  `/\t\\${EVIL}`,
  `\t//${EVIL}`,
  `\0//${EVIL}`,
  `\x01//${EVIL}`,
  `\x0b//${EVIL}`,
  ` //${EVIL}`,
  `\u00a0//${EVIL}`,
  `\u2028//${EVIL}`,
  `\ufeff//${EVIL}`,
  `/.//${EVIL}`,
  `/..//${EVIL}`,
  `/./\\${EVIL}`,
  `/e/..//${EVIL}`,
  `/e/../..//${EVIL}`,
  `/%2e/%2e//${EVIL}`,
  `/%2e%2e//${EVIL}`,
  `/e/%2e%2e//${EVIL}`,
  `/;//${EVIL}/../..//${EVIL}`,
  `//${EVIL}@localhost`,
  `//localhost@${EVIL}`,
  `//localhost:80@${EVIL}`,
  `https://localhost@${EVIL}`,
  `https://localhost.${EVIL}`,
  `//${EVIL}%2f..`,
  `//${EVIL}#@localhost`,
  `//${EVIL}?@localhost`,
  `//${EVIL}\\@localhost`,
  `//[::ffff:127.0.0.1]@${EVIL}`,
  '//2130706433/',
  '//0x7f000001/',
  '//017700000001/',
  `//еvil.example`,
  `//evil。example`,
  `//evil%E3%80%82example`,
  `／／${EVIL}`,
  `⁄⁄${EVIL}`,
  'javascript:alert(1)',
  'JaVaScRiPt:alert(1)',
  'java\nscript:alert(1)',
  '\x01javascript:alert(1)',
  'javascript://localhost/%0aalert(1)',
  'data:text/html,<script>alert(1)</script>',
  'vbscript:x',
  'blob:https://evil.example/1',
  'ftp://evil.example',
  'mailto:a@evil.example',
  '?return_to=//evil.example',
  '.',
  '',
];

test('AUTHN-09: signing in leads on to a path of this site, whatever the address that led there says', async (t) => {
  assert.ok(LEADS_AWAY.length >= 60, `${LEADS_AWAY.length}`);
  countTries(t, 'AUTHN-09', { short: LEADS_AWAY.length, full: LEADS_AWAY.length });
  const signedIn = async (wanted: string) => {
    const url = `${site.booking.url}/sign-in?${new URLSearchParams({ return_to: wanted })}`;
    const headers = { accept: 'text/html', cookie: site.cookies.maya };
    const answer = await fetch(url, { redirect: 'manual', headers });
    await answer.arrayBuffer();
    assert.equal(answer.status, 303, wanted);
    return answer.headers.get('location') ?? '';
  };
  assert.equal(await signedIn('/bookings?x=1#y'), '/bookings?x=1#y');
  for (const wanted of LEADS_AWAY) {
    const location = await signedIn(wanted);
    assert.match(location, /^\/(?![/\\])/, JSON.stringify(wanted));
    assert.equal(new URL(location, site.booking.url).origin, site.booking.url, JSON.stringify(wanted));
    // CRM keeps the way back in a sealed cookie while booking signs somebody in.
    const inCrm = crmReturnPath(wanted);
    assert.match(inCrm, /^\/(n\/\d+)?(\?.*)?$/, JSON.stringify(wanted));
    // Once more in the form itself, when the first try failed, and where people come to by signing up.
    for (const page of ['/sign-in', '/sign-up']) {
      const url = `${site.booking.url}${page}?${new URLSearchParams({ return_to: wanted })}`;
      const html = await (await fetch(url, { headers: { accept: 'text/html' } })).text();
      const targets = [...html.matchAll(/(?:href|action)="([^"]*)"/g)].map(([, target = '']) =>
        target.replaceAll('&amp;', '&'),
      );
      for (const target of targets.filter((one) => !one.startsWith('data:image'))) {
        assert.ok([site.booking.url, site.crm.url].includes(new URL(target, url).origin), `${page} leads to ${target}`);
      }
    }
  }
});

test('AUTHN-09: marking in CRM leads back into CRM', async () => {
  for (const back of LEADS_AWAY) {
    const answer = await fetch(`${site.crm.url}/mark`, {
      method: 'POST',
      redirect: 'manual',
      body: new URLSearchParams({ mark: 'done.1', back }),
      headers: { accept: 'text/html', cookie: site.cookies.mayaAtCrm, origin: site.crm.url },
    });
    assert.equal(answer.status, 303, JSON.stringify(back));
    const location = answer.headers.get('location') ?? '';
    assert.match(location, /^\/(?![/\\])/, JSON.stringify(back));
    assert.equal(new URL(location, site.crm.url).origin, site.crm.url);
  }
});
