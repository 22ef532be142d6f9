import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { countTries } from '@samaya/platform/test-tries.ts';
import pg from 'pg';
import { z } from 'zod';
import { readSource } from '../scripts/source-files.ts';
import { type AuditedSite, headerFaults, refusalFaults, type SeenAnswer, typeFaults } from './answer-audit.ts';
import { rowsOf } from './both-databases.ts';
import { openFaultProxy } from './fault-proxy.ts';
import { startBooking, startCrm } from './processes.ts';
import { PASSWORD } from './two-apps.ts';
import { type AppName, startWholeSite } from './whole-site.ts';

const ROOT = resolve(import.meta.dirname, '..');
const BOOKING = 'https://book.example.org';
const CRM = 'https://crm.example.org';
const APPS = ['booking', 'crm'] as const;
const SAME_ORIGIN = { 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };

const site = await startWholeSite({ https: true });
const plain = {
  booking: await startBooking({ database: site.databases.booking }),
  crm: await startCrm({ database: site.databases.crm }),
};

const codes = new Set(
  ['packages/platform/src/platform-error.ts', 'apps/booking/src/server/errors.ts', 'apps/crm/src/server/errors.ts']
    .flatMap((path) => [...readSource(ROOT, path).matchAll(/'([a-z]+(?:-[a-z]+)*)'/g)])
    .map(([, code = '']) => code),
);
const audited: Record<AppName, AuditedSite> = {
  booking: { isHttps: true, formsMayEndAt: CRM, codes },
  crm: { isHttps: true, codes },
};

interface Asked {
  app: AppName;
  path: string;
  method?: string;
  headers?: Record<string, string | undefined>;
  body?: string | undefined;
  /** Another process than the one of the whole site. */
  from?: string;
}

async function ask({
  app,
  path,
  method = 'GET',
  headers = {},
  body,
  from = site[app].url,
}: Asked): Promise<SeenAnswer> {
  const given = Object.entries(headers).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const response = await fetch(from + path, {
    method,
    redirect: 'manual',
    headers: { accept: 'text/html', ...Object.fromEntries(given) },
    ...(body !== undefined && { body }),
  });
  const isStream = response.headers.get('content-type')?.startsWith('text/event-stream') === true;
  if (isStream) await response.body?.cancel();
  const { cookie = '', ...others } = headers;
  return {
    asked: `${app} ${method} ${path} ${JSON.stringify(others)}`,
    app,
    cookie,
    path: path.split('?', 1)[0] ?? '',
    status: response.status,
    headers: response.headers,
    body: isStream ? Buffer.alloc(0) : Buffer.from(await response.bytes()),
  };
}

const AT_ONCE = 8;

/** Asks everything, some at once. */
async function askAll(all: Iterable<Asked>): Promise<SeenAnswer[]> {
  const answers: SeenAnswer[] = [];
  const waiting = all[Symbol.iterator]();
  const worker = async () => {
    for (let next = waiting.next(); !next.done; next = waiting.next()) answers.push(await ask(next.value));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return answers;
}

/** Sends bytes that no client of ours would, and reads what comes back. */
async function askRaw(app: AppName, asked: string): Promise<SeenAnswer> {
  const said = await new Promise<string>((done, failed) => {
    let text = '';
    const socket = connect(site[app].port, '127.0.0.1', () => socket.write(asked));
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      // Whoever still waits for what was announced need not be waited for.
      const [head = '', body] = text.split('\r\n\r\n');
      if (body !== undefined && body.length >= Number(/content-length: (\d+)/i.exec(head)?.[1])) socket.destroy();
    });
    // Who is refused in the middle of what they say may find the line broken after the answer.
    socket.on('close', () => done(text)).on('error', (error) => text === '' && failed(error));
    socket.setTimeout(20_000, () => socket.destroy());
  });
  const [head = '', ...rest] = said.split('\r\n\r\n');
  const [line = '', ...fields] = head.split('\r\n');
  return {
    asked: `${app} ${asked.slice(0, 60)}`,
    app,
    cookie: '',
    path: asked.split(' ')[1] ?? '',
    status: Number(line.split(' ')[1]),
    headers: new Headers(fields.map((field) => field.split(/: (.*)/s).slice(0, 2) as [string, string])),
    body: Buffer.from(rest.join('\r\n\r\n'), 'latin1'),
  };
}

