import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { countTries, isFullRun } from '@samaya/platform/test-tries.ts';
import pg from 'pg';
import type { BrowserContext, Page } from 'playwright-core';
import { waitUntilTold } from './both-databases.ts';
import { openBrowser } from './browser.ts';
import { HOSTILE_WORDS } from './hostile-words.ts';
import { watchRequests } from './page-audit.ts';
import { startWholeSite } from './whole-site.ts';

// Of so many each has pages of its own; all of them stand in lists, rosters, descriptions and mails.
const WITH_PAGES = isFullRun ? 1 : 30;

const site = await startWholeSite();
const browser = await openBrowser();
const owner = new pg.Pool({ connectionString: site.databases.booking.ownerUrl, max: 1 });
owner.on('error', () => undefined);

// EDGE-08: an address on this machine stands in all words; nobody here may ask it, whoever typed it.
const asked: string[] = [];
const canary = createServer((request, response) => {
  asked.push(request.url ?? '');
  response.end();
});
await once(canary.listen(0, '127.0.0.1'), 'listening');
after(() => canary.close());
const { port: canaryPort } = canary.address() as AddressInfo;
const INNER = ['127.0.0.1', 'localhost', '[::ffff:127.0.0.1]', '0177.0.0.1', '2130706433', '127.1'].flatMap((host) => [
  `http://${host}:${canaryPort}/a.png`,
  `//${host}:${canaryPort}/b`,
  `webcal://${host}:${canaryPort}/c.ics`,
]);
const EVERYTHING = [...HOSTILE_WORDS, ...INNER, `<img src="${INNER[0]}">`].join('\n');

/** Written as whoever has the database in hands writes: past every check that the application makes of words. */
async function seed(): Promise<number[]> {
  await owner.query('update studio set name = $1, terms = $2', [HOSTILE_WORDS[0], EVERYTHING]);
  // With a new name her sign-ins to CRM would end.
  await owner.query('update facilitators set bio = $1 where id = 1', [EVERYTHING]);
  await owner.query(
    `insert into facilitators (name, email, bio, specialties)
     select word, n || '@lead.example', word, word from unnest($1::text[]) with ordinality t (word, n)`,
    [HOSTILE_WORDS],
  );
  const { rows } = await owner.query<{ id: number }>(
    `insert into events (title, description, summary, place, practice, level, event_type, date_time, duration,
       max_participants, price, facilitator_id)
     select word, $2, word, word, 'yin', 'all', 'session', now() + n * interval '3 hours', 60, 400, 5, f.id
     from unnest($1::text[]) with ordinality t (word, n) join facilitators f on f.email = n || '@lead.example'
     order by n returning id`,
    [HOSTILE_WORDS, EVERYTHING],
  );
  await owner.query(
    `with people as (
       insert into users (name, email, password)
       -- To some addresses no mail can go.
       select word, case n % 5 when 0 then lower(left(word, 90)) else 'person' end || n || '@home.example', '!' from unnest($1::text[]) with ordinality t (word, n)
       returning id)
     insert into bookings (user_id, event_id)
     select id, ($2::int[])[row_number() over ()] from people`,
    [HOSTILE_WORDS, rows.map(({ id }) => id)],
  );
  return rows.map(({ id }) => id);
}

const eventIds = await seed();
const chosen = eventIds.filter((_id, index) => index % WITH_PAGES === 0);
await waitUntilTold(site.databases.booking.ownerUrl, 60);
const { rows: facilitators } = await owner.query('select id from facilitators order by id');
const { rows: people } = await owner.query("select id from users where email like '%@home.example' order by id");

interface Watched {
  page: Page;
  context: BrowserContext;
  /** What ran, was forbidden or was asked for elsewhere. */
  harm: string[];
}

