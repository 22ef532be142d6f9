import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Api } from '@samaya/platform/api.ts';
import { countTries } from '@samaya/platform/test-tries.ts';
import pg from 'pg';
import { parseList } from 'structured-headers';
import { askForReset } from '../apps/booking/src/server/accounts/ask-for-reset.ts';
import { repeatSignUpMail } from '../apps/booking/src/server/accounts/repeat-sign-up-mail.ts';
import { bookAsGuest } from '../apps/booking/src/server/bookings/book-as-guest.ts';
import { createTestApp } from '../apps/booking/src/server/test-app.ts';
import { createTestApp as createTestCrm } from '../apps/crm/src/server/test-app.ts';
import { serveApi } from './over-http.ts';

/** Booking with its limits, and without the cost of hashing: what matters here is who is asked for a password at all. */
async function createBooking() {
  const studio = await createTestApp({ RATE_LIMITS: 'on' });
  studio.app.passwords = { hash: async () => '!', verify: async () => false, isWeak: () => false };
  return studio;
}

const createCrm = () => createTestCrm({ RATE_LIMITS: 'on' });

/** Where to sign in to an API behind a port, as strangers reach it; `proxied` when a proxy of ours stands before it. */
async function serve(api: Api, options: { proxied: boolean }): Promise<string> {
  return `http://127.0.0.1:${await serveApi(api, options)}/api/v1/sessions`;
}

async function trySignIn(url: string, body: string, headers: Record<string, string> = {}): Promise<number> {
  const answer = await fetch(url, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json', ...headers },
  });
  await answer.text();
  return answer.status;
}

const credentials = (email: string) => JSON.stringify({ email, password: 'a wrong guess' });
const countOf = (statuses: number[], status: number) => statuses.filter((one) => one === status).length;

test('RATE-02: a hundred accounts from one place are tried thirty times, also from all addresses of a /64', async (t) => {
  const tries = countTries(t, 'RATE-02', { short: 100, full: 100 });
  const { api } = await createBooking();
  const url = await serve(api, { proxied: true });
  for (const [place, addressOf] of [
    () => '192.0.2.7',
    (i: number) => `2001:db8:1:2:${i.toString(16)}::${(i * 7).toString(16)}`,
    (i: number) => `2001:0DB8:0001:0003:0:${i.toString(16)}:0:1`,
  ].entries()) {
    const statuses: number[] = [];
    for (let i = 0; i < tries; i++) {
      const forwarded = { 'x-forwarded-for': addressOf(i) };
      statuses.push(await trySignIn(url, credentials(`person${place}.${i}@example.org`), forwarded));
    }
    assert.deepEqual([countOf(statuses, 401), countOf(statuses, 429)], [30, tries - 30]);
  }
  // Somebody next door.
  assert.equal(await trySignIn(url, credentials('next@example.org'), { 'x-forwarded-for': '2001:db8:1:4::1' }), 401);
});

/** Ways to name one account, some of them other than the schema allows. */
const SPELLINGS: string[] = [
  ...[
    'ana@example.org',
    'ANA@EXAMPLE.ORG',
    'Ana@Example.Org',
    'aNa@eXample.oRg',
    ' ana@example.org',
    'ana@example.org ',
  ],
  ...[
    '\tana@example.org',
    'ana@example.org\n',
    '\u00a0ana@example.org',
    '\u3000ana@example.org\u2003',
    '\ufeffana@example.org',
  ],
  ...[
    'ana＠example.org',
    'ａｎａ@example.org',
    'ana@example．org',
    'ＡＮＡ@example.org',
    'ana@ｅｘａｍｐｌｅ.org',
    '𝐚𝐧𝐚@example.org',
  ],
  ...[
    'ⓐⓝⓐ@example.org',
    'ana﹫example.org',
    'ªnª@example.org',
    'ana@example。org',
    'ana@example.org.',
    '.ana@example.org',
  ],
  ...[
    'ana@@example.org',
    'ana @example.org',
    'ana\u200b@example.org',
    'ana\u200d@example.org',
    'an\u00ada@example.org',
  ],
  ...['аna@example.org', 'ana\u0301@example.org', 'ana%40example.org', '"ana"@example.org', '<ana@example.org>'],
  ...['Ana <ana@example.org>', 'ana@example.org\0', 'ana@example.org,ben@example.org', 'ana@example.org;'],
  ...['ana(comment)@example.org', 'ana@[127.0.0.1]', 'ana@EXAMPLE.ORG\r\nX: y'],
].map(credentials);
const SHAPES: string[] = [
  '{"email":"new@example.org","email":"ana@example.org","password":"a wrong guess"}',
  '{"\\u0065mail":"ana@example.org","password":"a wrong guess"}',
  '{"email":"ana@example.org","password":"a wrong guess","email2":"new@example.org"}',
  '{"email":["ana@example.org"],"password":"a wrong guess"}',
  '{"email":["ana@example.org","new@example.org"],"password":"a wrong guess"}',
  '{"email":{"address":"ana@example.org"},"password":"a wrong guess"}',
  '{"Email":"new@example.org","email":"ana@example.org","password":"a wrong guess"}',
  '{"email":"ana@example.org","password":"a wrong guess","__proto__":{"email":"new@example.org"}}',
  '{"email":"ana@example.org","password":"a wrong guess","key":"new"}',
  '{"email":"ana@example.org","password":["a wrong guess"]}',
  '[{"email":"ana@example.org","password":"a wrong guess"}]',
  `${' '.repeat(500)}{"email" : "ana@example.org" , "password":"a wrong guess"}`,
];