const ORIGIN = { booking: BOOKING, crm: CRM };
const document = z.looseObject({ paths: z.record(z.string(), z.record(z.string(), z.unknown())) });

/** Everything that can be read, by everybody who might. */
async function* readings(): AsyncGenerator<Asked[]> {
  const everybody = ['', ...Object.values(site.cookies)];
  yield site.routes.flatMap(({ app, path }) => everybody.map((cookie) => ({ app, path, headers: { cookie } })));
  for (const app of APPS) {
    yield OTHER_PATHS.flatMap((path) =>
      [{}, { origin: 'https://evil.example' }, { 'sec-fetch-site': 'cross-site' }].map((headers) => ({
        app,
        path,
        headers,
      })),
    );
    const page = await ask({ app, path: app === 'booking' ? '/events' : '/signed-out' });
    const files = [...page.body.toString().matchAll(/(?:href|src)="\.?(\/_app\/[^"]+)"/g)].map(([, path = '']) => path);
    assert.ok(files.length > 0);
    yield files.map((path) => ({ app, path }));
    // As nothing that changed; those of booking come out of memory.
    const kept = app === 'booking' ? ['/', '/events', `/e/${site.eventId}-yin-by-candlelight`] : [];
    for (const path of [...kept, String(files[0])]) {
      const etag = (await ask({ app, path })).headers.get('etag') ?? '';
      yield [{ app, path, headers: { 'if-none-match': etag } }];
    }
  }
}

/** What might be sent to every address, rightly and wrongly. Some of it changes things. */
async function* writings(): AsyncGenerator<Asked[]> {
  for (const app of APPS) {
    const form = { origin: ORIGIN[app], ...SAME_ORIGIN };
    const { sofia } = site.cookies;
    yield [...site.routes.filter((route) => route.app === app).map(({ path }) => path), ...OTHER_PATHS].flatMap(
      (path) => [
        { app, path, method: 'OPTIONS' },
        { app, path, method: 'PUT' },
        { app, path, method: 'POST', headers: form, body: String(new URLSearchParams()) },
        {
          app,
          path,
          method: 'POST',
          headers: { ...form, accept: '*/*', 'content-type': 'application/json' },
          body: '{}',
        },
        {
          app,
          path,
          method: 'POST',
          headers: { ...form, 'content-type': 'multipart/form-data; boundary=x', cookie: sofia },
          body: '--y',
        },
      ],
    );
    const described = await ask({ app, path: '/openapi.json' });
    const paths = Object.entries(document.parse(JSON.parse(described.body.toString())).paths);
    yield paths.flatMap(([template, methods]) => {
      const path = template.replaceAll(/\{\w+\}/g, '1');
      const declared = Object.keys(methods).map((name) => name.toUpperCase());
      const to = (method: string) => (sent: Partial<Asked>) => ({ app, path, method, ...sent });
      return [{ app, path, method: 'PROPFIND' }, ...declared.flatMap((method) => API_TRIES(method).map(to(method)))];
    });
  }
}

const JSON_TYPE = { 'content-type': 'application/json' };
const API_TRIES = (method: string): Partial<Asked>[] => [
  {},
  { headers: { authorization: 'Bearer nobody' } },
  ...(method === 'GET'
    ? []
    : [
        { headers: { 'content-type': 'text/plain' }, body: '{}' },
        { headers: JSON_TYPE, body: '{]' },
        { headers: JSON_TYPE, body: '{"no":"field"}' },
        { headers: JSON_TYPE, body: ' '.repeat(1_100_000) },
      ]),
];

