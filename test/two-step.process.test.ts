import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TOTP } from 'otpauth';
import { rowsOf } from './both-databases.ts';
import { openBrowser } from './browser.ts';
import { mailedLink } from './mailbox.ts';
import { auditAxe, auditReflow, watchRequests } from './page-audit.ts';
import { createVisitor, textOf, type Visitor } from './page-visitor.ts';
import { PASSWORD, startTwoApps } from './two-apps.ts';

const { booking, crm, databases } = await startTwoApps();
const { ownerUrl } = databases.booking;
const browser = await openBrowser();
const HALF_MINUTE = 30_000;
const ANA = { email: 'ana@studio.example', password: PASSWORD };
const MAYA = { email: 'maya.lind@studio.example', password: PASSWORD };

const codeOf = (key: string, stepsLater = 0) =>
  new TOTP({ secret: key }).generate({ timestamp: Date.now() + stepsLater * HALF_MINUTE });
const at = (path: string) => `${booking.url}${path}`;
const pathOf = (url: string) => new URL(url).pathname + new URL(url).search;
const keyIn = (html: string) => /<code[^>]*>((?:[A-Z2-7]{4} ?){8})<\/code>/.exec(html)?.[1]?.replaceAll(' ', '') ?? '';
const codesIn = (html: string) => html.match(/\b(?:[0-9a-z]{6}-){3}[0-9a-z]{6}\b/g) ?? [];

/**
 * Signs in and switches it on, with the code of this half minute: that of the next one, which is taken as well, is left.
 * However slow a test is, either is good for half a minute at least.
 */
async function setUp(visitor: Visitor, credentials: typeof ANA) {
  await visitor.post(at('/sign-in'), credentials);
  const page = await visitor.post(at('/account/two-step?/begin'), { password: credentials.password });
  assert.equal(pathOf(page.url), '/account/two-step/set-up');
  const key = keyIn(page.html);
  assert.equal(key.length, 32);
  const done = await visitor.post(page.url, { code: codeOf(key) });
  const codes = [...new Set(codesIn(textOf(done.html)))];
  assert.equal(codes.length, 10, textOf(done.html));
  return { key, codes, done };
}

async function switchOffInDatabase() {
  await rowsOf(ownerUrl, 'update users set two_step_secret = null, two_step_since = null, two_step_last = null');
}

test('without a script: set up, sign in by code or recovery code on the way somewhere, switch off', async () => {
  const ana = createVisitor();
  await ana.post(at('/sign-in'), ANA);
  const wrong = await ana.post(at('/account/two-step?/begin'), { password: 'not the password' });
  assert.equal(wrong.status, 401);
  assert.match(textOf(wrong.html), /This is not your password/);
  assert.equal(pathOf((await ana.get(at('/account/two-step/set-up'))).url), '/account/two-step');

  const { key, codes, done } = await setUp(ana, ANA);
  assert.equal(done.headers.get('cache-control'), 'no-store');
  const next = codeOf(key, 1);
  assert.equal(pathOf((await ana.post(done.url, { code: next })).url), '/account/two-step');
  assert.match(textOf((await ana.get(at('/account/two-step'))).html), /On since .*10 recovery codes are left/);
  await mailedLink(ownerUrl, ANA.email, '/account');

  const again = createVisitor();
  const asked = await again.post(at('/sign-in?return_to=/bookings?a=b'), ANA);
  assert.equal(pathOf(asked.url), '/sign-in/code');
  assert.match(asked.html, /inputmode="numeric"/);
  assert.match(asked.html, /autocomplete="one-time-code"/);
  assert.equal(pathOf((await again.get(at('/account'))).url), '/sign-in?return_to=%2Faccount');
  const refused = await again.post(asked.url, { code: 'abc' });
  assert.equal(refused.status, 401);
  assert.match(textOf(refused.html), /This code is wrong or was used/);
  const entered = await again.post(asked.url, { code: next });
  assert.equal(pathOf(entered.url), '/bookings?a=b');
  assert.equal(pathOf((await again.get(asked.url)).url), '/');

  const third = createVisitor();
  await third.post(at('/sign-in'), ANA);
  assert.equal((await third.post(at('/sign-in/code'), { code: next })).status, 401);
  assert.equal(pathOf((await third.post(at('/sign-in/code'), { recovery: codes[0] ?? '' })).url), '/');
  assert.match(textOf((await third.get(at('/account/two-step'))).html), /9 recovery codes are left/);

  const change = { password: PASSWORD, code: codes[1] ?? '' };
  const renewed = await third.post(at('/account/two-step?/renew'), change);
  const fresh = [...new Set(codesIn(textOf(renewed.html)))];
  assert.equal(fresh.length, 10);
  assert.ok(fresh.every((code) => !codes.includes(code)));
  assert.equal((await third.post(at('/account/two-step?/off'), { ...change, code: codes[2] ?? '' })).status, 401);
  const off = await third.post(at('/account/two-step?/off'), { ...change, code: fresh[0] ?? '' });
  assert.match(textOf(off.html), /Two-step sign-in is off/);
  assert.equal(pathOf((await again.get(at('/account'))).url), '/sign-in?return_to=%2Faccount', 'signed out elsewhere');
  assert.equal(pathOf((await createVisitor().post(at('/sign-in'), ANA)).url), '/');
  for (const secret of [key, ...codes]) assert.ok(!booking.log().includes(secret));
});

