import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { rowsOf } from './both-databases.ts';
import { openBrowser } from './browser.ts';
import { auditAxe, auditReflow, watchRequests } from './page-audit.ts';
import { PASSWORD, startTwoApps } from './two-apps.ts';

const MAYA = 'maya.lind@studio.example';
const ANA = 'ana@studio.example';
const MOST_SCRIPT_BYTES = 75 * 1024;
const ROWS = 30;

const { crm, databases } = await startTwoApps();
const [maya] = await rowsOf(databases.booking.ownerUrl, `select id from facilitators where email = '${MAYA}'`);
// A day's worth: every kind, one that came too late, several of one client, two that are done.
await rowsOf(
  databases.crm.ownerUrl,
  `insert into booking_notifications (booking_id, user_id, user_name, user_email, event_id, event_title, event_type,
     event_date, facilitator_id, kind, status, seats, price, superseded)
   select n, n % 9, 'Guest ' || n, 'guest' || n % 9 || '@home.example', 7, 'Gong bath at the end of a long week', 'session',
     '2027-06-01T18:30:00Z', ${maya?.id},
     (array['booking.confirmed', 'booking.cancelled', 'booking.waitlisted', 'booking.attended', 'booking.no_show'])[1 + n % 5],
     'confirmed', 1 + n % 2, 12.5, n = ${ROWS}
   from generate_series(1, ${ROWS}) n`,
);
const newest = (await rowsOf(databases.crm.ownerUrl, 'select max(id) as id from booking_notifications'))[0]?.id;
const browser = await openBrowser();

async function open(options: BrowserContextOptions = {}): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  return await context.newPage();
}

async function signIn(page: Page, { address = '/', email = MAYA } = {}): Promise<Page> {
  await page.goto(crm.url + address);
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in' }).click();
  return page;
}

async function isLive(page: Page): Promise<Page> {
  await page.getByText('Live', { exact: true }).waitFor();
  // Until then words may still change their width, and rows their place.
  await page.waitForLoadState();
  await page.evaluate(() => document.fonts.ready.then(() => undefined));
  return page;
}

/** Nothing is dealt with, as in the morning. */
async function allToDo(): Promise<void> {
  await rowsOf(databases.crm.ownerUrl, 'update booking_notifications set processed = false where processed');
}

const tab = (page: Page, name: string) => page.getByRole('navigation', { name: 'Inbox' }).getByRole('link', { name });

test('every page of CRM is without a fault of axe, in light and dark, and fits 320 px', async (t) => {
  const page = await open();
  t.after(() => page.context().close());
  const audit = async (address: string, prepare: () => Promise<unknown> = async () => undefined) => {
    await page.goto(crm.url + address);
    await prepare();
    await auditAxe(page);
    await auditReflow(page);
  };
  await audit('/signed-out');
  await audit('/nowhere');
  await audit('/sign-in/callback?code=x&state=y', () => page.getByText('This sign-in has ended').waitFor());
  await signIn(page, { email: ANA });
  await page.getByRole('heading', { name: 'CRM is for facilitators' }).waitFor();
  await auditAxe(page);
  await auditReflow(page);
  await page.context().clearCookies();

  await signIn(page);
  await page.getByText('Signed in as Maya Lind').waitFor();
  await audit('/', () => isLive(page));
  await audit('/?view=processed');
  await audit('/?view=all&event_title=no+such+event');
  await audit('/?kind=nonsense&from=yesterday', () => page.getByRole('alert').waitFor());
  await audit('/?kind=booking.confirmed&event_title=gong', async () => {
    await page.getByRole('button', { name: 'Filter (2)' }).click();
    await page.getByRole('searchbox', { name: 'Event' }).waitFor();
  });
  await audit('/', async () => {
    await isLive(page);
    await page.keyboard.press('?');
    await page.getByRole('heading', { name: 'Keys' }).waitFor();
  });
  await audit(`/n/${newest}`, () => page.getByText('Superseded.').or(page.getByText('Record')).first().waitFor());
  await audit('/n/2147483647');
  // Tall, so that no bar floats over a row, which axe takes for a small target.
  await page.setViewportSize({ width: 390, height: 6000 });
  await audit('/?view=all', async () => {
    await isLive(page);
    await page.locator('.rows .mark').first().click();
    await page.getByText('Marked as processed.').waitFor();
    await page.locator('.rows input').nth(1).check();
    await page.getByText('1 selected').waitFor();
  });
});

test('nothing is fetched from elsewhere, no policy is broken, and the scripts are small', async (t) => {
  const page = await signIn(await open());
  t.after(() => page.context().close());
  await page.getByText('Signed in as Maya Lind').waitFor();
  const watched = watchRequests(page, [crm.url]);
  await page.goto(`${crm.url}/?view=all`);
  await isLive(page);
  await page.locator('.rows a').first().click();
  await page.getByRole('heading', { name: /^Also from/ }).waitFor();
  await page.getByRole('link', { name: 'Back to the list' }).click();
  await page.waitForURL(/view=all/);
  await page.waitForLoadState();
  const bytes = await watched.scriptBytes();
  t.diagnostic(`${(bytes / 1024).toFixed(1)} KB of script, compressed`);
  assert.ok(bytes > 0 && bytes <= MOST_SCRIPT_BYTES, `${bytes} bytes`);
  assert.deepEqual(watched.foreign, []);
  assert.deepEqual(watched.complaints, []);
});

