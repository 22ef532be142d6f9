import assert from 'node:assert/strict';
import { test } from 'node:test';
import { freePort } from '@samaya/platform/test-port.ts';
import { openBrowser } from './browser.ts';
import { createVisitor, textOf } from './page-visitor.ts';
import { startBooking, startCrm } from './processes.ts';
import { PASSWORD, startTwoApps } from './two-apps.ts';

const MAYA = { email: 'maya.lind@studio.example', password: PASSWORD };
const ANA = { email: 'ana@studio.example', password: PASSWORD };

const { booking, crm, databases } = await startTwoApps();
const browser = await openBrowser();

for (const javaScriptEnabled of [true, false]) {
  const how = javaScriptEnabled ? 'with' : 'without';
  test(`a facilitator signs in at booking, is known in CRM, and signs out, ${how} JavaScript`, async (t) => {
    const context = await browser.newContext({ javaScriptEnabled });
    t.after(() => context.close());
    context.setDefaultTimeout(30_000);
    const page = await context.newPage();
    const blocked: string[] = [];
    page.on('console', (message) => message.type() === 'error' && blocked.push(message.text()));

    await page.goto(booking.url);
    await page.getByRole('link', { name: 'Sign in' }).click();
    await page.getByLabel('E-mail').fill(MAYA.email);
    await page.getByLabel('Password').fill(MAYA.password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('button', { name: 'Maya Lind' }).click();
    await page.getByRole('link', { name: 'CRM' }).click();
    await page.getByText('Signed in as Maya Lind (facilitator)').waitFor();
    assert.equal(new URL(page.url()).origin, crm.url);

    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'You are signed out of CRM' }).waitFor();
    await page.getByRole('link', { name: 'sign out there too' }).click();
    await page.getByRole('main').getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('link', { name: 'Sign in' }).waitFor();
    assert.deepEqual(
      await context.cookies().then((all) => all.filter((cookie) => /^samaya_(booking|crm)$/.test(cookie.name))),
      [],
    );
    assert.deepEqual(blocked, []);
  });

  test(`who comes to CRM first signs in on the way, ${how} JavaScript`, async (t) => {
    const context = await browser.newContext({ javaScriptEnabled });
    t.after(() => context.close());
    context.setDefaultTimeout(30_000);
    const page = await context.newPage();
    await page.goto(crm.url);
    await page.getByRole('heading', { name: 'Sign in to CRM' }).waitFor();
    assert.equal(new URL(page.url()).origin, booking.url);
    await page.getByLabel('E-mail').fill(MAYA.email);
    await page.getByLabel('Password').fill('not the password');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('alert').getByText('do not belong together').waitFor();
    assert.equal(await page.getByLabel('E-mail').inputValue(), MAYA.email);
    await page.getByLabel('Password').fill(MAYA.password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    // The form's page must allow the redirects that end at the other application.
    await page.getByText('Signed in as Maya Lind (facilitator)').waitFor();
  });
}

test('who is signed in at booking is not asked again, and CRM keeps a sign-in of its own', async () => {
  const maya = createVisitor();
  await maya.post(`${booking.url}/sign-in`, MAYA);
  const page = await maya.get(crm.url);
  assert.equal(page.status, 200);
  assert.match(page.html, /Signed in as Maya Lind \(facilitator\)/);
  const cookies = maya.cookiesFor(crm.url);
  assert.ok(cookies.get('samaya_booking'));
  assert.ok(cookies.get('samaya_crm'));
  assert.notEqual(cookies.get('samaya_crm'), cookies.get('samaya_booking'));
  assert.match(page.headers.get('cache-control') ?? '', /private/);
});

test('somebody who is no facilitator is told so with 403 and may sign in as somebody else', async () => {
  const ana = createVisitor();
  await ana.post(`${booking.url}/sign-in`, ANA);
  const refused = await ana.get(crm.url);
  assert.equal(refused.status, 403);
  assert.match(textOf(refused.html), /CRM is for facilitators/);
  assert.equal(ana.cookiesFor(crm.url).get('samaya_crm'), undefined);

  const asked = await ana.get(`${crm.url}/sign-in?as=other`);
  assert.match(textOf(asked.html), /Sign in to CRM/);
  const page = await ana.post(asked.url, MAYA);
  assert.match(page.html, /Signed in as Maya Lind/);
});

test('"Sign in" above that page leads to itself, and so still to CRM', async () => {
  const maya = createVisitor();
  const asked = await maya.get(crm.url);
  const links = [...asked.html.matchAll(/<a href="([^"]*)" aria-current="page"/g)].map(([, href = '']) => href);
  assert.equal(links.length, 2);
  for (const href of links) {
    const again = await maya.get(`${booking.url}${href.replaceAll('&amp;', '&')}`);
    assert.match(textOf(again.html), /Sign in to CRM/);
  }
});

