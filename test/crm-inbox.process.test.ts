import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { book } from './book-over-http.ts';
import { rowsOf } from './both-databases.ts';
import { openBrowser } from './browser.ts';
import { createCrowd } from './crowd.ts';
import { createVisitor, textOf } from './page-visitor.ts';
import { startCrm } from './processes.ts';
import { sendTogether } from './send-together.ts';
import { PASSWORD, startTwoApps } from './two-apps.ts';

const RUSHING = 200;
const MAYA = 'maya.lind@studio.example';

const { booking, crm, databases } = await startTwoApps();
const crowd = await createCrowd(databases.booking.ownerUrl, { places: [100], people: 60 + RUSHING });
const [event] = await rowsOf(
  databases.booking.ownerUrl,
  `insert into events (title, description, event_type, date_time, duration, max_participants, price, facilitator_id)
   select 'Yin at dusk', 'Slow.', 'session', now() + interval '3 days', 75, 100, 12.5, id
   from facilitators where email = '${MAYA}' returning id, facilitator_id`,
);
const browser = await openBrowser();
let nextPerson = 0;

/** Somebody who has not booked yet books one of Maya's places; resolves to their name. */
async function somebodyBooks(eventId = Number(event?.id)): Promise<string> {
  const person = crowd.people[nextPerson++] ?? assert.fail('nobody is left');
  const answer = await book({ url: booking.url, token: person.token, eventId });
  assert.equal(answer.status, 201);
  return `Person ${nextPerson}`;
}

async function signIn(options: BrowserContextOptions = {}): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  const page = await context.newPage();
  await page.goto(crm.url);
  await page.getByLabel('E-mail').fill(MAYA);
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByText('Signed in as Maya Lind').waitFor();
  return page;
}

const rowOf = (page: Page, name: string) =>
  page.getByRole('listitem').filter({ has: page.getByText(name, { exact: true }) });

async function isLive(page: Page): Promise<Page> {
  await page.getByText('Live', { exact: true }).waitFor();
  return page;
}

async function waitForRows(page: Page, count: number): Promise<void> {
  await page.waitForFunction((wanted) => document.querySelectorAll('.rows li').length === wanted, count);
}

async function waitForTitle(page: Page, pattern: RegExp): Promise<void> {
  await page.waitForFunction((source) => new RegExp(source).test(document.title), pattern.source);
}

async function untilToDo(count: number): Promise<void> {
  const statement = 'select 1 from booking_notifications where not processed';
  while ((await rowsOf(databases.crm.ownerUrl, statement)).length < count) await sleep(20);
}

/** Everything is processed, as on the evening of a good day. */
async function workThrough(): Promise<void> {
  await rowsOf(databases.crm.ownerUrl, 'update booking_notifications set processed = true where not processed');
}

test('a booking made at booking appears in the open inbox by itself, and is announced', async (t) => {
  await workThrough();
  const page = await signIn();
  t.after(() => page.context().close());
  await page.getByRole('heading', { name: 'All worked through' }).waitFor();
  await isLive(page);
  const name = await somebodyBooks();
  const row = rowOf(page, name);
  await row.waitFor();
  assert.match((await row.textContent()) ?? '', /Booked\s+Yin at dusk\s+\w{3} \d+ \w{3}.*, \d\d:\d\d\s+· 1 place/);
  await page.getByRole('status').getByText(`New: Booked, ${name}, Yin at dusk`).waitFor();
  await waitForTitle(page, /^\(1\) To do/);
});