test('a first step is good in the browser that did it, and not for ever', async () => {
  const ana = createVisitor();
  const { key } = await setUp(ana, ANA);
  const stranger = createVisitor();
  assert.equal(pathOf((await stranger.post(at('/sign-in/code'), { code: codeOf(key, 1) })).url), '/sign-in');
  const wrong = await stranger.post(at('/sign-in'), { ...ANA, password: 'not the password' });
  assert.deepEqual([wrong.status, pathOf(wrong.url)], [401, '/sign-in']);
  assert.equal(stranger.cookiesFor(booking.url).size, 0);
  const own = createVisitor();
  await own.post(at('/sign-in'), ANA);
  await rowsOf(ownerUrl, `update users set password = password || 'x' where email = '${ANA.email}'`);
  assert.equal(pathOf((await own.post(at('/sign-in/code'), { code: codeOf(key, 1) })).url), '/sign-in');
  await rowsOf(ownerUrl, `update users set password = rtrim(password, 'x') where email = '${ANA.email}'`);
  await switchOffInDatabase();
});

for (const javaScriptEnabled of [true, false]) {
  test(`who came from CRM goes back there after the code, ${javaScriptEnabled ? 'with' : 'without'} JavaScript`, async (t) => {
    const { key } = await setUp(createVisitor(), MAYA);
    const context = await browser.newContext({ javaScriptEnabled });
    t.after(() => context.close());
    context.setDefaultTimeout(30_000);
    const page = await context.newPage();
    const blocked: string[] = [];
    page.on('console', (message) => message.type() === 'error' && blocked.push(message.text()));
    await page.goto(crm.url);
    await page.getByLabel('E-mail').fill(MAYA.email);
    await page.getByLabel('Password').fill(MAYA.password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { name: 'Enter your code' }).waitFor();
    await page.getByLabel('Code', { exact: true }).fill(codeOf(key, 1));
    await page.keyboard.press('Enter');
    await page.getByText('Signed in as Maya Lind (facilitator)').waitFor();
    assert.deepEqual(blocked, []);
    await switchOffInDatabase();
  });
}

