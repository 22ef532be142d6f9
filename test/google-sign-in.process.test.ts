import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { readConfig } from '@samaya/platform/config.ts';
import { completeConfig } from '@samaya/platform/secrets.ts';
import { createTestDatabase } from '@samaya/platform/test-database.ts';
import { freePort } from '@samaya/platform/test-port.ts';
import { createPasswords } from '../apps/booking/src/server/accounts/passwords.ts';
import { sealOnItsWay } from '../apps/booking/src/server/google/on-its-way.ts';
import { buildPages } from '../scripts/build.ts';
import { rowsOf } from './both-databases.ts';
import { openBrowser } from './browser.ts';
import { type Claims, type Lies, startLyingGoogle } from './lying-google.ts';
import { auditAxe } from './page-audit.ts';
import { createVisitor, textOf, type VisitedPage, type Visitor } from './page-visitor.ts';
import { startBooking, startCrm, testDataFolder } from './processes.ts';
import { PASSWORD } from './two-apps.ts';

await buildPages({ write: () => undefined });
const databases = { demo: await createTestDatabase('booking'), crm: await createTestDatabase('crm') };
const crmPort = await freePort();
const site = await startBooking({
  database: databases.demo,
  otherUrl: `http://localhost:${crmPort}`,
  environment: { DEMO: '1' },
});
const crm = await startCrm({ database: databases.crm, port: crmPort, otherUrl: site.url, environment: { DEMO: '1' } });

/** Another site, which believes in a provider of ours that lies. */
const google = await startLyingGoogle();
const lyingDatabase = await createTestDatabase('booking');
const other = await startBooking({ database: lyingDatabase, environment: google.settings });
const hash = await createPasswords().hash(PASSWORD);
await rowsOf(
  lyingDatabase.ownerUrl,
  `insert into users (name, email, password, proven_at) values
   ('Ana Costa', 'ana@studio.example', '${hash}', now()), ('Ben Ode', 'ben@studio.example', '${hash}', now())`,
);
const ANA = { email: 'ana@studio.example', password: PASSWORD };
const LEA: Claims = {
  sub: 'g-lea',
  email: 'lea@letters.example',
  email_verified: true,
  name: 'Lea',
  hd: 'letters.example',
};

/** Chooses somebody at the demo's Google, from a page with its button. */
async function continueAs(visitor: Visitor, person: string, query = ''): Promise<VisitedPage> {
  const choose = await visitor.post(`${site.url}/sign-in/google${query}`);
  return await visitor.post(choose.url, { person });
}

/** Begins at the other site; answers where Google is told to send the browser back. */
async function begin(visitor: Visitor, query = '', from = `${other.url}/sign-in/google`) {
  const { way } = await visitor.post(`${from}${query}`, from.includes('/account/') ? { password: PASSWORD } : {});
  const asked = new URL(way.at(-1) ?? '');
  assert.equal(asked.origin, google.issuer, way.join('\n'));
  return (claims: Claims, lies?: Lies) =>
    `${other.url}/sign-in/google/callback?${google.comeBack(asked, claims, lies)}`;
}

const isSignedIn = (visitor: Visitor) => visitor.cookiesFor(other.url).has('samaya_booking');

test('somebody new signs up with Google and is where they were going; who is known is signed in', async () => {
  const lea = createVisitor();
  const there = await continueAs(lea, 'demo-lea', '?return_to=/events%3Fq%3Dyin');
  assert.equal(there.url, `${site.url}/events?q=yin`);
  assert.match(there.html, /Lea Brandt/);
  const ana = await continueAs(createVisitor(), 'demo-ana');
  assert.equal(ana.url, `${site.url}/`);
  assert.match(
    (await continueAs(createVisitor(), 'demo-lea', '?return_to=/account')).html,
    /lea\.brandt@letters\.example/,
  );
  const rows = await rowsOf(
    databases.demo.ownerUrl,
    `select email, password = '!' as new, proven_at is not null as proven from users where google_id is not null order by email`,
  );
  assert.deepEqual(rows, [
    { email: 'ana@samaya.example', new: false, proven: true },
    { email: 'lea.brandt@letters.example', new: true, proven: true },
  ]);
});

test('AUTHN-05: whose address Google did not confirm is told kindly how to go on, and gets no account', async () => {
  const visitor = createVisitor();
  const page = await continueAs(visitor, 'demo-nobody', '?return_to=/events');
  assert.equal(page.status, 403);
  assert.match(textOf(page.html), /Google has not confirmed the address.*Make an account/);
  assert.match(page.html, /href="\/sign-up\?return_to=%2Fevents"/);
  assert.equal(visitor.cookiesFor(site.url).get('samaya_booking'), undefined);
  assert.deepEqual(await rowsOf(databases.demo.ownerUrl, `select 1 from users where email like 'max@%'`), []);
});