test('what is marked in one window is marked in the other, and so is taking it back', async (t) => {
  await workThrough();
  const [one, two] = [await signIn(), await signIn()];
  t.after(() => Promise.all([one.context().close(), two.context().close()]));
  await Promise.all([isLive(one), isLive(two)]);
  const name = await somebodyBooks();
  await Promise.all([rowOf(one, name).waitFor(), rowOf(two, name).waitFor()]);
  await two.getByRole('link', { name }).click();
  await two.getByRole('button', { name: 'Mark as processed', exact: true }).waitFor();

  await rowOf(one, name).getByRole('button', { name: 'Mark as processed' }).click();
  await rowOf(one, name).waitFor({ state: 'detached' });
  await two.getByRole('heading', { name: 'All worked through' }).waitFor();
  await two.getByRole('button', { name: 'Move back to To do' }).waitFor();
  await waitForTitle(two, /^[^(]/);

  await one.getByRole('button', { name: 'Undo' }).click();
  await Promise.all([rowOf(one, name).waitFor(), rowOf(two, name).waitFor()]);
  await two.getByRole('button', { name: 'Mark as processed', exact: true }).waitFor();
  await waitForTitle(two, /^\(1\) /);
});

test('ten arriving bookings are worked to zero by keyboard while a second window follows', async (t) => {
  await workThrough();
  const [one, two] = [await signIn(), await signIn()];
  t.after(() => Promise.all([one.context().close(), two.context().close()]));
  await Promise.all([isLive(one), isLive(two)]);
  for (let n = 0; n < 10; n++) await somebodyBooks();
  await Promise.all([waitForRows(one, 10), waitForRows(two, 10)]);

  const keyboard = one.keyboard;
  await keyboard.press('j');
  await keyboard.press('Enter');
  await one.waitForURL(/\/n\/\d+$/);
  await one.locator('#notification-title:focus').waitFor();
  await keyboard.press('e');
  await Promise.all([waitForRows(one, 9), waitForRows(two, 9)]);
  await keyboard.press('z');
  await Promise.all([waitForRows(one, 10), waitForRows(two, 10)]);
  await keyboard.press('Escape');
  await one.waitForURL(`${crm.url}/`);
  await one.locator('.rows a:focus').waitFor();
  await keyboard.press('x');
  await keyboard.press('j');
  await keyboard.press('x');
  await one.getByText('2 selected').waitFor();
  await keyboard.press('e');
  await Promise.all([waitForRows(one, 8), waitForRows(two, 8)]);
  for (let n = 0; n < 8; n++) await keyboard.press('e');
  for (const page of [one, two]) await page.getByRole('heading', { name: 'All worked through' }).waitFor();
  const [left] = await rowsOf(
    databases.crm.ownerUrl,
    'select count(*)::int as n from booking_notifications where not processed',
  );
  assert.equal(left?.n, 0);
});

test('while a sought-after event sells out, the open inbox shows each booking, and can be worked in meanwhile', async (t) => {
  await workThrough();
  const page = await signIn();
  t.after(() => page.context().close());
  await isLive(page);
  const first = await somebodyBooks();
  await rowOf(page, first).waitFor();
  const [rush] = await rowsOf(
    databases.booking.ownerUrl,
    `insert into events (title, description, event_type, date_time, duration, max_participants, price, facilitator_id)
     select 'Rush', 'Full at once.', 'session', now() + interval '4 days', 75, 40, 10, id
     from facilitators where email = '${MAYA}' returning id`,
  );
  const rushing = sendTogether(
    crowd.people
      .slice(-RUSHING)
      .map(({ token }) => ({ url: booking.url, path: '/api/v1/bookings', token, body: { event_id: rush?.id } })),
  );
  // In the middle of it somebody reads one, and marks it.
  await rowOf(page, first).getByRole('link').first().click();
  await page.getByRole('button', { name: 'Mark as processed', exact: true }).click();
  await rowOf(page, first).waitFor({ state: 'detached' });
  const statuses = Map.groupBy(await rushing, ({ status }) => status);
  assert.deepEqual([statuses.get(201)?.length, statuses.get(409)?.length], [40, 160]);
  await waitForRows(page, 40);
  await waitForTitle(page, /^\(40\) /);
});

test('keys type into fields, go where they say, and can be switched off', async (t) => {
  const page = await signIn();
  t.after(() => page.context().close());
  await isLive(page);
  const keyboard = page.keyboard;
  await keyboard.press('g');
  await keyboard.press('a');
  await page.waitForURL(/view=all/);
  await page.getByRole('heading', { name: 'All', exact: true }).waitFor();
  await keyboard.press('/');
  await page.locator('#event_title:focus').waitFor();
  await keyboard.type('jek?');
  assert.equal(await page.getByRole('searchbox', { name: 'Event' }).inputValue(), 'jek?');
  await page.getByRole('heading', { name: 'All', exact: true }).click();
  await keyboard.press('?');
  await page.getByLabel('Use these keys on this device').uncheck();
  await page.getByRole('button', { name: 'Close' }).click();
  await keyboard.press('g');
  await keyboard.press('p');
  await keyboard.press('j');
  assert.match(page.url(), /view=all/);
  assert.equal(await page.evaluate(() => document.activeElement?.id.startsWith('n-')), false);
  await page.reload();
  await page.getByRole('button', { name: 'Keys (off)' }).waitFor();
});

test('what arrives while the list is scrolled waits behind a word, and moves nothing', async (t) => {
  const page = await signIn({ viewport: { width: 390, height: 500 } });
  t.after(() => page.context().close());
  const before = [await somebodyBooks(), await somebodyBooks(), await somebodyBooks()];
  await page.goto(`${crm.url}/?view=all`);
  await isLive(page);
  for (const name of before) await rowOf(page, name).first().waitFor();
  const rows = await page.locator('.rows li').count();
  await page.evaluate(() => scrollTo(0, 400));
  const names = [await somebodyBooks(), await somebodyBooks()];
  const chip = page.getByRole('button', { name: '2 new' });
  await chip.waitFor();
  assert.equal(await page.locator('.rows li').count(), rows);
  assert.equal(await page.evaluate(() => scrollY), 400);
  await chip.click();
  for (const name of names) await rowOf(page, name).first().waitFor();
  await page.waitForFunction(() => scrollY === 0);
});

test('after a break the stream goes on where it stopped, and says that it was away', async (t) => {
  await workThrough();
  const page = await signIn();
  t.after(() => page.context().close());
  await isLive(page);
  await page.context().setOffline(true);
  await page.getByText('Reconnecting').waitFor();
  const name = await somebodyBooks();
  // It must be there before the line is, or there is nothing to catch up with.
  await untilToDo(1);
  assert.equal(await rowOf(page, name).count(), 0);
  await page.context().setOffline(false);
  await isLive(page);
  await rowOf(page, name).waitFor();
});

test('a mark that cannot be saved is taken back, and says so', async (t) => {
  await workThrough();
  const page = await signIn();
  t.after(() => page.context().close());
  await isLive(page);
  const name = await somebodyBooks();
  await page.route('**/mark', (route) => route.abort());
  await rowOf(page, name).getByRole('button', { name: 'Mark as processed' }).click();
  await page.getByRole('alert').getByText('could not be saved').waitFor();
  await rowOf(page, name).waitFor();
  await waitForTitle(page, /^\(1\)/);
  await page.unroute('**/mark');
  await rowOf(page, name).getByRole('button', { name: 'Mark as processed' }).click();
  await page.getByRole('heading', { name: 'All worked through' }).waitFor();
  await page.getByRole('alert').waitFor({ state: 'detached' });
});

test('without JavaScript the list, the pages, marking one or many, and the way back work', async (t) => {
  await workThrough();
  const names = [await somebodyBooks(), await somebodyBooks(), await somebodyBooks()];
  // A page without a script shows what was there when it was asked for.
  await untilToDo(3);
  const page = await signIn({ javaScriptEnabled: false });
  t.after(() => page.context().close());
  const [one = '', two = '', three = ''] = names;
  await page.goto(crm.url);
  await rowOf(page, three).waitFor();
  await rowOf(page, one).getByRole('button', { name: 'Mark as processed' }).click();
  await page.getByText('Marked as processed.').waitFor();
  assert.equal(await rowOf(page, one).count(), 0);
  await page.reload();
  await page.getByRole('button', { name: 'Undo' }).click();
  await rowOf(page, one).waitFor();

  await rowOf(page, two).getByRole('checkbox').check();
  await rowOf(page, three).getByRole('checkbox').check();
  await page.getByRole('button', { name: 'Mark as processed', exact: true }).click();
  await page.getByText('Marked 2 as processed.').waitFor();
  await page.waitForLoadState();
  assert.equal(await page.locator('.rows li').count(), 1);

  await page.getByRole('link', { name: /^Processed/ }).click();
  await rowOf(page, two).getByRole('link').click();
  await page.getByRole('heading', { name: two, exact: true }).waitFor();
  await page.getByRole('button', { name: 'Move back to To do', exact: true }).first().click();
  await page.getByText('Moved back to To do.').waitFor();
  await page.getByRole('button', { name: 'Mark as processed', exact: true }).waitFor();

  await page.goto(crm.url);
  await page.getByRole('button', { name: 'Filter' }).click();
  await page.getByRole('searchbox', { name: 'Event' }).fill('no such event');
  await page.getByRole('button', { name: 'Show' }).click();
  await page.getByRole('heading', { name: 'Nothing found' }).waitFor();
  await page.getByRole('link', { name: 'Clear the filter' }).click();
  await rowOf(page, two).waitFor();
});

test('older notifications are a page away, and so is the way to the newest', async (t) => {
  await rowsOf(
    databases.crm.ownerUrl,
    `insert into booking_notifications
       (booking_id, user_name, user_email, event_title, event_date, facilitator_id, processed)
     select 800000 + n, 'Guest ' || n, 'guest@home.example', 'Long ago', now(), ${event?.facilitator_id}, true
     from generate_series(1, 51) n`,
  );
  const page = await signIn({ javaScriptEnabled: false });
  t.after(() => page.context().close());
  await page.goto(`${crm.url}/?view=processed&event_title=long+AGO`);
  assert.equal(await page.locator('.rows li').count(), 50);
  await rowOf(page, 'Guest 51').waitFor();
  await page.getByRole('link', { name: 'Older' }).click();
  await rowOf(page, 'Guest 1').waitFor();
  await page.waitForLoadState();
  assert.equal(await page.locator('.rows li').count(), 1);
  await page.getByRole('link', { name: 'Newest' }).click();
  await rowOf(page, 'Guest 51').waitFor();
  await rowOf(page, 'Guest 51').getByRole('link').click();
  await page.getByRole('heading', { name: 'Also from Guest 51' }).waitFor();
  assert.match(page.url(), /\/n\/\d+\?view=processed&event_title=long\+AGO$/);
});

test("somebody else's notification is not there, cannot be marked, and no address is a fault", async () => {
  await rowsOf(
    databases.crm.ownerUrl,
    `insert into booking_notifications (booking_id, user_name, user_email, event_title, event_date, facilitator_id)
     values (900001, 'Ana Costa', 'ana@studio.example', 'Elsewhere', now(), 4242)`,
  );
  const [foreign] = await rowsOf(
    databases.crm.ownerUrl,
    'select id from booking_notifications where facilitator_id = 4242',
  );
  const maya = createVisitor();
  await maya.post(`${booking.url}/sign-in`, { email: MAYA, password: PASSWORD });
  await maya.get(crm.url);
  for (const id of [foreign?.id, 0, 2147483647, '99999999999', 'x', '%00']) {
    const page = await maya.get(`${crm.url}/n/${id}`);
    assert.equal(page.status, 404, String(id));
    assert.match(textOf(page.html), /There is no such notification.*Back to the inbox/);
    assert.doesNotMatch(page.html, /Elsewhere/);
  }
  await maya.post(`${crm.url}/mark`, { mark: `done.${foreign?.id}`, back: '/' });
  const [untouched] = await rowsOf(
    databases.crm.ownerUrl,
    `select processed from booking_notifications where id = ${foreign?.id}`,
  );
  assert.equal(untouched?.processed, false);

  for (const value of ['\0', '%', '\ud800', "' or 1=1 --", 'x'.repeat(3000), '<script>alert(1)</script>', 'done.1e9']) {
    for (const name of ['view', 'kind', 'event_title', 'from', 'to', 'after', 'marked']) {
      const page = await maya.get(`${crm.url}/?${new URLSearchParams({ [name]: value })}`);
      assert.ok(page.status < 500, `${page.status} ${name}=${value.slice(0, 20)}`);
      assert.doesNotMatch(page.html, /<script>alert/);
    }
    assert.equal((await maya.post(`${crm.url}/mark`, { mark: value, back: value })).status, 400);
    const page = await maya.post(`${crm.url}/mark`, { mark: 'done', back: `https://evil.example/${value}` });
    assert.equal(new URL(page.url).origin, crm.url);
    assert.equal(page.status, 200);
  }
});

test('the stream is for who is signed in, and ends with the sign-in', async () => {
  assert.equal((await fetch(`${crm.url}/stream`)).status, 204);
  const maya = createVisitor();
  await maya.post(`${booking.url}/sign-in`, { email: MAYA, password: PASSWORD });
  await maya.get(crm.url);
  const headers = { cookie: `samaya_crm=${maya.cookiesFor(crm.url).get('samaya_crm')}` };
  assert.equal((await fetch(`${crm.url}/stream`, { headers: { ...headers, 'last-event-id': 'x' } })).status, 400);
  const open = await fetch(`${crm.url}/stream`, { headers });
  assert.match(open.headers.get('content-type') ?? '', /^text\/event-stream/);
  await maya.post(`${crm.url}/sign-out`);
  assert.match(await open.text(), /^retry: \d+\nid: \d+\nevent: at\n/);
});

test('the foot of the inbox says whether all that was booked has arrived, and how long ago the newest did', async (t) => {
  const page = await signIn();
  t.after(() => page.context().close());
  await isLive(page);
  await page.getByText(/\d+ of \d+ bookings? received, newest /).waitFor();
  await somebodyBooks();
  const [booked] = await rowsOf(
    databases.booking.ownerUrl,
    `select count(*)::int as n from bookings b join events e on e.id = b.event_id
     where e.facilitator_id = ${event?.facilitator_id}`,
  );
  const after = `${booked?.n} of ${booked?.n} bookings received, newest`;
  await page.getByText(after).waitFor();

  const maya = createVisitor();
  await maya.post(`${booking.url}/sign-in`, { email: MAYA, password: PASSWORD });
  assert.ok(textOf((await maya.get(crm.url)).html).includes(after), 'without a script too');
  const stranger = await fetch(`${crm.url}/completeness`, { redirect: 'manual' });
  assert.equal(stranger.status, 303);
});

test('when CRM was away, an open inbox finds it again and shows what was booked meanwhile', async (t) => {
  await workThrough();
  const page = await signIn();
  t.after(() => page.context().close());
  page.setDefaultTimeout(90_000);
  await isLive(page);
  await crm.kill();
  await page.getByText('Reconnecting').waitFor();
  const name = await somebodyBooks();
  // As if another process of CRM had taken it in.
  await rowsOf(
    databases.crm.ownerUrl,
    `insert into booking_notifications (booking_id, user_name, user_email, event_title, event_date, facilitator_id)
     values (900002, 'Inês Reis', 'ines@home.example', 'Yin at dusk', now(), ${event?.facilitator_id})`,
  );
  await startCrm({ database: databases.crm, port: crm.port, otherUrl: booking.url });
  await isLive(page);
  await Promise.all([rowOf(page, name).waitFor(), rowOf(page, 'Inês Reis').waitFor()]);
});