const OTHER_PATHS = [
  '/healthz',
  '/readyz',
  '/metrics',
  '/docs',
  '/docs/swagger-ui.css',
  '/docs/start.js',
  '/docs/none',
  '/openapi.json?x',
  '/api',
  '/api/v1/none',
  '/none',
  '/none/at/all.js',
  '/icon-192.png',
  '/_app/version.json',
  '/_app/immutable/none.js',
  '/_app/none',
  '/%c0%af',
  '/e/%ZZ',
  '/sign-in/',
  '//evil.example/',
  '/sign-in/__data.json',
  '/oidc',
  '/oidc/none',
  '/oidc/.well-known/openid-configuration',
  '/oidc/jwks',
  '/oidc/auth',
  '/oidc/auth?client_id=crm&response_type=code',
  '/oidc/me',
  '/oidc/token',
];

const RAW = [
  'GET /sign-in HTTP/1.1\r\n\r\n',
  'GET / HTTP/1.1\r\nno header\r\n\r\n',
  'nothing\r\n\r\n',
  `GET /api/v1/me HTTP/1.1\r\nHost: a\r\nX-Long: ${'x'.repeat(20_000)}\r\n\r\n`,
  'GET /sign-in HTTP/1.1\r\nHost: a\r\nConnection: close\r\nExpect: wonders\r\n\r\n',
  'GET http://evil.example/sign-in HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
  'TRACE /sign-in HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
  'POST /sign-in HTTP/1.1\r\nHost: a\r\nConnection: close\r\nSec-Fetch-Site: same-origin\r\nContent-Length: 99999999\r\n\r\n',
];

/** What is said when the database refuses what it never refused, and when it is away. */
async function askWhileBroken(): Promise<SeenAnswer[]> {
  const { booking } = site.databases;
  const proxy = await openFaultProxy({ port: Number(new URL(booking.appUrl).port) });
  const { url: from } = await startBooking({
    database: { ...booking, appUrl: proxy.through(booking.appUrl) },
    environment: { BOOKING_URL: BOOKING, CRM_URL: CRM, RATE_LIMITS: 'on' },
  });
  const paths = ['/facilitators', '/facilitators/1', '/api/v1/facilitators', '/api/v1/facilitators/1', '/oidc/auth'];
  const role = pg.escapeIdentifier(new URL(booking.appUrl).username);
  await rowsOf(booking.ownerUrl, `revoke select on facilitators from ${role}`);
  const broken = await askAll(paths.map((path) => ({ app: 'booking', path, from })));
  await rowsOf(booking.ownerUrl, `grant select on facilitators to ${role}`);
  proxy.set({ kind: 'cut' });
  const away = [...paths, '/readyz', '/', '/api/v1/events?q=x'].flatMap((path) =>
    ['', site.cookies.ana].map((cookie) => ({ app: 'booking', path, headers: { cookie }, from }) as const),
  );
  return [...broken, ...(await askAll(away))];
}

/** What gives cookies, and takes them back. */
function cookieGivers(origin: Record<AppName, string>, from?: Record<AppName, string>): Asked[] {
  const form = (app: AppName, path: string, fields: Record<string, string>, cookie = ''): Asked => ({
    app,
    path,
    method: 'POST',
    headers: { ...SAME_ORIGIN, origin: origin[app], cookie, 'content-type': 'application/x-www-form-urlencoded' },
    body: String(new URLSearchParams(fields)),
    ...(from && { from: from[app] }),
  });
  const name = Math.random().toString(36).slice(2);
  const asked = new URLSearchParams({
    client_id: 'crm',
    response_type: 'code',
    scope: 'openid',
    redirect_uri: `${origin.crm}/sign-in/callback`,
    code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
    code_challenge_method: 'S256',
  });
  const email = `lea${name}@home.example`;
  return [
    form('booking', '/sign-in', { email: 'maya@studio.example', password: PASSWORD }),
    form('booking', '/sign-out', {}, site.cookies.maya),
    form('booking', '/sign-up', { name: 'Lea Brandt', email, password: PASSWORD }),
    form('booking', `/e/${site.eventId}-yin-by-candlelight?/book`, { seats: '1', name: 'Ben', email: `b${email}` }),
    { app: 'booking', path: `/oidc/auth?${asked}`, ...(from && { from: from.booking }) },
    form('crm', '/sign-out', {}, site.cookies.mayaAtCrm),
  ];
}