test('a sign-in that CRM asked for goes on through Google, and ends in CRM', async () => {
  const maya = createVisitor();
  const asked = await maya.get(crm.url);
  const action = /<form[^>]*action="(\/sign-in\/google\?[^"]*)"/.exec(asked.html)?.[1]?.replaceAll('&amp;', '&') ?? '';
  assert.match(action, /interaction=/);
  const choose = await maya.post(`${site.url}${action}`);
  const page = await maya.post(choose.url, { person: 'demo-maya' });
  assert.equal(new URL(page.url).origin, crm.url);
  assert.match(page.html, /Maya Lindqvist/);
});

test('two tabs at Google each end where they began', async () => {
  const lea = createVisitor();
  const one = await lea.post(`${site.url}/sign-in/google?return_to=/events`);
  const two = await lea.post(`${site.url}/sign-in/google?return_to=/account`);
  assert.equal((await lea.post(one.url, { person: 'demo-lea' })).url, `${site.url}/events`);
  assert.equal((await lea.post(two.url, { person: 'demo-lea' })).url, `${site.url}/account`);
});

test('the demo’s Google goes on only in the browser that began, and only as somebody it knows', async () => {
  const lea = createVisitor();
  const choose = await lea.post(`${site.url}/sign-in/google`);
  assert.equal((await createVisitor().get(choose.url)).status, 410);
  assert.equal((await createVisitor().post(choose.url, { person: 'demo-lea' })).status, 410);
  assert.equal((await lea.post(choose.url, { person: 'root' })).status, 410);
  assert.equal((await lea.get(`${site.url}/dev/google/made-up`)).status, 410);
});

test('without the demo nobody plays Google; without its settings there is no such sign-in', async () => {
  for (const path of ['/dev/google/openid/.well-known/openid-configuration', '/dev/google/x']) {
    assert.equal((await createVisitor().get(`${other.url}${path}`)).status, 404, path);
  }
  const plain = await startBooking({ database: lyingDatabase });
  assert.doesNotMatch((await createVisitor().get(`${plain.url}/sign-in`)).html, /Continue with Google/);
  assert.equal((await createVisitor().post(`${plain.url}/sign-in/google`)).status, 404);
  assert.equal((await createVisitor().get(`${plain.url}/sign-in/google/callback?code=x&state=y`)).status, 404);
});

test('CSRF-03: what one browser began cannot be finished in another, or without having begun', async () => {
  const attacker = createVisitor();
  const callback = (await begin(attacker))({ sub: 'g-eve', email: 'eve@letters.example', email_verified: true });
  for (const victim of [createVisitor(), await signedIn(ANA)]) {
    const before = victim.cookiesFor(other.url).get('samaya_booking');
    const page = await victim.get(callback);
    assert.equal(page.status, 403);
    assert.match(textOf(page.html), /began in another browser/);
    assert.equal(victim.cookiesFor(other.url).get('samaya_booking'), before);
    assert.match(page.headers.get('cache-control') ?? '', /no-store/);
  }
  for (const query of ['', '?code=x', '?code=x&state=y', '?error=access_denied&state=y', '?state=%00&code=%ff']) {
    assert.equal((await createVisitor().get(`${other.url}/sign-in/google/callback${query}`)).status, 403, query);
  }
  assert.equal((await attacker.get(callback)).url, `${other.url}/`, 'it was still good where it began');
});

