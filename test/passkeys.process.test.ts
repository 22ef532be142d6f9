import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { CDPSession, Page } from 'playwright-core';
import { rowsOf } from './both-databases.ts';
import { openBrowser } from './browser.ts';
import { mailedLink } from './mailbox.ts';
import { auditAxe, auditReflow, watchRequests } from './page-audit.ts';
import { createVisitor, textOf } from './page-visitor.ts';
import { PASSWORD, startTwoApps } from './two-apps.ts';

const { booking, crm, databases } = await startTwoApps();
const { ownerUrl } = databases.booking;
const browser = await openBrowser();
const ANA = { email: 'ana@studio.example', password: PASSWORD };
const MAYA = { email: 'maya.lind@studio.example', password: PASSWORD };
const at = (path: string) => `${booking.url}${path}`;

interface Device {
  page: Page;
  /** Passkeys that the device holds. */
  held(): Promise<{ credentialId: string; userHandle?: string; signCount: number }[]>;
  /** Gives it another device's passkey, as a copy. */
  cdp: CDPSession;
  authenticatorId: string;
}

/** A browser with an authenticator that always finds its owner there. */
async function openDevice(t: TestContext): Promise<Device> {
  const context = await browser.newContext();
  t.after(() => context.close());
  context.setDefaultTimeout(30_000);
  const page = await context.newPage();
  const cdp = await context.newCDPSession(page);
  await cdp.send('WebAuthn.enable');
  const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  return {
    page,
    cdp,
    authenticatorId,
    held: async () => (await cdp.send('WebAuthn.getCredentials', { authenticatorId })).credentials,
  };
}

async function signInByPassword(page: Page, { email, password }: typeof ANA) {
  await page.goto(at('/sign-in'));
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL(at('/'));
}

async function addPasskey(page: Page, name: string) {
  await page.goto(at('/account/passkeys'));
  await page.getByLabel('Its name').fill(name);
  if (await page.getByLabel('Your password').isVisible()) await page.getByLabel('Your password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Add a passkey' }).click();
  await page.getByText('Your passkey is added').waitFor();
}

async function useAt(page: Page, path: string) {
  await page.goto(at(path));
  await page.getByRole('button', { name: 'Use a passkey' }).click();
}

const forgetEverything = async () => {
  await rowsOf(ownerUrl, 'delete from passkeys');
  await rowsOf(ownerUrl, 'update users set passkey_handle = null');
};

test('a passkey is added, signs in on the way somewhere and to CRM, and once removed opens nothing', async (t) => {
  const { page, held } = await openDevice(t);
  const watched = watchRequests(page, [booking.url, crm.url]);
  await signInByPassword(page, MAYA);
  await page.goto(at('/account/passkeys'));
  await auditAxe(page);
  await auditReflow(page);
  await page.getByLabel('Your password').fill('not the password');
  await page.getByRole('button', { name: 'Add a passkey' }).click();
  await page.getByRole('alert').getByText('This is not your password').waitFor();
  assert.deepEqual(await held(), []);
  await addPasskey(page, 'Maya’s <b>phone');
  await auditAxe(page);
  await mailedLink(ownerUrl, MAYA.email, '/account');
  const [credential] = await held();
  const [user] = await rowsOf(ownerUrl, `select id, passkey_handle from users where email = '${MAYA.email}'`);
  const handle = Buffer.from(user?.passkey_handle as Buffer);
  assert.equal(credential?.userHandle, handle.toString('base64'));
  assert.equal(handle.length, 32);

  await page.context().clearCookies();
  await useAt(page, '/sign-in?return_to=%2Fbookings');
  await page.waitForURL(at('/bookings'));
  await page.context().clearCookies();
  await page.goto(crm.url);
  await page.getByRole('heading', { name: 'Sign in to CRM' }).waitFor();
  await auditAxe(page);
  await page.getByRole('button', { name: 'Use a passkey' }).click();
  await page.getByText('Signed in as Maya Lind (facilitator)').waitFor();

  await page.goto(at('/account/passkeys'));
  await page.getByText(/added .*, used /).waitFor();
  await page.getByRole('link', { name: 'Change Maya’s <b>phone' }).click();
  await auditAxe(page);
  await auditReflow(page);
  await page.getByLabel('Your password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Remove it' }).click();
  await page.getByText('The passkey is removed').waitFor();
  await page.context().clearCookies();
  await useAt(page, '/sign-in');
  await page.getByRole('alert').getByText('did not work here').waitFor();
  assert.equal(new URL(page.url()).pathname, '/sign-in/passkey');
  await auditAxe(page);
  assert.deepEqual(watched.foreign, []);
  // What Chromium writes of answers of 401 and 422.
  assert.deepEqual(
    watched.complaints.filter((words) => !/status of (401|422)/.test(words)),
    [],
  );
});