const seen: SeenAnswer[] = [];
for await (const some of readings()) seen.push(...(await askAll(some)));
const given = await askAll(cookieGivers(ORIGIN));
seen.push(...given);
for await (const some of writings()) seen.push(...(await askAll(some)));
for (const app of APPS) seen.push(...(await Promise.all(RAW.map((raw) => askRaw(app, raw)))));
seen.push(
  ...(await askAll(
    Array.from({ length: 12 }, () => ({
      app: 'booking',
      path: '/api/v1/sessions',
      method: 'POST',
      headers: JSON_TYPE,
      body: JSON.stringify({ email: 'nobody@home.example', password: 'x' }),
    })),
  )),
);
seen.push(...(await askWhileBroken()));

function collect(find: (answer: SeenAnswer, site: AuditedSite) => string[]): string[] {
  const found = seen.flatMap((answer) =>
    find(answer, audited[answer.app]).map((fault) => `${answer.status} ${answer.asked}: ${fault}`),
  );
  return [...new Set(found)];
}

test('answers of every status were seen, from every door', (t) => {
  const statuses = [...new Set(seen.map(({ status }) => status))].sort((one, other) => one - other);
  t.diagnostic(`${seen.length} answers: ${statuses}`);
  for (const status of [200, 204, 303, 304, 308, 400, 401, 403, 404, 405, 410, 413, 415, 422, 429, 431, 500, 503]) {
    assert.ok(statuses.includes(status), `${status} is not among ${statuses}`);
  }
});

test('HDR-01: every answer of every status carries all headers that keep it safe, and tells nothing of us', (t) => {
  countTries(t, 'HDR-01', { short: seen.length, full: seen.length });
  assert.deepEqual(collect(headerFaults), []);
});

test('HDR-01: over plain http nothing is said of https', async () => {
  for (const app of APPS) {
    const answer = await ask({ app, path: '/signed-out', from: plain[app].url });
    const formsMayEndAt = 'http://127.0.0.1:9';
    assert.deepEqual(headerFaults(answer, { isHttps: false, formsMayEndAt, codes }), []);
  }
});

test('HDR-03: every refusal is a problem document or a page with the request’s id, and tells nothing of the inside', () => {
  assert.deepEqual(collect(refusalFaults), []);
});

test('HDR-04: every answer is what it says, in a charset that it says', () => {
  assert.deepEqual(collect(typeFaults), []);
});

test('negative control: an answer that lacks a header, tells too much or lies about its type is found', () => {
  const answer = seen.find(({ app, status }) => app === 'booking' && status === 200) ?? assert.fail();
  for (const name of [
    'x-content-type-options',
    'content-security-policy',
    'strict-transport-security',
    'x-request-id',
  ]) {
    const headers = new Headers(answer.headers);
    headers.delete(name);
    assert.notDeepEqual(headerFaults({ ...answer, headers }, audited.booking), [], name);
  }
  const headers = new Headers({ 'content-type': 'text/html', 'x-request-id': 'x' });
  const stack = Buffer.from('Error: broken\n    at serve (file:///srv/app/main.ts:10:3)');
  assert.equal(refusalFaults({ ...answer, status: 500, headers, body: stack }, audited.booking).length, 2);
  assert.equal(typeFaults({ ...answer, headers, body: stack }).length, 2);
});

// Spellings with which a careless comparison is led astray.
const ORIGINS = [
  'null',
  'https://evil.example',
  'http://book.example.org',
  'https://book.example.org.evil.example',
  'https://evil.example/book.example.org',
  'https://evilbook.example.org',
  'https://book.example.org:8443',
  'https://book.example.org.',
  'https://BOOK.example.org',
  'https://book.example.org@evil.example',
  'https://sub.book.example.org',
  'https://example.org',
  'https://crm.example.org',
  'https://book-example.org',
  'https://book.example.org%00.evil.example',
  'https://book.example.org`.evil.example',
  'https://xn--bok-hoa.example.org',
  'http://localhost:3000',
  'file://',
  'chrome-extension://abcdef',
  '*',
];

