import assert from 'node:assert/strict';
import { get } from 'node:http';
import { test } from 'node:test';
import { brotliDecompressSync } from 'node:zlib';
import { createTestDatabase } from '@samaya/platform/test-database.ts';
import ICAL from 'ical.js';
import type { Page } from 'playwright-core';
import { buildPages } from '../scripts/build.ts';
import { rowsOf } from './both-databases.ts';
import { openBrowser } from './browser.ts';
import { auditAxe, auditReflow, watchRequests } from './page-audit.ts';
import { createVisitor, textOf } from './page-visitor.ts';
import { startBooking } from './processes.ts';

const SCRIPT_BYTES_MOST = 45_000;
const HOSTILE = `</script><script>window.hacked = 1</script><!-- "Yin" & more`;

await buildPages({ write: () => undefined });
const database = await createTestDatabase('booking');
const { ownerUrl } = database;
const site = await startBooking({
  database,
  environment: { STUDIO_NAME: 'Casa Lenta', STUDIO_TIME_ZONE: 'Europe/Lisbon' },
});
const browser = await openBrowser();

/** Adds an event of Maya's; answers its id. It is at 19:30 in Lisbon, so many days from now. */
async function plan(title: string, days: number, { more = {} as Record<string, string | number | boolean> } = {}) {
  const values: Record<string, string | number | boolean> = {
    description: 'Bring a blanket.\n\nAnd socks.',
    event_type: 'session',
    duration: 75,
    max_participants: 8,
    price: 16,
    practice: 'yin',
    level: 'Everyone',
    place: 'Sala do Rio, Lisbon',
    time_zone: 'Europe/Lisbon',
    ...more,
  };
  const quoted = Object.values({ title, ...values }).map((value) => `'${String(value).replaceAll("'", "''")}'`);
  const [row] = await rowsOf(
    ownerUrl,
    `insert into events (date_time, facilitator_id, ${['title', ...Object.keys(values)].join(', ')})
     select ((${today} + ${days})::timestamp + interval '19 hours 30 minutes') at time zone 'Europe/Lisbon',
       (select id from facilitators where email = 'maya@studio.example'), ${quoted.join(', ')} returning id`,
  );
  return Number(row?.id);
}

// One day for all of them, though midnight may come while they are written.
const [day] = await rowsOf(ownerUrl, 'select current_date::text as today');
const today = `date '${day?.today}'`;
await rowsOf(
  ownerUrl,
  `insert into facilitators (name, email, bio, specialties) values
     ('Maya Lind', 'maya@studio.example', 'Quiet and exact.', 'Yin, vinyasa'),
     ('Noah Berg', 'noah@studio.example', null, null);
   update studio set terms = E'Cancel a day before, please.\\n\\nBring socks.'`,
);
const yin = await plan('Yin by lamplight', 3);
await plan('Yin by lamplight', 10);
await plan('Slow retreat', 12, { more: { event_type: 'retreat', duration: 4000, price: 400, practice: 'silence' } });
const online = await plan('Talk from Bali', 4, {
  more: { online: true, place: 'Desa, Bali', time_zone: 'Asia/Makassar', practice: 'talk', price: 0 },
});
const hostile = await plan(HOSTILE, 5, { more: { practice: 'other', summary: HOSTILE } });
for (let count = 0; count < 5; count++) await plan(`Busy evening ${count}`, 40, { more: { practice: 'busy' } });
const [days] = await rowsOf(
  ownerUrl,
  `select (${today} + 3)::text as soon, (${today} + 6)::text as gap, (${today} + 40)::text as busy,
     (${today} + 200)::text as late`,
);

const MAYA = '/facilitators/1';
const PAGES = [
  '/',
  '/events',
  '/events?practice=yin&available=true&time_of_day=evening',
  '/events?q=nothing+is+called+so',
  `/events?from=${days?.late}&to=${days?.late}`,
  `/events?view=week&from=${days?.soon}`,
  `/events?view=week&from=${days?.late}`,
  `/events?view=month&from=${days?.busy}`,
  `/events?view=month&from=${days?.late}`,
  `/e/${yin}`,
  `/e/${online}`,
  `/e/${hostile}`,
  '/facilitators',
  MAYA,
  '/facilitators/2',
];