test('who signs in on the way to a notification comes back to it, also after the sign-in has ended', async (t) => {
  const page = await signIn(await open(), { address: `/n/${newest}?view=all` });
  t.after(() => page.context().close());
  await page.getByRole('heading', { name: `Guest ${ROWS}`, exact: true }).waitFor();
  assert.equal(page.url(), `${crm.url}/n/${newest}?view=all`);
  await isLive(page);
  // As after twelve hours.
  await rowsOf(databases.crm.ownerUrl, 'delete from sign_ins');
  await page.getByRole('link', { name: 'Sign in again' }).click();
  await isLive(page);
  await page.getByRole('heading', { name: `Guest ${ROWS}`, exact: true }).waitFor();
  assert.equal(page.url(), `${crm.url}/n/${newest}?view=all`);
});

test('a processed notification says who and when, keeps the way back, and the numbers follow', async (t) => {
  await allToDo();
  const page = await signIn(await open(), { address: `/n/${newest}` });
  t.after(() => page.context().close());
  await isLive(page);
  const detail = page.getByRole('article');
  await tab(page, `To do ${ROWS}`).waitFor();
  await detail.getByRole('button', { name: 'Mark as processed' }).click();
  await detail.getByText(/Processed \w{3} \d+ \w{3}.*, \d\d:\d\d by you/).waitFor();
  await tab(page, `To do ${ROWS - 1}`).waitFor();
  await tab(page, 'Processed 1').waitFor();
  await tab(page, `All ${ROWS}`).waitFor();
  await page.reload();
  await detail.getByText(/by you/).waitFor();
  await tab(page, 'Processed 1').click();
  await page.waitForURL(/view=processed/);
  await page.locator('.rows li').nth(1).waitFor({ state: 'detached' });
  await page.locator('.rows a').click();
  await detail.getByRole('button', { name: 'Move back to To do' }).click();
  await tab(page, `To do ${ROWS}`).waitFor();
  await detail.getByText(/by you/).waitFor({ state: 'detached' });
});

test('with Shift everything between two ticks is ticked, and no row moves when the first one is', async (t) => {
  await allToDo();
  const page = await isLive(await signIn(await open()));
  t.after(() => page.context().close());
  const boxes = page.locator('.rows input');
  const before = await boxes.nth(6).boundingBox();
  await boxes.nth(2).check();
  assert.deepEqual(await boxes.nth(6).boundingBox(), before);
  await boxes.nth(6).click({ modifiers: ['Shift'] });
  await page.getByText('5 selected').waitFor();
  await page.getByRole('group', { name: 'Selected notifications' }).getByRole('button').click();
  await page.getByText('Marked 5 as processed.').waitFor();
  await tab(page, 'Processed 5').waitFor();
  await page.keyboard.press('z');
  await tab(page, `To do ${ROWS}`).waitFor();
});

test('the row with the focus is never under a bar that floats over the list', async (t) => {
  await allToDo();
  const page = await isLive(await signIn(await open({ viewport: { width: 1280, height: 500 } })));
  t.after(() => page.context().close());
  await page.keyboard.press('j');
  await page.keyboard.press('e');
  await page.getByText('Marked as processed.').waitFor();
  for (let n = 0; n < 12; n++) {
    await page.keyboard.press('j');
    await page.waitForFunction(() => {
      const row = document.activeElement;
      const { left, top, bottom } = row?.getBoundingClientRect() ?? new DOMRect();
      return [top + 4, (top + bottom) / 2, bottom - 4].every((y) =>
        row?.contains(document.elementFromPoint(left + 60, y)),
      );
    });
  }
});

test('a line that stays broken says since when, and that it is back', async (t) => {
  const page = await open();
  t.after(() => page.context().close());
  await page.clock.install();
  await isLive(await signIn(page));
  await page.context().setOffline(true);
  const isOffline = page.getByText(/^Offline since \d\d:\d\d$/).first();
  // It says the one for five seconds only.
  await page.getByText('Reconnecting', { exact: true }).or(isOffline).first().waitFor();
  await page.clock.fastForward(6000);
  await isOffline.waitFor();
  await page.context().setOffline(false);
  await isLive(page);
  await page.getByRole('status').getByText('Live again.').waitFor();
});

test('on paper a notification stands alone', async (t) => {
  const page = await signIn(await open(), { address: `/n/${newest}` });
  t.after(() => page.context().close());
  await page.getByRole('heading', { name: `Guest ${ROWS}`, exact: true }).waitFor();
  // The words can stand there before the style sheet that hides them on paper has come.
  await page.waitForLoadState('load');
  await page.emulateMedia({ media: 'print' });
  const article = page.getByRole('article');
  for (const words of ['Gong bath at the end of a long week', `Also from Guest ${ROWS}`, 'Lisbon time']) {
    assert.equal(await article.getByText(words).first().isVisible(), true, words);
  }
  for (const words of [
    'Sign out',
    'Filter',
    'Mark as processed',
    `Guest ${ROWS - 1}`,
    'Made with Samaya',
    'Event page',
  ]) {
    for (const found of await page.getByText(words).all()) assert.equal(await found.isVisible(), false, words);
  }
});