test('signing out of CRM ends the sign-in itself, not only the cookie', async () => {
  const maya = createVisitor();
  await maya.post(`${booking.url}/sign-in`, MAYA);
  await maya.get(crm.url);
  const cookie = `samaya_crm=${maya.cookiesFor(crm.url).get('samaya_crm')}`;
  const before = await fetch(crm.url, { headers: { cookie }, redirect: 'manual' });
  assert.equal(before.status, 200);
  await maya.post(`${crm.url}/sign-out`);
  const after = await fetch(crm.url, { headers: { cookie }, redirect: 'manual' });
  assert.equal(after.status, 303);
  assert.equal(after.headers.get('location'), '/sign-in');
});

test('a sign-in cannot be finished in another browser than it began in', async () => {
  const attacker = createVisitor();
  const begun = await attacker.get(crm.url);
  const victim = createVisitor();
  const refused = await victim.post(begun.url, MAYA);
  assert.equal(refused.status, 410);
  assert.match(textOf(refused.html), /This sign-in has ended.*Start again at CRM/);
  const gone = await attacker.get(crm.url);
  assert.match(textOf(gone.html), /Sign in to CRM/);
});

test('a sign-in that began at one process of booking is finished at another', async () => {
  const second = await startBooking({
    database: databases.booking,
    otherUrl: crm.url,
    environment: { BOOKING_URL: booking.url },
  });
  const maya = createVisitor();
  const asked = await maya.get(crm.url);
  const there = asked.url.replace(booking.url, second.url);
  const page = await maya.post(there, MAYA, { origin: booking.url });
  assert.ok(page.way.some((url) => url.startsWith(`${second.url}/oidc/auth/`)));
  assert.match(page.html, /Signed in as Maya Lind/);
});

test('a code works once, in the browser that asked for it', async () => {
  const maya = createVisitor();
  const asked = await maya.get(crm.url);
  const { way } = await maya.post(asked.url, MAYA);
  const callback = way.find((url) => url.startsWith(`${crm.url}/sign-in/callback`)) ?? '';
  for (const visitor of [createVisitor(), createVisitor()]) {
    const page = await visitor.get(callback);
    assert.equal(page.status, 410);
    assert.match(textOf(page.html), /This sign-in has ended.*Sign in again/);
  }
  const again = await maya.get(callback);
  assert.match(again.html, /Signed in as Maya Lind/);
});

test('a callback with made-up, foreign or missing parameters is a page with a way out', async () => {
  for (const query of ['', '?code=x', '?code=x&state=y', '?error=access_denied&state=y', '?state=%00&code=%ff']) {
    const visitor = createVisitor();
    await visitor.get(crm.url);
    const page = await visitor.get(`${crm.url}/sign-in/callback${query}`);
    assert.equal(page.status, 410, query);
    assert.match(textOf(page.html), /Sign in again/, query);
  }
});

test('with booking away CRM says so with 503, and works again when booking is back', async () => {
  const port = await freePort();
  const alone = await startCrm({ database: databases.crm, otherUrl: `http://localhost:${port}` });
  const page = await createVisitor().get(alone.url);
  assert.equal(page.status, 503);
  assert.equal(page.headers.get('retry-after'), '5');
  assert.match(textOf(page.html), /Try again in a moment.*does not answer/);
  await startBooking({ database: databases.booking, port, otherUrl: alone.url });
  assert.match(textOf((await createVisitor().get(alone.url)).html), /Sign in to CRM/);
});

test("booking's provider refuses a request without PKCE, a wrong redirect and an unknown client, readably", async () => {
  const good = {
    client_id: 'crm',
    response_type: 'code',
    scope: 'openid',
    redirect_uri: `${crm.url}/sign-in/callback`,
    code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
    code_challenge_method: 'S256',
  };
  const ask = (parameters: Record<string, string>) =>
    fetch(`${booking.url}/oidc/auth?${new URLSearchParams(parameters)}`, {
      redirect: 'manual',
      headers: { accept: 'text/html' },
    });
  assert.match((await ask(good)).headers.get('location') ?? '', /^\/sign-in\?interaction=/);
  const { code_challenge: _challenge, ...unprotected } = good;
  assert.match((await ask(unprotected)).headers.get('location') ?? '', /error=invalid_request/);
  for (const wrong of [{ redirect_uri: 'https://evil.example/' }, { client_id: 'stranger' }]) {
    const refused = await ask({ ...good, ...wrong });
    assert.equal(refused.status, 400);
    assert.match(await refused.text(), /This sign-in cannot go on[\s\S]*Start again/);
  }
});
