import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createTestDatabase } from '@samaya/platform/test-database.ts';
import type { BrowserContextOptions } from 'playwright-core';
import { createPasswords } from '../apps/booking/src/server/accounts/passwords.ts';
import { buildPages } from '../scripts/build.ts';
import { rowsOf } from './both-databases.ts';
import { openBrowser } from './browser.ts';
import { auditAxe, auditReflow, watchRequests } from './page-audit.ts';
import { createVisitor, textOf, type Visitor } from './page-visitor.ts';
import { startBooking } from './processes.ts';

const PASSWORD = 'a-password-for-tests';
const NASTY = '<script>alert(1)</script> Yin & "quiet"';

await buildPages({ write: () => undefined });
const database = await createTestDatabase('booking');
const hash = await createPasswords().hash(PASSWORD);
await rowsOf(
  database.ownerUrl,
  `insert into users (name, email, password, proven_at, is_admin)
     values ('Ana Costa', 'ana@studio.example', '${hash}', now(), false),
            ('Sofia', 'sofia@studio.example', '${hash}', now(), true);
   insert into facilitators (name, email) values ('Maya Lind', 'maya@studio.example');
   insert into events (title, description, event_type, date_time, duration, max_participants, price, facilitator_id)
     values ('${NASTY}', '', 'session', now() + interval '9 days', 75, 100, 12, 1),
            ('Gong bath', '', 'session', now() + interval '9 days', 75, 100, 12, 1)`,
);
const booking = await startBooking({ database });
const browser = await openBrowser();

async function waitUntil(isSo: () => Promise<boolean>) {
  const deadline = Date.now() + 30_000;
  while (!(await isSo())) {
    assert.ok(Date.now() < deadline, 'it did not happen in time');
    await sleep(50);
  }
}

/** Books Ana a place; answers the mail about it, once it lies in the mailbox, and that is noted. */
async function bookAna(eventId: number): Promise<string> {
  const count = async () => Number((await rowsOf(database.ownerUrl, 'select count(*) from local_mailbox'))[0]?.count);
  const before = await count();
  await rowsOf(database.ownerUrl, `insert into bookings (user_id, event_id) values (1, ${eventId})`);
  await waitUntil(async () => (await count()) > before);
  const unsent = "select 1 from outbox where destination = 'mail' and delivered_at is null";
  await waitUntil(async () => (await rowsOf(database.ownerUrl, unsent)).length === 0);
  const [mail] = await rowsOf(database.ownerUrl, 'select id from local_mailbox order by sent_at desc limit 1');
  return String(mail?.id);
}

async function signIn(visitor: Visitor, who: 'ana' | 'sofia') {
  await visitor.get(`${booking.url}/sign-in`);
  await visitor.post(`${booking.url}/sign-in`, { email: `${who}@studio.example`, password: PASSWORD });
}

async function openPage(options: BrowserContextOptions = {}) {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    baseURL: booking.url,
    ...options,
  });
  context.setDefaultTimeout(30_000);
  return await context.newPage();
}

async function openAsAdmin(options: BrowserContextOptions = {}) {
  const page = await openPage(options);
  await page.goto('/sign-in');
  await page.getByLabel('E-mail').fill('sofia@studio.example');
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.keyboard.press('Enter');
  await page.waitForURL((url) => !url.pathname.startsWith('/sign-in'));
  return page;
}

const mailId = await bookAna(1);

test('the local mailbox shows a mail without script, as it looks and as text, with its calendar file', async () => {
  const visitor = createVisitor();
  const list = await visitor.get(`${booking.url}/dev/inbox`);
  assert.match(textOf(list.html), /Local mailbox .*You have a place: .* to ana@studio\.example/);
  assert.match(list.html, new RegExp(`href="/dev/inbox/${mailId}"`));

  const mail = await visitor.get(`${booking.url}/dev/inbox/${mailId}`);
  assert.match(mail.html, new RegExp(`<iframe[^>]*src="/dev/inbox/${mailId}/html"[^>]*sandbox="allow-popups`));
  const asText = await visitor.get(`${booking.url}/dev/inbox/${mailId}?view=text`);
  assert.match(asText.html, new RegExp(`<a href="${booking.url}/bookings/1"`));
  assert.doesNotMatch(asText.html, /<script>alert/);

  const calendar = await visitor.get(`${booking.url}/dev/inbox/${mailId}/calendar.ics`);
  assert.match(calendar.headers.get('content-type') ?? '', /^text\/calendar/);
  assert.match(calendar.html, /^BEGIN:VCALENDAR/);
});

test('a mail is framed by our own page alone, runs nothing, and loads nothing', async () => {
  const { headers, html } = await createVisitor().get(`${booking.url}/dev/inbox/${mailId}/html`);
  const policy = headers.get('content-security-policy') ?? '';
  assert.match(policy, /default-src 'none'; style-src 'unsafe-inline';.*frame-ancestors 'self'; sandbox allow-popups/);
  assert.equal(headers.get('x-frame-options'), 'SAMEORIGIN');
  assert.ok(!html.includes('<script>alert') && html.includes('&lt;script&gt;alert(1)'));
  const other = await createVisitor().get(`${booking.url}/dev/inbox/${mailId}`);
  assert.match(other.headers.get('content-security-policy') ?? '', /frame-ancestors 'none'/);
});

test('in a browser the mail shows in its frame, and its link opens the page it leads to', async () => {
  const page = await openPage();
  const watched = watchRequests(page, [booking.url]);
  await page.goto(`/dev/inbox/${mailId}`);
  const frame = page.frameLocator('iframe');
  await frame.getByRole('heading', { name: 'You have a place' }).waitFor();
  const opened = page.waitForEvent('popup');
  await frame.getByRole('link', { name: 'See your booking' }).click();
  const popup = await opened;
  await popup.waitForURL(/\/sign-in/);
  await popup.getByLabel('E-mail').waitFor();
  assert.deepEqual([watched.foreign, watched.complaints, await watched.scriptBytes()], [[], [], 0]);
});