async function openPage(cookies: readonly string[]): Promise<Watched> {
  const context = await browser.newContext();
  context.setDefaultTimeout(30_000);
  const harm: string[] = [];
  await context.addCookies(
    cookies.map((cookie) => {
      const [name = '', value = ''] = cookie.split('=');
      return { name, value, domain: 'localhost', path: '/' };
    }),
  );
  await context.exposeFunction('noteHarm', (what: string) => void harm.push(what));
  await context.addInitScript(() => {
    const { noteHarm } = window as unknown as { noteHarm(what: string): void };
    document.addEventListener('securitypolicyviolation', (event) => {
      noteHarm(`${event.effectiveDirective} ${event.blockedURI} at ${location.pathname}`);
    });
  });
  const page = await context.newPage();
  page.on('dialog', (dialog) => {
    harm.push(`a dialog at ${page.url()}: ${dialog.message()}`);
    void dialog.dismiss();
  });
  const watched = watchRequests(page, [site.booking.url, site.crm.url]);
  page.on('load', () => harm.push(...watched.foreign.splice(0)));
  return { page, context, harm };
}

/** EDGE-03: links and forms that lead where no page of ours leads, and elements that none of ours has. */
async function findForeignParts(page: Page): Promise<string[]> {
  return await page.evaluate(
    (origins) => {
      const found: string[] = [];
      for (const element of document.querySelectorAll('*')) {
        for (const { name, value } of element.attributes) {
          if (name.startsWith('on')) found.push(`${element.localName} has ${name}`);
          if (!['href', 'src', 'action', 'formaction', 'srcdoc', 'data'].includes(name)) continue;
          const url = URL.parse(value, location.href);
          const isOurs =
            url && (origins.includes(url.origin) || url.protocol === 'mailto:' || value.startsWith('data:image'));
          // The text of a mail in the local mailbox shows addresses as links, as programs that read mail do.
          const isMail = location.pathname.startsWith('/dev/inbox/') && /^https?:/.test(value);
          if (!isOurs && !isMail) found.push(`${element.localName} leads to ${value}`);
          if (element.getAttribute('target') === '_blank' && !/noopener/.test(element.getAttribute('rel') ?? '')) {
            found.push(`${element.localName} opens ${value} with a way back`);
          }
        }
        if (/^(base|object|embed|math|marquee|frameset|applet|xss)$/.test(element.localName))
          found.push(element.localName);
      }
      return found;
    },
    [site.booking.url, site.crm.url],
  );
}

const LISTS = {
  booking: [
    '/',
    '/events',
    '/events?view=week',
    '/events?view=month',
    '/facilitators',
    '/organise',
    '/organise/events',
    '/organise/settings',
    '/admin',
    '/admin/people',
    '/admin/facilitators',
    '/admin/messages',
    '/dev/inbox',
  ],
  crm: ['/', '/?view=all'],
};

test('EDGE-01, EDGE-03: words of people run nothing, load nothing and lead nowhere, on any page of any viewer', async (t) => {
  countTries(t, 'EDGE-01', { short: HOSTILE_WORDS.length, full: HOSTILE_WORDS.length });
  assert.equal(HOSTILE_WORDS.length, 150);
  const { page, context, harm } = await openPage([site.cookies.sofia, site.cookies.mayaAtCrm]);
  const odd: string[] = [];
  const seen: string[] = [];
  const look = async (url: string) => {
    const answer = await page.goto(url, { waitUntil: 'load' });
    assert.equal(answer?.status(), 200, url);
    for (const part of await findForeignParts(page)) odd.push(`${url}: ${part}`);
    seen.push((await page.locator('body').textContent()) ?? '');
  };
  for (const app of ['booking', 'crm'] as const) {
    for (const path of LISTS[app]) {
      let next: string | null = path;
      for (let pages = 0; next !== null && pages < 20; pages++) {
        await look(new URL(next, site[app].url).href);
        const links = page.locator('a[rel="next"]:not([aria-label])');
        next = (await links.count()) > 0 ? await links.first().getAttribute('href') : null;
      }
    }
  }
  for (const [index, id] of chosen.entries()) {
    await look(`${site.booking.url}/e/${id}`);
    await look(`${site.booking.url}/organise/events/${id}`);
    await look(`${site.booking.url}/organise/events/${id}/edit`);
    await look(`${site.booking.url}/organise/events/${id}/roster`);
    await look(`${site.booking.url}/facilitators/${facilitators[1 + index * WITH_PAGES]?.id}`);
    await look(`${site.booking.url}/admin/facilitators/${facilitators[1 + index * WITH_PAGES]?.id}`);
    await look(`${site.booking.url}/admin/people/${people[1 + index * WITH_PAGES]?.id}`);
  }
  // What is typed comes back on the page.
  for (const word of HOSTILE_WORDS.filter((_word, index) => index % WITH_PAGES === 0)) {
    const q = new URLSearchParams({ q: word });
    for (const path of [`/events?${q}`, `/admin/people?${q}`, `/organise/events?${q}`])
      await look(site.booking.url + path);
    await look(`${site.crm.url}/?${new URLSearchParams({ event_title: word })}`);
  }
  await sleep(200);
  t.diagnostic(`${seen.length} pages`);
  assert.deepEqual(odd, []);
  assert.deepEqual(harm, []);
  const all = seen.join('\n').replaceAll(/\s+/g, ' ');
  const missing = HOSTILE_WORDS.filter((word) => !all.includes(word.replaceAll(/\s+/g, ' ').trim()));
  assert.deepEqual(missing, [], 'some words were not shown as they are');
  await context.close();
});