test('RATE-03: no way to write an address, and no shape of a body, gets tries of its own', async (t) => {
  const variants = [...SPELLINGS, ...SHAPES];
  countTries(t, 'RATE-03', { short: variants.length, full: variants.length });
  assert.ok(variants.length >= 50);
  for (const create of [createBooking, createCrm]) {
    const { api } = await create();
    const url = await serve(api, { proxied: true });
    let place = 0;
    // From another place each time, so that only the account's own tries are used up.
    const tryOne = (body: string) => trySignIn(url, body, { 'x-forwarded-for': `198.51.100.${place++}` });
    const unlimited: number[] = [];
    for (let i = 0; i < 10; i++) unlimited.push(await tryOne(SPELLINGS[i] ?? assert.fail()));
    // Nobody answers at booking, which checks the passwords of CRM.
    const served = create === createCrm ? 503 : 401;
    assert.equal(countOf(unlimited, served), 10, unlimited.join());
    const refused: number[] = [];
    for (const body of variants) {
      const status = await tryOne(body);
      refused.push(status);
      assert.ok([400, 422, 429].includes(status), `${status} for ${JSON.stringify(body)}`);
    }
    assert.ok(countOf(refused, 429) >= 20, refused.join());
  }
});

const FORWARDED: Record<string, string>[] = [
  { 'x-forwarded-for': '203.0.113.5' },
  { 'x-forwarded-for': '203.0.113.5, 203.0.113.6' },
  { forwarded: 'for=203.0.113.5' },
  { 'x-real-ip': '203.0.113.5' },
  { 'x-client-ip': '203.0.113.5' },
  { 'true-client-ip': '203.0.113.5' },
  { 'cf-connecting-ip': '203.0.113.5' },
  { 'x-cluster-client-ip': '203.0.113.5' },
  { 'x-original-forwarded-for': '203.0.113.5' },
  { via: '1.1 203.0.113.5' },
];

test('RATE-03: no header makes a stranger come from somewhere else', async () => {
  const { api } = await createBooking();
  const url = await serve(api, { proxied: false });
  for (let i = 0; i < 30; i++) assert.equal(await trySignIn(url, credentials(`p${i}@example.org`)), 401);
  for (const headers of FORWARDED) assert.equal(await trySignIn(url, credentials('new@example.org'), headers), 429);
});

test('RATE-03: behind a proxy of ours only what the proxy saw counts', async () => {
  const { api } = await createBooking();
  const url = await serve(api, { proxied: true });
  const from = (forwarded: string) => ({ 'x-forwarded-for': forwarded });
  for (let i = 0; i < 30; i++) await trySignIn(url, credentials(`p${i}@example.org`), from('192.0.2.1'));
  for (const said of [
    '203.0.113.9, 192.0.2.1',
    'x, y, 192.0.2.1',
    ',192.0.2.1',
    '192.0.2.1:4711',
    '::ffff:192.0.2.1',
  ]) {
    assert.equal(await trySignIn(url, credentials('new@example.org'), from(said)), 429, said);
  }
  assert.equal(await trySignIn(url, credentials('new@example.org'), from('192.0.2.1, 203.0.113.9')), 401);
});

test('RATE-05: every limit of both APIs says its name, its size and the wait, and a wait that is long enough', async () => {
  const booking = await createBooking();
  const crm = await createCrm();
  const { token } = await booking.addPerson();
  const signIn = {
    method: 'POST',
    body: credentials('a@example.org'),
    headers: { 'content-type': 'application/json' },
  };
  const bearer = { headers: { authorization: `Bearer ${token}` } };
  const asked: [string, () => Promise<Response>][] = [
    ['sign-in-address', () => booking.api.request('/api/v1/sessions', signIn)],
    ['sign-in-address', () => crm.api.request('/api/v1/sessions', signIn)],
    ['api-token', () => booking.api.request('/api/v1/me', bearer)],
    ['api-network', () => booking.api.request('/api/v1/events')],
    ['api-network', () => crm.api.request('/api/v1/me')],
  ];
  for (const [name, ask] of asked) {
    let answer = await ask();
    for (let i = 0; i < 700 && answer.status !== 429; i++) answer = await ask();
    assert.equal(answer.status, 429, name);
    const [[policy, size] = assert.fail()] = parseList(answer.headers.get('ratelimit-policy') ?? '');
    const [[limit, state] = assert.fail()] = parseList(answer.headers.get('ratelimit') ?? '');
    assert.deepEqual([policy, limit, state?.get('r')], [name, name, 0]);
    assert.ok(Number(size?.get('q')) > 0 && Number(size?.get('w')) > 0);
    assert.ok(Number(answer.headers.get('retry-after')) >= Number(state?.get('t')));
    const problem = (await answer.json()) as { code: string; detail: string };
    assert.equal(problem.code, 'too-many-requests');
    assert.match(problem.detail, /^Too many tries\. Try again in \d+ (second|minute)s?\.$/);
  }
});

