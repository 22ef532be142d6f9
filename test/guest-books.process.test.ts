import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTestDatabase } from '@samaya/platform/test-database.ts';
import type { Page } from 'playwright-core';
import { createPasswords } from '../apps/booking/src/server/accounts/passwords.ts';
import { buildPages } from '../scripts/build.ts';
import { rowsOf } from './both-databases.ts';
import { openBrowser } from './browser.ts';
import { mailedLink } from './mailbox.ts';
import { auditAxe, auditReflow, watchRequests } from './page-audit.ts';
import { startBooking } from './processes.ts';
import { PASSWORD } from './two-apps.ts';

await buildPages({ write: () => undefined });
const database = await createTestDatabase('booking');
const { ownerUrl } = database;
const site = await startBooking({ database });
const browser = await openBrowser();
await rowsOf(ownerUrl, `insert into facilitators (name, email) values ('Maya Lind', 'maya@studio.example')`);
const hash = await createPasswords().hash(PASSWORD);
await rowsOf(
  ownerUrl,
  `insert into users (name, email, password, proven_at) values ('Ana Costa', 'ana@studio.example', '${hash}', now());
   update studio set terms = E'Cancel a day before, please.\\n\\nBring socks.'`,
);

/** Adds an event in nine days; answers its id. */
async function plan(title: string, { places = 5, price = 25 } = {}) {
  const [row] = await rowsOf(
    ownerUrl,
    `insert into events (title, description, event_type, date_time, duration, max_participants, price, facilitator_id,
       place, time_zone)
     select '${title}', 'Bring a blanket.', 'session', now() + interval '9 days', 75, ${places}, ${price}, id,
       'Sala do Rio', 'Europe/Lisbon'
     from facilitators returning id`,
  );
  return Number(row?.id);
}

async function openPage({ javaScriptEnabled = true, width = 390, timezoneId = 'Europe/Lisbon' } = {}) {
  const context = await browser.newContext({ javaScriptEnabled, timezoneId, viewport: { width, height: 844 } });
  context.setDefaultTimeout(30_000);
  const page = await context.newPage();
  return { page, context, watched: watchRequests(page, [site.url]) };
}

/** What every page here keeps: no rule of axe broken, nothing sticks out of a narrow window. */
async function audit(page: Page) {
  await auditAxe(page);
  await auditReflow(page);
}

async function bookingsAt(eventId: number) {
  return await rowsOf(
    ownerUrl,
    `select u.name, u.email, u.password = '!' as guest, u.proven_at is not null as proven, b.seats, b.status
     from bookings b join users u on u.id = b.user_id where b.event_id = ${eventId} order by b.id`,
  );
}

test('a guest books on a phone in two clicks and two fields, and claims the booking by the mail', async (t) => {
  const eventId = await plan('Yin by candlelight');
  const { page, context, watched } = await openPage();
  t.after(() => context.close());
  await page.goto(site.url);
  let clicks = 0;
  const click = async (name: string | RegExp, role: 'link' | 'button') => {
    clicks++;
    await page.getByRole(role, { name }).first().click();
  };
  await click('Yin by candlelight', 'link');
  await page.getByRole('heading', { level: 1, name: 'Yin by candlelight' }).waitFor();
  await audit(page);
  await page.getByLabel('Name').fill('Gus Vega');
  await page.getByLabel('E-mail').fill('gus@example.org');
  await click('Book 1 place · €25', 'button');
  await page.getByRole('heading', { level: 1, name: 'Your place is booked' }).waitFor();
  assert.equal(clicks, 2);
  await page.getByText('gus@example.org').waitFor();
  await audit(page);
  assert.deepEqual(await bookingsAt(eventId), [
    { name: 'Gus Vega', email: 'gus@example.org', guest: true, proven: false, seats: 1, status: 'confirmed' },
  ]);

  await page.goto(await mailedLink(ownerUrl, 'gus@example.org', '/b/'));
  await page.getByText('Your place is kept. See you there.').waitFor();
  await audit(page);
  await page.getByLabel('New password').fill('too short');
  await page.getByRole('button', { name: 'Keep my bookings' }).click();
  await page.getByRole('alert').getByText('A password has 10 characters at least.').waitFor();
  await page.getByLabel('New password').fill('quiet mornings');
  await page.getByRole('button', { name: 'Keep my bookings' }).click();
  await page.getByText('Your bookings are kept').waitFor();
  await audit(page);
  await page.getByRole('link', { name: 'My bookings' }).last().click();
  await page.waitForURL(/\/bookings$/);
  await page.getByRole('link', { name: 'Yin by candlelight' }).waitFor();
  await audit(page);
  const [claimed] = await bookingsAt(eventId);
  assert.deepEqual([claimed?.guest, claimed?.proven], [false, true]);
  // A page that says no with its status is no fault.
  const complaints = watched.complaints.filter((text) => !/status of 4/.test(text));
  assert.deepEqual([watched.foreign, complaints], [[], []]);
  assert.ok(
    (await watched.scriptBytes()) < 1000,
    'the viewer’s own time and the focus on wide windows are all the script there is',
  );
});