interface Seen {
  width?: number;
  javaScriptEnabled?: boolean;
  timezoneId?: string;
}

async function openPage({ width = 1280, javaScriptEnabled = true, timezoneId = 'Europe/Lisbon' }: Seen = {}) {
  const context = await browser.newContext({ javaScriptEnabled, timezoneId, viewport: { width, height: 900 } });
  context.setDefaultTimeout(30_000);
  const page = await context.newPage();
  return { page, context, watched: watchRequests(page, [site.url]) };
}

const goTo = (page: Page, path: string) => page.goto(site.url + path);

test('every public page keeps the rules of axe, fits small and enlarged windows, and asks nobody else', async (t) => {
  const { page, context, watched } = await openPage();
  t.after(() => context.close());
  for (const path of PAGES) {
    const answer = await goTo(page, path);
    assert.equal(answer?.status(), 200, path);
    await auditAxe(page);
    await auditReflow(page);
    // 200 % of a window of 1280.
    await auditReflow(page, 640);
    assert.equal(await page.locator('h1').count(), 1, path);
  }
  await page.setViewportSize({ width: 390, height: 844 });
  for (const path of ['/events', `/events?view=month&from=${days?.busy}`]) {
    await goTo(page, path);
    await page.getByRole('button', { name: 'Filters' }).click();
    await page.getByRole('group', { name: 'Filters' }).waitFor();
    await auditAxe(page);
    await auditReflow(page);
  }
  assert.deepEqual(watched.foreign, []);
  assert.deepEqual(watched.complaints, []);
  assert.ok((await watched.scriptBytes()) <= SCRIPT_BYTES_MOST);
});

test('every public page says what it is: title, one address, and a picture that others can show', async () => {
  const titles = new Set<string>();
  const pictures = new Set<string>();
  for (const path of PAGES) {
    const { html, url } = await createVisitor().get(site.url + path);
    const head = (pattern: RegExp) => pattern.exec(html)?.[1] ?? '';
    const title = head(/<title>([^<]+)<\/title>/);
    assert.match(title, / · Casa Lenta$/, path);
    titles.add(title);
    const canonical = head(/<link rel="canonical" href="([^"]+)"/);
    assert.equal(canonical, path.startsWith('/events') ? `${site.url}/events` : url, path);
    assert.equal(head(/<meta property="og:url" content="([^"]+)"/), canonical, path);
    for (const name of ['description', 'og:title', 'og:description', 'og:type', 'og:site_name']) {
      assert.match(html, new RegExp(`<meta (name|property)="${name}" content="[^"]{4,210}"`), `${path} ${name}`);
    }
    assert.equal(/<meta name="robots" content="noindex/.test(html), path.includes('?'), path);
    pictures.add(head(/<meta property="og:image" content="([^"]+)"/));
  }
  assert.equal(titles.size, PAGES.length);
  for (const address of pictures) {
    const answer = await fetch(address);
    const bytes = Buffer.from(await answer.arrayBuffer());
    assert.equal(answer.headers.get('content-type'), 'image/png', address);
    assert.deepEqual([bytes.readUInt32BE(16), bytes.readUInt32BE(20)], [1200, 630], address);
    assert.equal(answer.headers.get('cross-origin-resource-policy'), 'cross-origin');
    const again = await fetch(address, { headers: { 'if-none-match': answer.headers.get('etag') ?? '' } });
    assert.deepEqual([again.status, (await again.bytes()).length], [304, 0], address);
  }
  assert.equal(pictures.size, 6);
});

test('there is no picture and no page of an event that is hidden', async () => {
  const id = await plan('Secret gathering', 20, { more: { is_active: false } });
  for (const path of [`/e/${id}`, `/e/${id}/picture.png`, '/e/0/picture.png', '/facilitators/99/picture.png']) {
    assert.equal((await fetch(site.url + path)).status, 404, path);
  }
});

