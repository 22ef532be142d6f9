import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, test } from 'node:test';
import { verify } from '@samaya/booking-notification/signature.ts';
import { createTestApp } from '#server/test-app.ts';
import { signInToPages } from './page-sign-in.ts';

/** What booking's back channel would answer; CRM's own side of it is under test here. */
let answer: { status: number; body: unknown; headers?: Record<string, string> } = { status: 200, body: {} };
const asked: { path: string; body: unknown; fault: string | undefined }[] = [];
const SECRET = 'a client secret of thirty-two characters or more';
const backChannel = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    const raw = Buffer.concat(chunks);
    const header = (name: string) => String(request.headers[name]);
    const fault = verify(
      raw,
      { id: header('webhook-id'), timestamp: header('webhook-timestamp'), signature: header('webhook-signature') },
      { secrets: [`whsec_${Buffer.from(SECRET).toString('base64')}`], now: new Date() },
    );
    asked.push({ path: request.url ?? '', body: JSON.parse(raw.toString()), fault });
    response
      .writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers })
      .end(JSON.stringify(answer.body));
  });
});
await new Promise<void>((resolve) => backChannel.listen(0, '127.0.0.1', resolve));
after(() => void backChannel.close());
const { port } = backChannel.address() as { port: number };
const settings = { BOOKING_URL: `http://127.0.0.1:${port}`, CRM_CLIENT_SECRET: SECRET };
const crm = await createTestApp({ ...settings, RATE_LIMITS: 'off' });
const credentials = { email: 'Maya@Studio.example ', password: 'quiet mornings' };
const MAYA = {
  user: { id: 3, name: 'Maya Lind', email: 'maya@studio.example' },
  facilitator: { id: 7, name: 'Maya Lind' },
};

test('signs in whom booking knows, asked over the signed back channel', async () => {
  answer = { status: 200, body: MAYA };
  const { status, body } = await crm.ask('POST', '/api/v1/sessions', { body: credentials });
  assert.equal(status, 201);
  assert.deepEqual(body.facilitator, { id: 7, name: 'Maya Lind' });
  const hours = (Date.parse(body.expires_at) - Date.now()) / 3_600_000;
  assert.ok(hours > 11.9 && hours <= 12, `${hours}`);
  assert.deepEqual(asked.at(-1), {
    path: '/api/v1/crm/sign-ins',
    body: { email: 'maya@studio.example', password: 'quiet mornings' },
    fault: undefined,
  });
  const me = await crm.ask('GET', '/api/v1/me', { token: body.token });
  assert.deepEqual(me.body, { user_id: 3, facilitator: { id: 7, name: 'Maya Lind' } });
  const kept = await crm.app.db.selectFrom('sign_ins').selectAll().execute();
  assert.ok(!JSON.stringify(kept).includes(body.token));
  assert.ok(!crm.logged().includes('quiet mornings') && !crm.logged().includes(body.token));
});

test('says what booking says: wrong credentials, no facilitator', async () => {
  answer = { status: 401, body: { code: 'bad-credentials' } };
  const wrong = await crm.ask('POST', '/api/v1/sessions', { body: credentials });
  assert.deepEqual([wrong.status, wrong.body.code], [401, 'bad-credentials']);
  answer = { status: 403, body: { code: 'not-a-facilitator' } };
  const participant = await crm.ask('POST', '/api/v1/sessions', { body: credentials });
  assert.deepEqual([participant.status, participant.body.code], [403, 'not-a-facilitator']);
});

test('passes a code on, and says that booking asks for one or took it for wrong', async () => {
  for (const code of ['second-factor-needed', 'bad-code']) {
    answer = { status: 401, body: { code } };
    const said = await crm.ask('POST', '/api/v1/sessions', { body: { ...credentials, code: '123456' } });
    assert.deepEqual([said.status, said.body.code], [401, code]);
    assert.deepEqual(asked.at(-1)?.body, { email: 'maya@studio.example', password: 'quiet mornings', code: '123456' });
  }
  answer = { status: 200, body: MAYA };
  const long = await crm.ask('POST', '/api/v1/sessions', { body: { ...credentials, code: '1'.repeat(65) } });
  assert.equal(long.status, 422);
});

test('says that booking is away when it errs, refuses our signature, talks nonsense or is not there', async () => {
  for (answer of [
    { status: 500, body: {} },
    { status: 401, body: { code: 'bad-signature' } },
    // Somebody between the two applications, who knows nothing of tries.
    { status: 429, body: {} },
    { status: 302, body: {} },
    { status: 200, body: { user: 'somebody' } },
  ]) {
    const { status, body, headers } = await crm.ask('POST', '/api/v1/sessions', { body: credentials });
    assert.deepEqual([status, body.code, headers.get('retry-after')], [503, 'booking-away', '5']);
  }
  const alone = await createTestApp({ ...settings, BOOKING_URL: 'http://127.0.0.1:9', RATE_LIMITS: 'off' });
  assert.equal((await alone.ask('POST', '/api/v1/sessions', { body: credentials })).status, 503);
});

test('passes on that booking has had too many tries at the address, and when to try again', async () => {
  for (const [retryAfter, expected] of [
    ['37', '37'],
    ['soon', '5'],
  ] as const) {
    answer = { status: 429, body: { code: 'too-many-requests' }, headers: { 'retry-after': retryAfter } };
    const { status, body, headers } = await crm.ask('POST', '/api/v1/sessions', { body: credentials });
    assert.deepEqual([status, body.code, headers.get('retry-after')], [429, 'too-many-requests', expected]);
  }
});

test('the eleventh try of an address within a minute is refused without asking booking', async () => {
  const limited = await createTestApp(settings);
  answer = { status: 401, body: { code: 'bad-credentials' } };
  for (let i = 0; i < 10; i++) {
    const email = i % 2 ? 'maya@studio.example' : ' MAYA@studio.example';
    assert.equal((await limited.ask('POST', '/api/v1/sessions', { body: { ...credentials, email } })).status, 401);
  }
  const before = asked.length;
  const { status, body, headers } = await limited.ask('POST', '/api/v1/sessions', { body: credentials });
  assert.deepEqual([status, body.code], [429, 'too-many-requests']);
  assert.ok(Number(headers.get('retry-after')) > 0);
  assert.equal(asked.length, before);
  const other = await limited.ask('POST', '/api/v1/sessions', {
    body: { ...credentials, email: 'noah@studio.example' },
  });
  assert.equal(other.status, 401);
});

test('a page’s secret is no bearer', async () => {
  const secret = await signInToPages(crm.app.db, {
    userId: 3,
    name: 'Maya Lind',
    email: 'maya@studio.example',
    facilitator: { id: 7, name: 'Maya Lind' },
    begunAt: new Date(),
  });
  assert.equal((await crm.ask('GET', '/api/v1/me', { token: secret })).status, 401);
});