test('a guest cancels by the link in the mail, after reading what it means, and books again', async (t) => {
  const eventId = await plan('Slow morning');
  const { page, context } = await openPage({ width: 1280, timezoneId: 'Europe/Berlin' });
  t.after(() => context.close());
  await page.goto(`${site.url}/e/${eventId}`);
  assert.equal(await page.evaluate('document.activeElement.name'), 'name', 'the first field has the focus');
  await page.keyboard.type('Ida Ek');
  await page.keyboard.press('Tab');
  await page.keyboard.type('ida@example.org');
  await page.getByLabel('Places').selectOption('2');
  await page.getByRole('button', { name: 'Book 2 places · €50' }).waitFor();
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: 'Your place is booked' }).waitFor();
  await page.goto(await mailedLink(ownerUrl, 'ida@example.org', '/b/'));
  await page.getByText(/\d\d:\d\d your time$/).waitFor();
  await page.getByRole('link', { name: 'Cancel booking' }).click();
  await page.getByText('there are €50 less to pay').waitFor();
  await page.getByText('Cancel a day before, please.').waitFor();
  await page.getByText('You can cancel until it starts').waitFor();
  await audit(page);
  await page.getByRole('button', { name: 'Cancel my booking' }).click();
  await page.getByText('Your place is free for somebody else.').waitFor();
  await audit(page);
  await page.getByRole('link', { name: 'Book again' }).click();
  assert.equal(await page.getByLabel('Places').inputValue(), '2');
  await page.getByLabel('Name').fill('Ida Ek');
  await page.getByLabel('E-mail').fill('ida@example.org');
  await page.getByRole('button', { name: /^Book 2 places/ }).click();
  await page.getByRole('heading', { level: 1, name: 'Your place is booked' }).waitFor();
  const statuses = (await bookingsAt(eventId)).map(({ status }) => status);
  assert.deepEqual(statuses, ['cancelled', 'confirmed']);
});

for (const javaScriptEnabled of [true, false]) {
  const how = javaScriptEnabled ? 'with JavaScript' : 'without JavaScript';

  test(`a person signs up, proves the address, books and cancels, ${how}`, async (t) => {
    const email = `lea-${javaScriptEnabled}@example.org`;
    const title = `Breath ${how}`;
    const eventId = await plan(title, { price: 0 });
    const { page, context } = await openPage({ javaScriptEnabled });
    t.after(() => context.close());
    await page.goto(`${site.url}/sign-up`);
    await page.getByLabel('Name').fill('Lea Brandt');
    await page.getByLabel('E-mail').fill(email);
    await page.getByLabel('Password').fill('quiet mornings');
    await page.getByRole('button', { name: 'Make an account' }).click();
    await page.getByText(email).waitFor();
    await page.getByRole('link', { name: 'Open the local mailbox' }).waitFor();
    if (javaScriptEnabled) await audit(page);
    await mailedLink(ownerUrl, email, '/confirm/');
    await page.getByRole('button', { name: 'Send it again' }).click();
    await page.getByText('Only the link in the newest mail works.').waitFor();
    const link = await mailedLink(ownerUrl, email, '/confirm/', 2);

    await page.goto(link);
    await page.getByText('Then confirm it, and you are signed in.').waitFor();
    if (javaScriptEnabled) await audit(page);
    await page.getByRole('button', { name: 'Confirm my address' }).click();
    await page.getByText('Your address is confirmed').waitFor();
    await page.goto(link);
    await page.getByText('was confirmed with this link before').waitFor();

    await page.goto(site.url);
    await page.getByRole('link', { name: title }).first().click();
    await page.getByRole('button', { name: 'Book 1 place · Free' }).click();
    await page.getByText('Confirmed').waitFor();
    await page.getByRole('link', { name: 'Cancel booking' }).click();
    await page.getByText('It costs you nothing.').waitFor();
    await page.getByRole('button', { name: 'Cancel my booking' }).click();
    await page.getByText('Your place is free for somebody else.').waitFor();
    assert.deepEqual(
      (await bookingsAt(eventId)).map(({ status, proven }) => [status, proven]),
      [['cancelled', true]],
    );
  });
}