test('pages leave compressed, and files that are compressed already as they are', async () => {
  const raw = await new Promise<{ headers: Record<string, unknown>; body: Buffer }>((resolve, reject) => {
    get(`${site.url}/events`, { headers: { 'accept-encoding': 'br' } }, async (answer) => {
      resolve({ headers: answer.headers, body: Buffer.concat(await answer.toArray()) });
    }).on('error', reject);
  });
  assert.deepEqual([raw.headers['content-encoding'], raw.headers.vary], ['br', 'Origin, Cookie, Accept-Encoding']);
  const html = brotliDecompressSync(raw.body).toString();
  assert.ok(raw.body.length < html.length / 2);
  const style = /href="([^"]+\.css)"/.exec(html)?.[1] ?? '';
  const font = /href="([^"]+\.woff2)"/.exec(html)?.[1] ?? '';
  const sent = async (path: string) => (await fetch(new URL(path, site.url))).headers.get('content-encoding');
  assert.match((await sent(style)) ?? '', /^(br|gzip)$/);
  assert.equal(await sent(font), null);
  const asked = await fetch(`${site.url}/events`, { method: 'HEAD' });
  assert.deepEqual([asked.status, asked.headers.get('vary')], [200, 'Origin, Cookie, Accept-Encoding']);
});

test('by keyboard alone one comes from the first page to the field of the booking panel', async (t) => {
  const { page, context } = await openPage();
  t.after(() => context.close());
  await goTo(page, '/');
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate('document.activeElement.textContent'), 'Skip to content');
  await page.keyboard.press('Enter');
  for (let count = 0; count < 30; count++) {
    await page.keyboard.press('Tab');
    if ((await page.evaluate('document.activeElement.textContent')) === 'Yin by lamplight') break;
  }
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: 'Yin by lamplight' }).waitFor();
  await page.waitForLoadState('load');
  for (let count = 0; count < 30; count++) {
    if (await page.evaluate("document.activeElement.matches('#book input, #book select')")) break;
    await page.keyboard.press('Tab');
  }
  assert.ok(await page.evaluate("document.activeElement.matches('#book input, #book select')"));
});

test('in forced colours, on paper and without motion the pages still say everything', async (t) => {
  const { page, context } = await openPage();
  t.after(() => context.close());
  const isSeen = (name: string) => page.getByRole('heading', { level: 1, name }).isVisible();
  await page.emulateMedia({ forcedColors: 'active' });
  await goTo(page, `/events?view=week&from=${days?.soon}`);
  const tab = page.getByRole('navigation', { name: 'Views' }).getByRole('link', { name: 'Week' });
  assert.equal(await tab.evaluate((element) => getComputedStyle(element).outlineStyle), 'solid');
  assert.ok(await isSeen('Sessions and retreats'));

  await page.emulateMedia({ forcedColors: 'none', media: 'print' });
  await goTo(page, `/e/${yin}`);
  assert.ok(await isSeen('Yin by lamplight'));
  assert.ok(await page.getByText('Cancel a day before, please.').isVisible());
  assert.equal(await page.getByRole('button').count(), 0);

  await page.emulateMedia({ media: 'screen', reducedMotion: 'reduce' });
  for (const path of ['/', '/events', `/e/${yin}`]) {
    await goTo(page, path);
    const moving = await page.evaluate(() =>
      [...document.querySelectorAll('main *')]
        .filter((element) =>
          getComputedStyle(element)
            .transitionDuration.split(', ')
            .some((each) => each !== '0s'),
        )
        .map(({ outerHTML }) => outerHTML.slice(0, 100)),
    );
    assert.deepEqual(moving, [], path);
  }
});

test('the time of an event is that of its place, and the viewer’s own beside it where that differs', async (t) => {
  for (const [seen, expected] of [
    [{ timezoneId: 'Europe/Lisbon' }, /^$/],
    [{ timezoneId: 'America/New_York' }, /^\d\d:30 your time$/],
    [{ timezoneId: 'Pacific/Auckland' }, /^\w{3} \d+ \w{3,4}, \d\d:30 your time$/],
    [{ timezoneId: 'America/New_York', javaScriptEnabled: false }, /^$/],
  ] as const) {
    const { page, context } = await openPage(seen);
    t.after(() => context.close());
    await goTo(page, `/e/${yin}`);
    await page.locator('.event-time').getByText('19:30–20:45').waitFor();
    await page.locator('.event-time').getByText('Lisbon time').waitFor();
    assert.match((await page.locator('.viewer-time').textContent()) ?? '', expected, JSON.stringify(seen));
  }
});