test('who sends tokens that are none is counted as a stranger', async () => {
  const { api } = await createBooking();
  const statuses: number[] = [];
  for (let i = 0; i < 130; i++) {
    const authorization = i % 2 === 0 ? `Bearer ${String(i).padStart(43, 'x')}` : 'Basic YTpi';
    statuses.push((await api.request('/api/v1/me', { headers: { authorization } })).status);
  }
  assert.deepEqual([countOf(statuses, 401), countOf(statuses, 429)], [120, 10]);
});

test('RATE-06: a thousand mails asked for from as many places are five an hour, whoever the address belongs to', async (t) => {
  const tries = countTries(t, 'RATE-06', { short: 300, full: 1000 });
  const { app, addPerson, db } = await createBooking();
  await addPerson({ email: 'known@example.org' });
  for (const email of ['known@example.org', 'nobody@example.org']) {
    let passed = 0;
    for (let i = 0; i < tries; i++) {
      const network = `198.51.${i >> 8}.${i & 255}`;
      const ask = i % 2 === 0 ? askForReset : repeatSignUpMail;
      await ask(app, { email, network, madeId: undefined }).then(() => passed++, assertLimited);
    }
    assert.equal(passed, 5, email);
  }
  const mails = await db.selectFrom('outbox').select('id').where('destination', '=', 'mail').execute();
  assert.ok(mails.length > 0 && mails.length <= 5);
});

test('RATE-06: however many addresses and places there are, a thousand mails an hour are the most', async () => {
  const { app } = await createBooking();
  await app.pool.query('insert into rate_limits (key, points, expire) values ($1, 999, $2)', [
    'account-mail-all:all',
    Date.now() + 60_000,
  ]);
  await askForReset(app, { email: 'last@example.org', network: '192.0.2.1' });
  await assert.rejects(askForReset(app, { email: 'more@example.org', network: '192.0.2.2' }), {
    code: 'too-many-requests',
  });
});

function assertLimited(error: unknown) {
  assert.equal((error as { code?: string }).code, 'too-many-requests');
}

test('RATE-07: a hundred bots from one place hold no more than twenty places as guests and ten as people', async (t) => {
  const bots = countTries(t, 'RATE-07', { short: 100, full: 100 });
  const { app, api, addFacilitator, addEvent, db } = await createBooking();
  const { facilitatorId } = await addFacilitator();
  const eventId = await addEvent({ facilitator_id: facilitatorId, max_participants: 1000 });
  const network = '127.0.0.1';
  const password = 'a long password';
  for (let i = 0; i < bots; i++) {
    const guest = { eventId, seats: 1, name: 'Bot', email: `guest${i}@example.org`, network };
    await bookAsGuest(app, guest).catch(assertLimited);
    await api.request('/api/v1/users', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'Bot', email: `bot${i}@example.org`, password }),
    });
  }
  const held = await db.selectFrom('bookings').select('id').where('event_id', '=', eventId).execute();
  const people = await db.selectFrom('users').select('id').where('email', 'like', 'bot%').execute();
  assert.deepEqual([held.length, people.length], [20, 10]);
});

test('RATE-08: while the limits cannot be kept in the database each process keeps its own, and there are no more tries', async () => {
  const { api, ownerUrl } = await createBooking();
  const owner = new pg.Client(ownerUrl);
  await owner.connect();
  await owner.query('alter table rate_limits rename to rate_limits_away');
  const url = await serve(api, { proxied: false });
  const statuses: number[] = [];
  for (let i = 0; i < 14; i++) statuses.push(await trySignIn(url, credentials('ana@example.org')));
  assert.deepEqual([countOf(statuses, 401), countOf(statuses, 429)], [10, 4]);
  await owner.query('alter table rate_limits_away rename to rate_limits');
  await owner.end();
});

test('RATE-09: whoever is refused writes nothing into the database', async (t) => {
  const tries = countTries(t, 'RATE-09', { short: 500, full: 10_000 });
  // So many may take longer than the minute for which they are refused.
  t.mock.timers.enable({ apis: ['Date'], now: Date.now() });
  const { app, api } = await createBooking();
  const url = await serve(api, { proxied: false });
  for (let i = 0; i < 31; i++) await trySignIn(url, credentials(`p${i}@example.org`));
  const asked = t.mock.method(app.pool, 'query');
  const connected = t.mock.method(app.pool, 'connect');
  for (let i = 0; i < tries; i++) assert.equal(await trySignIn(url, credentials(`p${i}@example.org`)), 429);
  assert.deepEqual([asked.mock.callCount(), connected.mock.callCount()], [0, 0]);
});