test('a forgotten password is chosen anew by mail, in another browser too, and once', async (t) => {
  const { page, context } = await openPage({ width: 1280 });
  t.after(() => context.close());
  await page.goto(`${site.url}/sign-in`);
  await audit(page);
  await page.getByRole('link', { name: 'Forgotten your password?' }).click();
  await page.getByLabel('E-mail').fill('ana');
  await page.getByRole('button', { name: 'Send me the link' }).click();
  await page.getByRole('alert').getByText('Write an address such as').waitFor();
  await audit(page);
  await page.getByLabel('E-mail').fill('ana@studio.example');
  await page.getByRole('button', { name: 'Send me the link' }).click();
  await page.getByText('a mail with a link is on its way').waitFor();
  await audit(page);
  const link = await mailedLink(ownerUrl, 'ana@studio.example', '/reset/');
  const other = await openPage({ javaScriptEnabled: false });
  t.after(() => other.context.close());
  await other.page.goto(link);
  await other.page.getByLabel('New password').fill('even quieter mornings');
  await other.page.getByRole('button', { name: 'Save and sign in' }).click();
  await other.page.getByText('Your new password is saved').waitFor();
  await page.goto(link);
  await page.getByRole('heading', { name: 'This link has ended' }).waitFor();
  await audit(page);
});

test('the account, its end, and what each says are read by everybody', async (t) => {
  const { page, context } = await openPage({ width: 1280 });
  t.after(() => context.close());
  await rowsOf(
    ownerUrl,
    `insert into users (name, email, password) values ('Uma Noor', 'uma@studio.example', '${hash}')`,
  );
  await page.goto(`${site.url}/sign-in?return_to=/account`);
  await page.getByLabel('E-mail').fill('uma@studio.example');
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByText('uma@studio.example, not confirmed yet').waitFor();
  await audit(page);
  await page.goto(`${site.url}/bookings`);
  await page.getByText('Nothing ahead yet').waitFor();
  await audit(page);
  await page.getByRole('button', { name: 'Send it again' }).click();
  await page.getByText('We sent you a link to confirm your address.').waitFor();
  await page.goto(await mailedLink(ownerUrl, 'uma@studio.example', '/confirm/'));
  await page.getByText('You are signed in with it already').waitFor();
  await page.getByRole('button', { name: 'Confirm my address' }).click();
  await page.getByText('Your address is confirmed').waitFor();
  await audit(page);
  for (const name of [/^Password/, /^E-mail address/, /^Where you are signed in/, /^Download your data/]) {
    await page.getByRole('link', { name }).click();
    await page.getByRole('main').getByRole('link', { name: 'Your account' }).waitFor();
    await audit(page);
    await page.getByRole('main').getByRole('link', { name: 'Your account' }).click();
  }
  await page.goto(`${site.url}/account/address`);
  await page.getByLabel('New address').fill('none');
  await page.getByRole('button', { name: 'Send me the link' }).click();
  await page.getByRole('alert').getByText('Write an address such as').waitFor();
  await audit(page);
  await page.getByLabel('New address').fill('uma@home.example');
  await page.getByLabel('Current password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Send me the link' }).click();
  await page.getByText('A mail is on its way to').waitFor();
  await audit(page);
  await page.goto(await mailedLink(ownerUrl, 'uma@home.example', '/address/'));
  await page.getByRole('heading', { name: 'Use this address?' }).waitFor();
  await audit(page);
  await page.getByRole('button', { name: 'Use this address' }).click();
  await page.getByText('Your new address is yours').waitFor();
  await page.getByRole('link', { name: /^Delete your account/ }).click();
  await page.getByRole('heading', { name: 'Delete your account?' }).waitFor();
  await audit(page);
  await page.getByLabel('Password').fill('not the password');
  await page.getByRole('button', { name: 'Delete my account' }).click();
  await page.getByRole('alert').getByText('This is not your password.').waitFor();
  await audit(page);
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Delete my account' }).click();
  await page.getByRole('heading', { name: 'Your account is deleted' }).waitFor();
  await audit(page);
});