test('EDGE-01, EDGE-07: in what programs read of a page, words stand letter by letter, a template among them', async () => {
  const { page, context, harm } = await openPage([]);
  for (const id of chosen) {
    await page.goto(`${site.booking.url}/e/${id}`, { waitUntil: 'load' });
    const [{ title }] = (await owner.query('select title from events where id = $1', [id])).rows;
    const told = await page.evaluate(() => ({
      heading: document.querySelector('h1')?.textContent?.trim(),
      tab: document.title,
      shared: document.querySelector('meta[property="og:title"]')?.getAttribute('content'),
      known: [...document.querySelectorAll('script[type="application/ld+json"]')].map(({ textContent }) =>
        JSON.parse(textContent ?? ''),
      ),
    }));
    assert.equal(told.heading, title.trim());
    // Of the tab's words a browser takes away the spaces of ASCII at the ends, and no others.
    assert.ok(told.tab.startsWith(title.replaceAll(/[\t\n\f\r ]+/g, ' ').replaceAll(/^ | $/g, '')), told.tab);
    assert.equal(told.shared, title);
    assert.ok(
      told.known.some(({ name }) => name === title),
      JSON.stringify(told.known),
    );
  }
  assert.deepEqual(harm, []);
  await context.close();
});

test('EDGE-08: an address that somebody typed is asked by nobody', () => {
  assert.deepEqual(asked, []);
});

test('EDGE-01: a mail runs nothing and loads nothing, in a program that would let it', async (t) => {
  const unsent = "select 1 from outbox where destination = 'mail' and delivered_at is null and dead_at is null";
  const deadline = performance.now() + 30_000;
  while ((await owner.query(unsent)).rows.length > 0 && performance.now() < deadline) await sleep(50);
  const { rows: mails } = await owner.query<{ html: string }>('select html from local_mailbox');
  assert.ok(mails.length >= HOSTILE_WORDS.length / 2, `${mails.length}`);
  const { page, context, harm } = await openPage([]);
  // Here is no policy that forbids anything.
  await page.goto('about:blank');
  const some = mails.filter((_mail, index) => index % Math.ceil(WITH_PAGES / 10) === 0);
  for (const { html } of some) {
    await page.setContent(html, { waitUntil: 'load' });
    assert.equal(await page.locator('script, img, iframe, link, base, form, svg, [onload], [onerror]').count(), 0);
  }
  t.diagnostic(`${some.length} mails`);
  const before: readonly string[] = [...harm];
  assert.deepEqual(before, []);
  // Negative control: what runs is noticed.
  const ran = page.waitForEvent('dialog');
  await page.setContent('<img src="data:," onerror="alert(1)"><img src="http://evil.example:9/a.png">');
  await ran;
  assert.ok(
    harm.some((what) => what.startsWith('a dialog')),
    `${harm}`,
  );
  await context.close();
});