test('programs read what an event is, and a hostile title is nothing but its title', async (t) => {
  const { page, context, watched } = await openPage();
  t.after(() => context.close());
  const about = async (path: string) => {
    await goTo(page, path);
    return JSON.parse((await page.locator('script[type="application/ld+json"]').textContent()) ?? '');
  };
  assert.equal((await about(`/e/${hostile}`)).name, HOSTILE);
  assert.equal(await page.getByRole('heading', { level: 1 }).textContent(), HOSTILE);
  assert.equal(await page.evaluate('window.hacked'), undefined);
  const retreat = await about(`/e/${online}`);
  assert.deepEqual(
    [retreat['@type'], retreat.offers.price, retreat.organizer.name, retreat.startDate.slice(-6)],
    ['Event', '0.00', 'Casa Lenta', '+08:00'],
  );
  assert.equal((await about(MAYA)).name, 'Maya Lind');
  assert.deepEqual(watched.complaints, []);
});

test('without a script filters open over the page, and what they find is in the address', async (t) => {
  const { page, context } = await openPage({ width: 390, javaScriptEnabled: false });
  t.after(() => context.close());
  await goTo(page, '/events');
  await page.getByRole('button', { name: 'Filters' }).click();
  await page.getByLabel('Practice').selectOption('yin');
  await page.getByLabel('Only with free places').check();
  await page.getByRole('button', { name: /^Show \d+ events$/ }).click();
  await page.getByText('2 events · Lisbon time').waitFor();
  assert.equal(new URL(page.url()).search.replace(/\w+=(&|$)/g, ''), '?practice=yin&available=true');
  await page.getByRole('link', { name: /^yin ?, remove this filter$/ }).click();
  await page.getByText('10 events · Lisbon time').waitFor();
  await page.getByRole('searchbox', { name: 'Search' }).fill('bali');
  await page.getByRole('button', { name: 'Find' }).click();
  await page.getByText('1 event · Lisbon time').waitFor();
  assert.match(await page.title(), /^“bali”, with free places, 1 event/);
});

test('with a script the button says what the filters would show, before they are used', async (t) => {
  const { page, context } = await openPage();
  t.after(() => context.close());
  await goTo(page, '/events');
  await page.getByLabel('Practice').selectOption('busy');
  await page.getByRole('button', { name: 'Show 5 events' }).waitFor();
  await page.getByLabel('Price up to (EUR)').fill('3');
  await page.getByRole('button', { name: 'Show what is left: nothing' }).waitFor();
});

test('the first page finds by what and when', async (t) => {
  const { page, context } = await openPage({ javaScriptEnabled: false });
  t.after(() => context.close());
  await goTo(page, '/');
  await page.getByRole('searchbox', { name: 'Search' }).fill('lamplight');
  await page.getByLabel('When').selectOption('Next 7 days');
  await page.getByRole('button', { name: 'Find' }).click();
  await page.getByText('1 event · Lisbon time').waitFor();
  assert.match(page.url(), /\/events\?q=lamplight&from=\d{4}-\d\d-\d\d&to=\d{4}-\d\d-\d\d$/);
});

test('a week and a month show what is on, under the same filters, and lead on', async (t) => {
  const { page, context } = await openPage({ javaScriptEnabled: false });
  t.after(() => context.close());
  await goTo(page, `/events?view=month&from=${days?.busy}&practice=busy`);
  const cell = page.getByRole('link', { name: /, 5 events$/ });
  const words = (await cell.locator('.unseen').textContent()) ?? '';
  await page.getByRole('link', { name: '+2 more' }).click();
  await page.getByText('5 events · Lisbon time').waitFor();
  await page.getByRole('heading', { level: 2, name: new RegExp(words.replace(', 5 events', '')) }).waitFor();

  const busy = page.getByRole('link', { name: /^Busy evening/ });
  await page.getByRole('navigation', { name: 'Views' }).getByRole('link', { name: 'Week' }).click();
  await page.waitForURL(/view=week/);
  assert.equal(await busy.count(), 5);
  await page.getByRole('link', { name: 'Next week' }).click();
  await page.getByText('Nothing in this week').waitFor();
  await page.getByRole('link', { name: /^the week of Monday/ }).click();
  await page.getByText('Nothing in this week').waitFor({ state: 'detached' });
  await page.waitForLoadState('load');
  assert.equal(await busy.count(), 5);
  assert.match(page.url(), /practice=busy/);
  await page.getByRole('link', { name: 'This week' }).click();
  await busy.first().waitFor({ state: 'detached' });
  await page.waitForLoadState('load');
  assert.equal(await page.getByRole('link', { name: 'Previous week' }).count(), 0);
});

