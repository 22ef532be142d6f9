import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sign } from '@samaya/booking-notification/signature.ts';
import { TOTP } from 'otpauth';
import { createTestApp } from '#server/test-app.ts';
import { switchOnTwoStep } from '#server/two-step/switch-on-two-step.ts';
import { createKey } from '#server/two-step/two-step.ts';
import { identifyBearer } from './identify.ts';

const studio = await createTestApp({ CRM_CLIENT_SECRET: 'a secret of the two applications' });
const secrets = [`whsec_${Buffer.from('a secret of the two applications').toString('base64')}`];
const PATH = '/api/v1/crm/sign-ins';
const password = 'quiet mornings';
const hash = await studio.app.passwords.hash(password);
const maya = await studio.addFacilitator('Maya Lind');
await studio.db.updateTable('users').set({ password: hash }).where('id', '=', maya.id).execute();
const ana = await studio.addPerson({ password: hash });

interface Signing {
  secrets?: string[];
  now?: Date;
  token?: string;
}

function ask(body: unknown, { secrets: keys = secrets, now = new Date(), token }: Signing = {}, at = studio) {
  const rawBody = typeof body === 'string' ? body : JSON.stringify(body);
  return at.call('POST', PATH, { rawBody, token, headers: { ...sign(rawBody, { id: 'msg-1', secrets: keys, now }) } });
}

test('tells CRM which facilitator has these credentials, and signs nobody in', async () => {
  const before = await studio.db.selectFrom('sign_ins').selectAll().execute();
  const { status, body } = await ask({ email: maya.email.toUpperCase(), password });
  assert.equal(status, 200);
  assert.deepEqual(body, {
    user: { id: maya.id, name: 'Maya Lind', email: maya.email },
    facilitator: { id: maya.facilitatorId, name: 'Maya Lind' },
  });
  assert.deepEqual(await studio.db.selectFrom('sign_ins').selectAll().execute(), before);
});

test('refuses wrong credentials and people who lead nothing', async () => {
  for (const body of [
    { email: maya.email, password: 'wrong password' },
    { email: 'nobody@example.org', password },
  ]) {
    const answer = await ask(body);
    assert.deepEqual([answer.status, answer.body.code], [401, 'bad-credentials']);
  }
  const participant = await ask({ email: ana.email, password });
  assert.deepEqual([participant.status, participant.body.code], [403, 'not-a-facilitator']);
});

test('asks for a code of who signs in in two steps, once the password was right, and takes it once', async () => {
  const noah = await studio.addFacilitator('Noah Berg');
  await studio.db.updateTable('users').set({ password: hash }).where('id', '=', noah.id).execute();
  const key = createKey();
  const totp = new TOTP({ secret: key });
  const now = new Date();
  const before = new Date(now.getTime() - 60_000);
  const code = totp.generate({ timestamp: before.getTime() });
  const { signInId = 0 } = (await identifyBearer(studio.db, noah.token, [])) ?? {};
  await switchOnTwoStep(studio.app, { userId: noah.id, signInId, key, code, now: before });
  const credentials = { email: noah.email, password };
  const wrong = await ask({ ...credentials, password: 'wrong password', code: '000000' });
  assert.deepEqual([wrong.status, wrong.body.code], [401, 'bad-credentials']);
  const asked = await ask(credentials);
  assert.deepEqual([asked.status, asked.body.code], [401, 'second-factor-needed']);
  const coded = { ...credentials, code: totp.generate({ timestamp: now.getTime() }) };
  const right = await ask(coded);
  assert.deepEqual([right.status, right.body.facilitator?.name], [200, 'Noah Berg']);
  const again = await ask(coded);
  assert.deepEqual([again.status, again.body.code], [401, 'bad-code']);
});

test('an unproven person of a facilitator’s address is no facilitator', async () => {
  await studio.db.updateTable('users').set({ proven_at: null }).where('id', '=', maya.id).execute();
  const { status, body } = await ask({ email: maya.email, password });
  await studio.db.updateTable('users').set({ proven_at: new Date() }).where('id', '=', maya.id).execute();
  assert.deepEqual([status, body.code], [403, 'not-a-facilitator']);
});

test('looks at nothing that is not signed, freshly, by the other application', async () => {
  const body = { email: maya.email, password };
  const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000);
  const refused = [
    await ask(body, { secrets: [`whsec_${Buffer.from('some other secret').toString('base64')}`] }),
    await ask(body, { now: minutesAgo(6) }),
    await ask(body, { now: minutesAgo(-6) }),
    await ask('{', { secrets: ['whsec_AAAA'] }),
    await studio.call('POST', PATH, { body }),
    await studio.call('POST', PATH, { body, token: maya.token }),
    await studio.call('POST', PATH, {
      rawBody: JSON.stringify({ ...body, email: ana.email }),
      headers: { ...sign(JSON.stringify(body), { id: 'msg-1', secrets, now: new Date() }) },
    }),
  ];
  for (const { status, body: said } of refused) assert.deepEqual([status, said.code], [401, 'bad-signature']);
  assert.equal((await ask(body, { now: minutesAgo(4) })).status, 200);
});

test('what is signed and no pair of credentials is refused by field', async () => {
  assert.equal((await ask('{')).status, 400);
  for (const body of [
    {},
    { email: maya.email },
    { email: maya.email, password, is_admin: true },
    { email: 'x', password },
    [],
  ]) {
    assert.equal((await ask(body)).status, 422, JSON.stringify(body));
  }
});

test('a try over the back channel counts with all others at the address', async () => {
  const limited = await createTestApp({ RATE_LIMITS: 'on', CRM_CLIENT_SECRET: 'a secret of the two applications' });
  const wrong = { email: 'maya@example.org', password: 'wrong password' };
  for (let i = 0; i < 5; i++) {
    assert.equal((await ask(wrong, {}, limited)).status, 401);
    assert.equal((await limited.call('POST', '/api/v1/sessions', { body: wrong })).status, 401);
  }
  const { status, headers } = await ask(wrong, {}, limited);
  assert.equal(status, 429);
  assert.ok(headers.get('retry-after'));
});