test('with a passkey no code is asked for', async (t) => {
  const { page } = await openDevice(t);
  await signInByPassword(page, ANA);
  await addPasskey(page, 'Laptop');
  await rowsOf(
    ownerUrl,
    `update users set two_step_secret = 'x', two_step_since = now(), two_step_last = 0 where email = '${ANA.email}'`,
  );
  await page.context().clearCookies();
  await useAt(page, '/sign-in?return_to=%2Faccount');
  await page.getByRole('heading', { name: 'Your account' }).waitFor();
  await rowsOf(ownerUrl, 'update users set two_step_secret = null, two_step_since = null, two_step_last = null');
  await forgetEverything();
});

test('a person signs up with a passkey, confirms, signs in with it, and cannot remove the only way in', async (t) => {
  const { page, held } = await openDevice(t);
  await page.goto(at('/sign-up?return_to=%2Fevents'));
  await page.getByRole('link', { name: 'Use a passkey instead' }).click();
  await auditAxe(page);
  await auditReflow(page);
  await page.getByRole('button', { name: 'Go on with a passkey' }).click();
  await page.getByRole('alert').getByText('Your name is needed').waitFor();
  assert.deepEqual(await held(), []);
  await page.getByLabel('Name').fill('Pia Sol');
  await page.getByLabel('E-mail').fill('pia@studio.example');
  await page.getByRole('button', { name: 'Go on with a passkey' }).click();
  await page.getByText('Look into your mail').first().waitFor();
  const [row] = await rowsOf(ownerUrl, `select password, proven_at from users where email = 'pia@studio.example'`);
  assert.deepEqual(row, { password: '!', proven_at: null });

  await useAt(page, '/sign-in?return_to=%2Faccount');
  await page.getByText('Confirm your address').first().waitFor();
  await page.context().clearCookies();
  await useAt(page, '/sign-in?return_to=%2Faccount');
  await page.getByText('Confirm your address').first().waitFor();
  await page.goto(await mailedLink(ownerUrl, 'pia@studio.example', '/confirm/'));
  await page.getByRole('button', { name: 'Confirm my address' }).click();
  await page.getByText('Your address is confirmed').waitFor();

  await page.goto(at('/account/passkeys'));
  await page.getByRole('link', { name: /^Change / }).click();
  await page.getByRole('button', { name: 'Remove it' }).click();
  await page.getByRole('alert').getByText('your only way to sign in').waitFor();
  await rowsOf(ownerUrl, `update sign_ins set created_at = now() - interval '11 minutes'`);
  await page.getByRole('button', { name: 'Remove it' }).click();
  await page.getByRole('alert').getByText('Sign out and in again').waitFor();
  await forgetEverything();
});

test('signing up with a passkey at an address that is known changes nothing, and looks the same', async (t) => {
  const { page } = await openDevice(t);
  await page.goto(at('/sign-up/passkey'));
  await page.getByLabel('Name').fill('Eve');
  await page.getByLabel('E-mail').fill(ANA.email);
  await page.getByRole('button', { name: 'Go on with a passkey' }).click();
  await page.getByText('Look into your mail').first().waitFor();
  assert.deepEqual(await rowsOf(ownerUrl, 'select 1 from passkeys'), []);
  await useAt(page, '/sign-in');
  await page.getByRole('alert').getByText('did not work here').waitFor();
  await mailedLink(ownerUrl, ANA.email, '/sign-in');
});