test('SESS-03: every cookie is for this host alone, over https alone, out of reach of scripts and of other sites', (t) => {
  const lines = seen.flatMap(({ headers }) => headers.getSetCookie());
  const names = new Set(lines.map((line) => line.split('=', 1)[0] ?? ''));
  t.diagnostic([...names].sort().join(', '));
  for (const name of ['booking', 'sign_up', 'oidc_interaction', 'oidc_resume', 'crm', 'crm_sign_in']) {
    assert.ok(names.has(`__Host-samaya_${name}`), `${name} is not among ${[...names]}`);
  }
  for (const line of lines) {
    assert.match(line, /^__Host-\w/);
    const attributes = line.toLowerCase().split(/; ?/).slice(1);
    for (const attribute of ['path=/', 'httponly', 'secure', 'samesite=lax']) {
      assert.ok(attributes.includes(attribute), `${attribute} is not in ${line}`);
    }
    assert.doesNotMatch(line, /domain=/i);
  }
});

test('SESS-03: over plain http, on one machine, a cookie is all of it but secure', async () => {
  const urls = { booking: plain.booking.url, crm: plain.crm.url };
  // This booking knows of no CRM, so that nobody is asked for by one.
  const answers = await askAll(cookieGivers(urls, urls).filter(({ path }) => !path.startsWith('/oidc')));
  const lines = answers.flatMap(({ headers }) => headers.getSetCookie());
  assert.ok(lines.length >= 3, `${lines}`);
  for (const line of lines) {
    assert.match(line, /^(?!__)\w+=[^;]*; (.*; )?Path=\/; (.*; )?HttpOnly; SameSite=Lax$/);
    assert.doesNotMatch(line, /secure|domain=/i);
  }
});

/** What it says, but for the second in which a calendar was written. */
const textOf = ({ body }: SeenAnswer) => body.toString('latin1').replaceAll(/DTSTAMP:\w+/g, '');

test('SESS-09: what a cache may keep for everybody says the same to everybody, and gives no cookie', () => {
  const strangers = new Map(
    seen.filter(({ cookie }) => !cookie).map((answer) => [`${answer.app}${answer.asked}`, answer] as const),
  );
  let shared = 0;
  for (const answer of seen.filter(({ asked }) => / GET /.test(asked))) {
    const kept = answer.headers.get('cache-control') ?? '';
    if (/no-store|private/.test(kept) || !/^(200|203|204|300|301|308|404|405|410|414|501)$/.test(`${answer.status}`))
      continue;
    assert.deepEqual(answer.headers.getSetCookie(), [], answer.asked);
    if (!answer.cookie) continue;
    shared++;
    const stranger = strangers.get(`${answer.app}${answer.asked}`);
    assert.ok(stranger && textOf(stranger) === textOf(answer), `${answer.asked} of somebody may be kept: ${kept}`);
  }
  assert.ok(shared > 20, `${shared}`);
});

test('CSRF-05: no origin is ever given leave to read, and caches are told that origins differ', async (t) => {
  const pages = ['/', '/api/v1/me', '/sign-in'];
  const paths = {
    booking: [...pages, '/api/v1/events', '/oidc/jwks', '/oidc/token', '/openapi.json', '/events.ics'],
    crm: pages,
  };
  countTries(t, 'CSRF-05', { short: ORIGINS.length, full: ORIGINS.length });
  const asked = APPS.flatMap((app) =>
    ORIGINS.flatMap((origin) =>
      paths[app].flatMap((path) =>
        ['GET', 'OPTIONS', 'POST'].map((method) => {
          const headers = { origin, 'access-control-request-method': 'POST', cookie: site.cookies.ana };
          return { app, path, method, headers };
        }),
      ),
    ),
  );
  for (const { asked: what, headers } of await askAll(asked)) {
    const given = [...headers.keys()].filter((name) => name.startsWith('access-control-'));
    assert.deepEqual(given, [], what);
    assert.match(headers.get('vary') ?? '', /\bOrigin\b/, what);
  }
});