test('CRM’s own API takes the code too', async () => {
  const { codes } = await setUp(createVisitor(), MAYA);
  const ask = async (more: object) => {
    const answer = await fetch(`${crm.url}/api/v1/sessions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...MAYA, ...more }),
    });
    return { status: answer.status, body: await answer.json() };
  };
  assert.deepEqual((await ask({})).body.code, 'second-factor-needed');
  assert.deepEqual((await ask({ code: '000' })).body.code, 'bad-code');
  assert.equal((await ask({ code: codes[0] })).status, 201);
  await switchOffInDatabase();
});

test('an admin switches it off for somebody who lost everything', async () => {
  await setUp(createVisitor(), ANA);
  const admin = createVisitor();
  await rowsOf(ownerUrl, `update users set is_admin = true where email = '${MAYA.email}'`);
  await admin.post(at('/sign-in'), MAYA);
  const [row] = await rowsOf(ownerUrl, `select id from users where email = '${ANA.email}'`);
  const person = at(`/admin/people/${row?.id}`);
  assert.match(textOf((await admin.get(person)).html), /Switch two-step sign-in off/);
  const done = await admin.post(`${person}?/release`);
  assert.match(textOf(done.html), /Two-step sign-in is off, and everywhere signed out/);
  assert.doesNotMatch(textOf(done.html), /Switch two-step sign-in off/);
  assert.equal(pathOf((await createVisitor().post(at('/sign-in'), ANA)).url), '/');
  await rowsOf(ownerUrl, `update users set is_admin = false where email = '${MAYA.email}'`);
});

test('the pages are accessible in light and dark, narrow and by keyboard, and load nothing from elsewhere', async (t) => {
  const context = await browser.newContext();
  t.after(() => context.close());
  context.setDefaultTimeout(30_000);
  const page = await context.newPage();
  const watched = watchRequests(page, [booking.url]);
  const audit = async () => {
    await auditAxe(page);
    await auditReflow(page);
  };
  await page.goto(at('/sign-in'));
  await page.getByLabel('E-mail').fill(ANA.email);
  await page.getByLabel('Password').fill(ANA.password);
  await page.keyboard.press('Enter');
  await page.waitForURL(at('/'));
  await page.goto(at('/account'));
  await page.getByRole('link', { name: 'Two-step sign-in' }).click();
  await page.getByRole('heading', { name: 'Two-step sign-in' }).waitFor();
  await audit();
  await page.getByLabel('Your password').fill(ANA.password);
  await page.keyboard.press('Enter');
  await page.getByRole('img', { name: 'A QR code' }).waitFor();
  await audit();
  const key = keyIn(await page.content());
  await page.getByLabel('Code', { exact: true }).fill('1');
  await page.keyboard.press('Enter');
  await page.getByRole('alert').waitFor();
  assert.equal(keyIn(await page.content()), key, 'the key stays while it is not confirmed');
  await audit();
  await page.getByLabel('Code', { exact: true }).fill(codeOf(key));
  await page.keyboard.press('Enter');
  await page.getByRole('list', { name: 'Recovery codes' }).waitFor();
  await audit();
  const [saved] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Save them as a file' }).click(),
  ]);
  assert.equal(saved.suggestedFilename(), 'recovery-codes.txt');
  await page.getByRole('link', { name: 'I have kept them' }).click();
  await page.getByText('On since').waitFor();
  await audit();
  await context.clearCookies();
  await page.goto(at('/sign-in'));
  await page.getByLabel('E-mail').fill(ANA.email);
  await page.getByLabel('Password').fill(ANA.password);
  await page.keyboard.press('Enter');
  await page.getByText('No app at hand?').click();
  await audit();
  await page.getByLabel('Recovery code').fill('not one of them');
  await page.keyboard.press('Enter');
  await page.getByRole('alert').getByRole('link').click();
  await page.getByLabel('Recovery code').and(page.locator(':focus')).waitFor();
  assert.deepEqual(watched.foreign, []);
  // That which asks for passkeys.
  assert.ok((await watched.scriptBytes()) < 1024);
  // What Chromium writes of an answer of 401 or 422.
  assert.deepEqual(
    watched.complaints.filter((words) => !/status of (401|422)/.test(words)),
    [],
  );
  await switchOffInDatabase();
});