test('an answer is good once, in the browser that was asked, and its passkey for its own person', async (t) => {
  const { page } = await openDevice(t);
  await signInByPassword(page, ANA);
  await addPasskey(page, 'Laptop');
  await page.context().clearCookies();
  // The form is held back, and what it would have sent is sent by others.
  const { promise: held, resolve: hold } = Promise.withResolvers<{ body: string; cookie: string }>();
  await page.route('**/sign-in/passkey', async (route) => {
    const request = route.request();
    if (!/credential=%7B/.test(request.postData() ?? '')) return await route.continue();
    hold({ body: request.postData() ?? '', cookie: (await request.allHeaders()).cookie ?? '' });
    await route.abort();
  });
  await useAt(page, '/sign-in');
  const { body, cookie } = await held;
  const send = async (headers: Record<string, string>) =>
    await fetch(at('/sign-in/passkey'), {
      method: 'POST',
      redirect: 'manual',
      headers: {
        accept: 'text/html',
        'content-type': 'application/x-www-form-urlencoded',
        origin: booking.url,
        'sec-fetch-site': 'same-origin',
        ...headers,
      },
      body,
    });
  assert.equal((await send({})).status, 401, 'without the cookie of the question');
  const tries = await Promise.all(Array.from({ length: 10 }, () => send({ cookie })));
  assert.deepEqual(tries.map(({ status }) => status).sort(), [303, ...Array.from({ length: 9 }, () => 401)]);
  await rowsOf(ownerUrl, 'delete from answered_challenges');
  assert.equal((await send({ cookie })).status, 401, 'the authenticator counts: a copy of what it said is no news');
  await forgetEverything();
});

test('without a script its owner gives a passkey another name; somebody else’s is not there', async (t) => {
  const { page } = await openDevice(t);
  await signInByPassword(page, ANA);
  await addPasskey(page, 'Laptop');
  const [row] = await rowsOf(ownerUrl, 'select id from passkeys');
  const path = at(`/account/passkeys/${row?.id}`);
  const ana = createVisitor();
  await ana.post(at('/sign-in'), ANA);
  for (const name of ['', '   ', 'a'.repeat(61), 'two\nlines']) {
    const refused = await ana.post(`${path}?/rename`, { name });
    assert.equal(refused.status, 422, name);
    assert.match(textOf(refused.html), /Give it a name of 60 characters at most/, name);
  }
  // The longest there is, of characters that are two in JavaScript, stays in the field after another fault.
  const longest = '🌿'.repeat(60);
  assert.match((await ana.post(`${path}?/rename`, { name: `${longest}🌿` })).html, new RegExp(`value="${longest}🌿"`));
  const renamed = await ana.post(`${path}?/rename`, { name: ` ${longest} ` });
  assert.match(textOf(renamed.html), /The name is saved/);
  assert.deepEqual(await rowsOf(ownerUrl, 'select name from passkeys'), [{ name: longest }]);

  const maya = createVisitor();
  await maya.post(at('/sign-in'), MAYA);
  for (const elsewhere of [path, at('/account/passkeys/0'), at('/account/passkeys/x')]) {
    assert.equal((await maya.get(elsewhere)).status, 404, elsewhere);
    assert.equal((await maya.post(`${elsewhere}?/rename`, { name: 'Mine' })).status, 404, elsewhere);
  }
  assert.deepEqual(await rowsOf(ownerUrl, 'select name from passkeys'), [{ name: longest }]);
  await forgetEverything();
});

test('without a script the pages say why there is no button, and nothing else is lost', async (t) => {
  const context = await browser.newContext({ javaScriptEnabled: false });
  t.after(() => context.close());
  const page = await context.newPage();
  for (const path of ['/sign-in', '/sign-in/passkey', '/sign-up/passkey']) {
    await page.goto(at(path));
    await page.getByText('needs JavaScript').waitFor();
    assert.equal(await page.getByRole('button', { name: /passkey/ }).count(), 0, path);
  }
  const visitor = createVisitor();
  const refused = await visitor.post(at('/sign-up/passkey'), { name: 'Kim', email: 'kim@studio.example' });
  assert.equal(refused.status, 422);
  assert.match(textOf(refused.html), /This passkey did not work here/);
  assert.deepEqual(await rowsOf(ownerUrl, `select 1 from users where email = 'kim@studio.example'`), []);
});