test('CSRF-03: another site’s page begins no sign-in', async () => {
  for (const headers of [
    { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' },
    { origin: 'null', 'sec-fetch-site': 'cross-site' },
  ]) {
    const visitor = createVisitor();
    assert.equal((await visitor.post(`${other.url}/sign-in/google`, {}, headers)).status, 403);
    assert.equal(visitor.cookiesFor(other.url).size, 0);
  }
  const got = await createVisitor().get(`${other.url}/sign-in/google`);
  assert.equal(got.url, `${other.url}/sign-in`);
});

test('AUTHN-08: coming back twice with the same address signs nobody in again', async () => {
  const lea = createVisitor();
  const callback = (await begin(lea))(LEA, { takesAnyCode: true });
  await lea.get(callback);
  assert.ok(isSignedIn(lea));
  assert.equal((await lea.get(callback)).status, 403);
});

/** Sixty addresses that lead away from here, or that some browser might read so. */
const AWAY = [
  ...['https://evil.example', 'http://evil.example/', '//evil.example', '///evil.example', '////evil.example/%2f..'],
  ...[
    '/\\evil.example',
    '\\\\evil.example',
    '\\/evil.example',
    '/\\/evil.example',
    '/\\\\evil.example',
    '//\\evil.example',
  ],
  ...[
    '/\t/evil.example',
    '/\n/evil.example',
    '/\r/evil.example',
    '\t//evil.example',
    ' //evil.example',
    '/ /evil.example',
  ],
  ...[
    '/\u0000/evil.example',
    '\u0001//evil.example',
    '/\u00a0/evil.example',
    '/\u2028/evil.example',
    '/\u200b/evil.example',
  ],
  ...['/..//evil.example', '/.//evil.example', '/x/..//evil.example', '/%2e%2e//evil.example', '/./\\evil.example'],
  ...[
    'javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    'java\nscript:alert(1)',
    'data:text/html,x',
    'vbscript:x',
    'file:///etc',
  ],
  ...[
    'https:evil.example',
    'https:/evil.example',
    'https:///evil.example',
    'http:\\\\evil.example',
    'ftp://evil.example',
  ],
  ...[
    '//evil.example@localhost',
    '//localhost@evil.example',
    'http://localhost@evil.example',
    '//localhost.evil.example',
  ],
  ...[
    '//2130706433',
    '//0x7f.1',
    '//[::1]',
    '//evil。example',
    '//ｅｖｉｌ.example',
    '/／evil.example',
    '／／evil.example',
  ],
  ...[
    'evil.example',
    '.evil.example',
    '?x',
    '#x',
    '',
    '@evil.example',
    ':80',
    '*',
    './/evil.example',
    '..//evil.example',
  ],
  ...['/sign-in?return_to=//evil.example', '/sign-out', '/oidc/auth?x', '/api/v1/me', `/${'x'.repeat(2000)}`],
];

const NO_PLACE = /^\/(\/|sign-|api|oidc)/;

test('AUTHN-09: Google leads back to own pages only, whether somebody signed in or declined', async () => {
  assert.ok(AWAY.length >= 60);
  for (const wanted of AWAY) {
    const lea = createVisitor();
    const query = `?${new URLSearchParams({ return_to: wanted })}`;
    const callback = (await begin(lea, query))(LEA);
    const { way } = await lea.get(callback);
    for (const url of way) assert.equal(new URL(url).origin, other.url, JSON.stringify(wanted));
    assert.doesNotMatch(new URL(way.at(-1) ?? '').pathname, NO_PLACE, JSON.stringify(wanted));
    const back = createVisitor();
    const state = new URL((await begin(back, query))(LEA)).searchParams.get('state') ?? '';
    const declined = await back.get(
      `${other.url}/sign-in/google/callback?${new URLSearchParams({ error: 'access_denied', state })}`,
    );
    assert.equal(new URL(declined.url).origin, other.url, JSON.stringify(wanted));
    assert.equal(new URL(declined.url).pathname, '/sign-in', JSON.stringify(wanted));
  }
});

test('AUTHN-09: … and it is looked at when they come back, not only when they leave', async () => {
  const { cookieKeys } = completeConfig(readConfig({ DATA_DIR: testDataFolder() }));
  const comeBack = async (returnTo: string, declined: boolean) => {
    const [state, nonce, verifier] = Array.from({ length: 3 }, () => randomBytes(32).toString('base64url'));
    if (!state || !nonce || !verifier) throw new Error('three were asked for');
    const cookie = `samaya_google_${state.slice(0, 12)}=${sealOnItsWay({ state, nonce, verifier, errand: { returnTo } }, cookieKeys, new Date())}`;
    const asked = new URL(google.issuer);
    asked.search = String(
      new URLSearchParams({
        ...{ state, nonce, redirect_uri: `${other.url}/sign-in/google/callback` },
        code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      }),
    );
    const query = declined ? new URLSearchParams({ error: 'access_denied', state }) : google.comeBack(asked, LEA);
    const answer = await fetch(`${other.url}/sign-in/google/callback?${query}`, {
      headers: { cookie },
      redirect: 'manual',
    });
    assert.equal(answer.status, 303, JSON.stringify(returnTo));
    return answer.headers.get('location');
  };
  assert.equal(await comeBack('/events', false), '/events');
  for (const wanted of [
    'https://evil.example',
    '//evil.example',
    '/\\evil.example',
    '/\t/evil.example',
    'javascript:alert(1)',
    '/oidc/auth',
  ]) {
    assert.equal(await comeBack(wanted, false), '/', wanted);
    assert.equal(await comeBack(wanted, true), '/sign-in', wanted);
  }
});

test('who declines is back where they could choose another way, and nothing is forgotten', async () => {
  const lea = createVisitor();
  const state = new URL((await begin(lea, '?return_to=/events'))(LEA)).searchParams.get('state') ?? '';
  const query = new URLSearchParams({ error: 'access_denied', state });
  assert.equal(
    (await lea.get(`${other.url}/sign-in/google/callback?${query}`)).url,
    `${other.url}/sign-in?return_to=%2Fevents`,
  );
});

test('FUZZ-13: with Google away the page says so with 503, and signing in another way is one click off', async (t) => {
  t.after(() => google.at('/token'));
  const away = await startBooking({
    database: lyingDatabase,
    environment: { ...google.settings, GOOGLE_ISSUER: 'http://127.0.0.1:9' },
  });
  const page = await createVisitor().post(`${away.url}/sign-in/google?return_to=/events`);
  assert.equal(page.status, 503);
  assert.ok(Number(page.headers.get('retry-after')) > 0);
  assert.match(textOf(page.html), /Google does not answer.*Try Google again.*Sign in another way/);
  assert.match(page.html, /href="\/sign-in\?return_to=%2Fevents"/);

  const lea = createVisitor();
  const callback = (await begin(lea))(LEA);
  google.at('/token', (response) => void response.writeHead(500).end('x'.repeat(5_000_000)));
  const back = await lea.get(callback);
  assert.equal(back.status, 503);
  assert.match(textOf(back.html), /Google does not answer/);
  assert.equal(isSignedIn(lea), false);
  assert.equal((await createVisitor().get(`${other.url}/healthz`)).status, 200);
});

async function signedIn(person: typeof ANA): Promise<Visitor> {
  const visitor = createVisitor();
  await visitor.post(`${other.url}/sign-in`, person);
  assert.ok(isSignedIn(visitor));
  return visitor;
}

test('who is signed in connects Google with their password, sees it, signs in by it and disconnects it', async () => {
  const ana = await signedIn(ANA);
  const wrong = await ana.post(`${other.url}/account/google?/connect`, { password: 'not hers at all' });
  assert.equal(wrong.status, 403);
  assert.match(textOf(wrong.html), /This is not your password/);
  const callback = (await begin(ana, '', `${other.url}/account/google?/connect`))({
    sub: 'g-ana',
    email: 'x@y.example',
  });
  const done = await ana.get(callback);
  assert.match(textOf(done.html), /Google is connected.*Connected.*Disconnect Google/);
  const elsewhere = createVisitor();
  await elsewhere.get((await begin(elsewhere))({ sub: 'g-ana' }));
  assert.match((await elsewhere.get(`${other.url}/account`)).html, /Ana Costa/);
  // Whoever finds the browser open has no password: the way in stays.
  for (const password of ['', 'not hers at all']) {
    const kept = await ana.post(`${other.url}/account/google?/disconnect`, { password });
    assert.equal(kept.status, 403);
    assert.match(textOf(kept.html), /This is not your password.*Disconnect Google/);
  }
  const off = await ana.post(`${other.url}/account/google?/disconnect`, { password: PASSWORD });
  assert.match(textOf(off.html), /Google is disconnected.*Not connected/);
  assert.match((await elsewhere.get(`${other.url}/account`)).url, /\/sign-in/);
  assert.match((await ana.get(`${other.url}/account`)).html, /Ana Costa/);
});

test('who has no password connects Google, takes it off and deletes the account only a moment after signing in', async () => {
  const { ownerUrl } = lyingDatabase;
  const tom = createVisitor();
  await tom.get((await begin(tom))({ ...LEA, sub: 'g-tom', email: 'tom@letters.example' }));
  const ofTom = `user_id = (select id from users where email = 'tom@letters.example')`;
  const account = `${other.url}/account`;
  await rowsOf(
    ownerUrl,
    `insert into passkeys (user_id, credential_id, public_key, counter, name)
     select id, 'tom', 'key', 0, 'Phone' from users where email = 'tom@letters.example'`,
  );
  const signedInBefore = (minutes: number) =>
    rowsOf(ownerUrl, `update sign_ins set created_at = now() - interval '${minutes} minutes' where ${ofTom}`);
  const isTied = async () => (await rowsOf(ownerUrl, `select 1 from users where google_id = 'g-tom'`)).length === 1;
  await signedInBefore(11);
  for (const path of ['google?/disconnect', 'delete']) {
    const refused = await tom.post(`${account}/${path}`, { password: PASSWORD });
    assert.equal(refused.status, 403, path);
    assert.match(textOf(refused.html), /Sign out and in again/, path);
  }
  assert.ok(await isTied());
  await signedInBefore(9);
  assert.match((await tom.post(`${account}/google?/disconnect`)).url, /done=disconnected/);
  assert.equal(await isTied(), false);
  await signedInBefore(11);
  const refused = await tom.post(`${account}/google?/connect`);
  assert.equal(refused.status, 403);
  assert.match(textOf(refused.html), /Sign out and in again/);
  await signedInBefore(9);
  assert.equal(new URL((await tom.post(`${account}/google?/connect`)).way.at(-1) ?? '').origin, google.issuer);
  assert.match(textOf((await tom.get(`${account}/delete`)).html), /You have no password here.*Delete/);
  assert.match((await tom.post(`${account}/delete`)).url, /\/account\/deleted$/);
});

test('AUTHN-03: a connection that one sign-in began is not finished by another', async () => {
  const eve = await signedIn(ANA);
  const callback = (await begin(eve, '', `${other.url}/account/google?/connect`))({ sub: 'g-mallory' });
  // The same browser, in which Ben signs in meanwhile.
  await eve.post(`${other.url}/sign-out`);
  await eve.post(`${other.url}/sign-in`, { ...ANA, email: 'ben@studio.example' });
  assert.equal((await eve.get(callback)).status, 403);
  assert.deepEqual(await rowsOf(lyingDatabase.ownerUrl, `select 1 from users where google_id = 'g-mallory'`), []);
});

test('who has no password disconnects Google with a passkey, not without, and connects it only when freshly signed in', async () => {
  const page = `${other.url}/account/google`;
  const lea = createVisitor();
  await lea.get((await begin(lea))({ ...LEA, sub: 'g-lea-alone', email: 'lea.alone@gmail.com' }));
  const alone = await lea.get(page);
  assert.match(textOf(alone.html), /Google is your only way in.*Choose a password.*Add a passkey/);
  assert.doesNotMatch(alone.html, /disconnect"/);
  assert.equal((await lea.post(`${page}?/disconnect`)).status, 409);

  const { ownerUrl } = lyingDatabase;
  const [row] = await rowsOf(
    ownerUrl,
    `insert into passkeys (user_id, credential_id, public_key, counter, name)
     select id, 'key', 'key', 0, 'Phone' from users where google_id = 'g-lea-alone' returning user_id`,
  );
  assert.match(textOf((await lea.get(page)).html), /You sign in with your passkey then.*Disconnect Google/);
  assert.match(textOf((await lea.post(`${page}?/disconnect`)).html), /Google is disconnected.*Not connected/);

  await rowsOf(
    ownerUrl,
    `update sign_ins set created_at = now() - interval '11 minutes' where user_id = ${row?.user_id}`,
  );
  const late = await lea.post(`${page}?/connect`);
  assert.equal(late.status, 403);
  assert.match(textOf(late.html), /Sign out and in again, then come back within ten minutes/);
});

const browser = await openBrowser();

for (const javaScriptEnabled of [true, false]) {
  const how = javaScriptEnabled ? 'with' : 'without';
  test(`from an event’s page somebody signs up with Google in three clicks, and books, ${how} JavaScript`, async (t) => {
    const context = await browser.newContext({ javaScriptEnabled });
    t.after(() => context.close());
    context.setDefaultTimeout(30_000);
    const page = await context.newPage();
    const blocked: string[] = [];
    page.on('console', (message) => message.type() === 'error' && blocked.push(message.text()));
    const person = javaScriptEnabled ? 'Tomás Reis' : 'Lea Brandt';
    await page.goto(`${site.url}/events?available=true`);
    // The next one may begin at any moment.
    await page.locator('main li a[href^="/e/"]').last().click();
    await page.waitForURL((url) => url.pathname.startsWith('/e/'));
    const event = new URL(page.url()).pathname;

    await page
      .getByRole('button', { name: /account/i })
      .first()
      .click();
    await page.getByRole('button', { name: 'Continue with Google' }).click();
    await page.getByText('This is not Google').waitFor();
    if (javaScriptEnabled) await auditAxe(page);
    await page.getByRole('button', { name: person }).click();
    await page.waitForURL((url) => url.pathname === event);
    await page.getByRole('button', { name: new RegExp(person) }).waitFor();

    await page.locator('main form button').first().click();
    await page.waitForURL(
      (url) => url.pathname.startsWith('/bookings/') || url.searchParams.has('booked') || url.pathname === '/booked',
    );
    assert.deepEqual(blocked, []);
  });
}
