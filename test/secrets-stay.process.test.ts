import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createTestDatabase } from '@samaya/platform/test-database.ts';
import { freePort } from '@samaya/platform/test-port.ts';
import { createPasswords } from '../apps/booking/src/server/accounts/passwords.ts';
import { buildPages } from '../scripts/build.ts';
import { rowsOf } from './both-databases.ts';
import { createVisitor, type VisitedPage } from './page-visitor.ts';
import { startBooking, startCrm, testDataFolder } from './processes.ts';

const NOBODY_LISTENS = '127.0.0.1:9';
const canary = (name: string) => `canary-${name}-${randomBytes(12).toString('hex')}`;

// What the applications are given to keep: none of it may be told to anybody.
const KEPT = {
  COOKIE_KEYS: canary('cookie-key'),
  NOTIFICATION_SECRETS: `whsec_${randomBytes(32).toString('base64')}`,
  CRM_CLIENT_SECRET: canary('client-secret'),
  METRICS_TOKEN: canary('metrics-token'),
  GOOGLE_CLIENT_SECRET: canary('google-secret'),
  SMTP_PASSWORD: canary('smtp-password'),
};
const { SMTP_PASSWORD, ...environment } = {
  ...KEPT,
  GOOGLE_CLIENT_ID: 'samaya',
  GOOGLE_ISSUER: `http://${NOBODY_LISTENS}`,
  SMTP_URL: `smtp://mailer:${KEPT.SMTP_PASSWORD}@${NOBODY_LISTENS}`,
};

// What people give, or are given. It goes to them, and must not be written down.
const PASSWORD = canary('password');
const PERSONAL = {
  password: PASSWORD,
  wrongPassword: canary('wrong-password'),
  email: `${canary('email')}@studio.example`,
  newcomer: `${canary('newcomer')}@studio.example`,
  name: canary('name'),
  bearer: canary('bearer'),
  // In the form that links in mails have.
  link: randomBytes(32).toString('base64url'),
  note: canary('note'),
};

await buildPages({ write: () => undefined });
const databases = { booking: await createTestDatabase('booking'), crm: await createTestDatabase('crm') };
await rowsOf(
  databases.booking.ownerUrl,
  `insert into facilitators (name, email) values ('${PERSONAL.name}', '${PERSONAL.email}');
   insert into users (name, email, password, proven_at)
     values ('${PERSONAL.name}', '${PERSONAL.email}', '${await createPasswords().hash(PASSWORD)}', now())`,
);
const crmPort = await freePort();
const booking = await startBooking({
  database: databases.booking,
  otherUrl: `http://localhost:${crmPort}`,
  environment,
});
const crm = await startCrm({ database: databases.crm, port: crmPort, otherUrl: booking.url, environment });

/** Everything an answer holds, in the order of the journey. */
const answers: string[] = [];

function keepPage({ headers, html }: VisitedPage): void {
  answers.push(JSON.stringify([...headers]), html);
}

async function ask(url: string, init: RequestInit = {}): Promise<{ token?: string }> {
  const response = await fetch(url, { redirect: 'manual', ...init });
  const text = await response.text();
  answers.push(JSON.stringify([...response.headers]), text);
  return response.headers.get('content-type')?.includes('json') ? JSON.parse(text) : {};
}

const json = (body: unknown, headers: Record<string, string> = {}): RequestInit => ({
  method: 'POST',
  body: typeof body === 'string' ? body : JSON.stringify(body),
  headers: { 'content-type': 'application/json', ...headers },
});

/** Signs up, in and astray in every way that touches a secret, in both applications. */
async function travel(): Promise<{ token: string; cookies: string[] }> {
  const { name, email, newcomer, wrongPassword, bearer, link, note } = PERSONAL;
  const maya = createVisitor();
  const api = `${booking.url}/api/v1`;
  for (const password of [wrongPassword, PASSWORD]) {
    keepPage(await maya.post(`${booking.url}/sign-in`, { email, password }));
    await ask(`${api}/sessions`, json({ email, password }));
  }
  keepPage(await createVisitor().post(`${booking.url}/sign-up`, { name, email: newcomer, password: PASSWORD }));
  keepPage(await createVisitor().post(`${booking.url}/forgot`, { email }));
  const { token = '' } = await ask(`${api}/sessions`, json({ email, password: PASSWORD }));
  await ask(`${api}/users`, json({ name, email: newcomer, password: PASSWORD }));
  await ask(`${api}/users`, json(`{"password":"${PASSWORD}",`));
  await ask(`${api}/users`, json({ [PASSWORD]: PASSWORD, notes: note }));
  for (const authorization of [`Bearer ${token}`, `Bearer ${bearer}`, `Basic ${bearer}`]) {
    await ask(`${api}/me`, { headers: { authorization } });
    await ask(`${crm.url}/api/v1/me`, { headers: { authorization } });
    await ask(`${booking.url}/metrics`, { headers: { authorization } });
  }
  for (const path of [
    `/reset/1.${link}`,
    `/confirm/1.${link}`,
    `/b/1.${link}`,
    '/account',
    '/no-such-page',
    '/oidc/jwks',
  ]) {
    keepPage(await maya.get(`${booking.url}${path}`));
  }
  for (const path of ['/', '/healthz', '/readyz', '/api/v1/openapi.json']) {
    keepPage(await maya.get(`${booking.url}${path}`));
    keepPage(await maya.get(`${crm.url}${path}`));
  }
  // The number of a request on its way stands in its address too; it opens nothing without its signature beside it.
  const cookies = [booking, crm].flatMap(({ url }) =>
    [...maya.cookiesFor(url)].filter(([name]) => !/oidc_(resume|interaction)$/.test(name)).map(([, value]) => value),
  );
  // What breaks inside: a table that is gone.
  await rowsOf(databases.booking.ownerUrl, 'alter table sign_ins rename to gone');
  await ask(`${api}/me`, { headers: { authorization: `Bearer ${token}` } });
  keepPage(await maya.post(`${booking.url}/sign-in`, { email, password: PASSWORD }));
  await rowsOf(databases.booking.ownerUrl, 'alter table gone rename to sign_ins');
  return { token, cookies };
}

test('SUP-05, OBS-02: what is secret stands in no log and no answer, and what is personal in no log', async () => {
  const { token, cookies } = await travel();
  await Promise.all([booking.stop(), crm.stop()]);
  const logs = booking.log() + crm.log();
  assert.match(logs, /sign_ins/, 'something did break');
  assert.ok(token.length > 20 && cookies.length >= 2, 'somebody did sign in');
  const { oidcKeys } = JSON.parse(readFileSync(join(testDataFolder(), 'secrets.json'), 'utf8'));
  const { d, p } = JSON.parse(oidcKeys).keys[0];
  const kept = { ...KEPT, NOTIFICATION_SECRETS: KEPT.NOTIFICATION_SECRETS.slice(6), d, p };
  for (const [name, value] of Object.entries(kept)) {
    assert.ok(!logs.includes(value), `${name} stands in a log`);
    assert.ok(!answers.some((answer) => answer.includes(value)), `${name} stands in an answer`);
  }
  for (const [name, value] of Object.entries<string>({
    ...PERSONAL,
    token,
    ...Object.fromEntries(cookies.entries()),
  })) {
    for (const form of [value, encodeURIComponent(value)]) {
      const line = logs.split('\n').find((one) => one.includes(form));
      assert.equal(line, undefined, `${name} stands in a log`);
    }
  }
});