test('where there is a mail server there is no mailbox', async () => {
  const other = await startBooking({ database, environment: { SMTP_URL: 'smtp://127.0.0.1:9' } });
  const visitor = createVisitor();
  for (const path of [
    '/dev/inbox',
    `/dev/inbox/${mailId}`,
    `/dev/inbox/${mailId}/html`,
    `/dev/inbox/${mailId}/calendar.ics`,
  ]) {
    assert.equal((await visitor.get(other.url + path)).status, 404, path);
  }
  await other.stop();
  for (const path of ['/dev/inbox/nothing', '/dev/inbox/00000000-0000-4000-8000-000000000000']) {
    assert.equal((await visitor.get(booking.url + path)).status, 404, path);
  }
  assert.equal((await visitor.get(`${booking.url}/dev/inbox?after=nonsense`)).status, 400);
});

test('messages are for admins', async () => {
  const visitor = createVisitor();
  const url = `${booking.url}/admin/messages`;
  assert.match((await visitor.get(url)).url, /\/sign-in/);
  await signIn(visitor, 'ana');
  assert.equal((await visitor.get(url)).status, 403);
  assert.equal((await visitor.post(url, { all: 'yes' })).status, 403);
});

test('an admin sees what became of mails, finds some, and sends again what was given up', async () => {
  const gong = await bookAna(2);
  const giveUp = () =>
    rowsOf(
      database.ownerUrl,
      `update outbox set delivered_at = null, dead_at = now(), last_error = '550 no such mailbox' where destination = 'mail'`,
    );
  const visitor = createVisitor();
  await signIn(visitor, 'sofia');
  const url = `${booking.url}/admin/messages`;
  assert.match(textOf((await visitor.get(url)).html), /Confirmation · Gong bath to ana@studio\.example Sent/);
  assert.match(textOf((await visitor.get(`${url}?state=dead`)).html), /No such mail in the last week/);
  assert.match(textOf((await visitor.get(`${url}?address=ANA%40`)).html), /Gong bath/);
  assert.match(textOf((await visitor.get(`${url}?address=eve`)).html), /No such mail/);

  await giveUp();
  assert.match(textOf((await visitor.get(`${url}?state=dead`)).html), /550 no such mailbox Given up/);
  const nothing = await visitor.post(`${url}?state=dead`);
  assert.equal(nothing.status, 400);
  assert.match(textOf(nothing.html), /Choose the messages/);
  const one = await visitor.post(`${url}?state=dead`, { one: gong });
  assert.equal(one.url, `${url}?state=dead&again=1`);
  assert.match(textOf(one.html), /One message is sent again now\./);
  const chosen = await visitor.post(url, { id: mailId });
  assert.match(textOf(chosen.html), /One message is sent again now\./);
  await giveUp();
  const all = await visitor.post(url, { all: 'yes' });
  assert.match(textOf(all.html), /2 messages are sent again now\./);
  assert.equal((await visitor.get(`${url}?after=nonsense`)).status, 400);
});

test('an admin sees what CRM was not told, and sends it again', async () => {
  const visitor = createVisitor();
  await signIn(visitor, 'sofia');
  const url = `${booking.url}/admin/messages?part=crm`;
  // Nobody is there, which the relay finds out by itself.
  await waitUntil(async () => /CRM has taken nothing since/.test((await visitor.get(url)).html));
  assert.match(textOf((await visitor.get(url)).html), /2 messages wait\./);
  await rowsOf(
    database.ownerUrl,
    `update outbox set dead_at = now(), last_error = 'rejected' where destination = 'crm'`,
  );
  assert.match(textOf((await visitor.get(url)).html), /Booking 1 · booking\.confirmed rejected Given up/);
  const all = await visitor.post(url, { all: 'yes' });
  assert.match(textOf(all.html), /2 messages are sent again now\./);
});

test('a mail log is paged, and every page of it is another', async () => {
  await rowsOf(
    database.ownerUrl,
    `insert into outbox (destination, kind, user_id, occurred_at, delivered_at)
       select 'mail', 'account.known', 1, now() - n * interval '1 minute', now() from generate_series(1, 120) n`,
  );
  const page = await openAsAdmin({ javaScriptEnabled: false });
  await page.goto('/admin/messages?address=ana');
  const seen = [await page.getByRole('listitem').filter({ hasText: 'to ana@' }).count()];
  const older = page.getByRole('link', { name: 'Older' });
  while ((await older.count()) > 0) {
    const next = new URL((await older.getAttribute('href')) ?? '', page.url());
    await older.click();
    await page.waitForURL(({ href }) => href === next.href);
    seen.push(await page.getByRole('listitem').filter({ hasText: 'to ana@' }).count());
    if (seen.length > 5) break;
  }
  assert.deepEqual(seen, [50, 50, 22]);
});

for (const path of [
  '/dev/inbox',
  `/dev/inbox/${mailId}`,
  `/dev/inbox/${mailId}?view=text`,
  '/admin/messages',
  '/admin/messages?part=crm',
]) {
  test(`${path.replace(mailId, '…')} breaks no rule of accessibility, and fits a small window`, async () => {
    await rowsOf(
      database.ownerUrl,
      `update outbox set delivered_at = null, dead_at = now(), last_error = '550 no' where booking_id is not null`,
    );
    const page = await openAsAdmin();
    await page.goto(path);
    await auditAxe(page);
    await auditReflow(page);
  });
}