test('where nothing is, the nearest days before and after are said, and lead there', async () => {
  const visitor = createVisitor();
  const late = await visitor.get(`${site.url}/events?practice=busy&from=${days?.late}&to=${days?.late}`);
  assert.match(textOf(late.html), /Nothing on these dates The nearest is on \w+day \d+ \w+\./);
  const between = await visitor.get(
    `${site.url}/events?practice=yin&from=${days?.soon}&to=${days?.soon}&time_of_day=morning`,
  );
  assert.match(textOf(between.html), /Nothing found/);
  const both = await visitor.get(`${site.url}/events?practice=yin&from=${days?.gap}&to=${days?.gap}`);
  assert.match(textOf(both.html), /The nearest are on \w+day \d+ \w+ and \w+day \d+ \w+\./);
  const [, before = ''] = /The nearest are on[^"]*"([^"]+)"/.exec(both.html) ?? [];
  const there = await visitor.get(site.url + before.replaceAll('&amp;', '&'));
  assert.match(textOf(there.html), /2 events/);
});

test('calendars can be subscribed to, for a search and for a facilitator, and are sent when they are new', async () => {
  const read = async (path: string) => {
    const answer = await fetch(site.url + path);
    assert.match(answer.headers.get('content-type') ?? '', /^text\/calendar; charset=utf-8$/);
    assert.match(answer.headers.get('cache-control') ?? '', /^public, max-age=300$/);
    const calendar = new ICAL.Component(ICAL.parse(await answer.text()));
    const titles = calendar.getAllSubcomponents('vevent').map((event) => event.getFirstPropertyValue('summary'));
    return { titles, etag: answer.headers.get('etag') ?? '' };
  };
  const { titles, etag } = await read('/events.ics?practice=YIN&available=true');
  assert.deepEqual(titles, ['Yin by lamplight', 'Yin by lamplight']);
  assert.equal((await read(`${MAYA}/calendar.ics`)).titles.length, 10);
  assert.deepEqual((await read('/facilitators/2/calendar.ics')).titles, []);
  assert.equal((await fetch(`${site.url}/facilitators/99/calendar.ics`)).status, 404);
  const again = () =>
    fetch(`${site.url}/events.ics?practice=YIN&available=true`, { headers: { 'if-none-match': etag } });
  assert.equal((await again()).status, 304);
  await rowsOf(ownerUrl, `update events set place = 'The attic' where id = ${yin}`);
  const changed = await again();
  assert.equal(changed.status, 200);
  assert.match(await changed.text(), /SEQUENCE:1\r\n[\s\S]*LOCATION:The attic/);
});

test('search engines are told what there is, and what is not for them', async () => {
  const map = await (await fetch(`${site.url}/sitemap.xml`)).text();
  for (const path of ['/', '/events', MAYA, `/e/${yin}-yin-by-lamplight`]) {
    assert.ok(map.includes(`<loc>${site.url}${path}</loc>`), path);
  }
  assert.doesNotMatch(map, /Secret|secret-gathering/);
  assert.match(await (await fetch(`${site.url}/sitemap.xml?part=0`)).text(), /<urlset [\s\S]*yin-by-lamplight/);
  const robots = await (await fetch(`${site.url}/robots.txt`)).text();
  for (const path of ['/account', '/organise', '/admin', '/api/'])
    assert.match(robots, new RegExp(`^Disallow: ${path}$`, 'm'));
  assert.ok(robots.includes(`Sitemap: ${site.url}/sitemap.xml`));
  const manifest = JSON.parse(await (await fetch(`${site.url}/manifest.webmanifest`)).text());
  assert.equal(manifest.name, 'Casa Lenta');
  for (const { src } of manifest.icons)
    assert.equal((await fetch(site.url + src)).headers.get('content-type'), 'image/png');
});
