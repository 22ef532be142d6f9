import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { countTries } from '@samaya/platform/test-tries.ts';
import type { Page } from 'playwright-core';
import { openBrowser } from './browser.ts';
import { auditAxe, watchRequests } from './page-audit.ts';
import { type SiteRoute, startWholeSite } from './whole-site.ts';

const site = await startWholeSite();
const browser = await openBrowser();
const origins = [site.booking.url, site.crm.url];

interface Report {
  directive: string;
  blocked: string;
}

/** A page of a browser that notes what the policies of pages forbid; `cookie` says who looks. */
async function openPage(cookie: string): Promise<{ page: Page; reports(): Promise<Report[]>; close(): Promise<void> }> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  context.setDefaultTimeout(30_000);
  const [name = '', value = ''] = cookie.split('=');
  if (cookie !== '') await context.addCookies([{ name, value, domain: 'localhost', path: '/' }]);
  await context.addInitScript(() => {
    const seen: Report[] = [];
    Object.assign(window, { seenReports: seen });
    document.addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI }) => {
      seen.push({ directive: effectiveDirective, blocked: blockedURI });
    });
  });
  const page = await context.newPage();
  return {
    page,
    reports: () => page.evaluate(() => (window as unknown as { seenReports: Report[] }).seenReports),
    close: () => context.close(),
  };
}

/** Who sees the most of a page. */
function mainViewer({ app, id }: SiteRoute): string {
  if (app === 'crm') return site.cookies.mayaAtCrm;
  return id.startsWith('/bookings') || id.startsWith('/account') ? site.cookies.ana : site.cookies.sofia;
}

const pages = site.routes.filter(({ isPage }) => isPage);

for (const { who, viewers } of [
  { who: 'whoever sees most of it', viewers: mainViewer },
  { who: 'a stranger', viewers: () => '' },
]) {
  test(`HDR-02: every page as ${who} sees it breaks no rule of its policy and none of axe, and asks nobody else`, async (t) => {
    countTries(t, 'HDR-02', { short: pages.length, full: pages.length });
    const faults: string[] = [];
    const audited = new Set<string>();
    for (const [cookie, routes] of Map.groupBy(pages, viewers)) {
      const { page, reports, close } = await openPage(cookie);
      const watched = watchRequests(page, origins);
      for (const { app, id, path } of routes) {
        await page.goto(site[app].url + path, { waitUntil: 'load' });
        const { pathname } = new URL(page.url());
        // Many lead a stranger to the same page.
        if (audited.has(pathname)) continue;
        audited.add(pathname);
        await auditAxe(page).catch((error: unknown) => faults.push(`${app} ${id}: ${error}`));
        for (const { directive, blocked } of await reports()) faults.push(`${app} ${id}: ${directive} ${blocked}`);
      }
      faults.push(...watched.foreign.map((url) => `asked for ${url}`));
      faults.push(...watched.complaints.filter((text) => /Content.Security.Policy|Refused to/i.test(text)));
      await close();
    }
    t.diagnostic(`${audited.size} pages`);
    assert.deepEqual(faults, []);
  });
}

test('HDR-02: what is put into a page does not run there', async () => {
  for (const [app, path] of [
    ['booking', '/'],
    ['booking', `/e/${site.eventId}-yin-by-candlelight`],
    ['booking', '/organise/import'],
    ['booking', '/none'],
    ['crm', '/'],
    ['crm', '/signed-out'],
  ] as const) {
    const { page, reports, close } = await openPage(app === 'booking' ? site.cookies.sofia : site.cookies.mayaAtCrm);
    await page.goto(site[app].url + path, { waitUntil: 'load' });
    const before = (await reports()).length;
    await page.evaluate(() => {
      const hits: string[] = [];
      Object.assign(window, { hits, hit: (what: string) => hits.push(what) });
      const script = document.createElement('script');
      script.text = 'hit("script")';
      document.body.append(script);
      const foreign = document.createElement('script');
      foreign.src = 'https://evil.example/a.js';
      document.body.append(foreign);
      const holder = document.createElement('div');
      holder.innerHTML = '<img src="/none.png" onerror="hit(\'handler\')"><a href="javascript:hit(\'link\')">a</a>';
      document.body.append(holder);
      holder.querySelector('a')?.click();
      const frame = document.createElement('iframe');
      frame.srcdoc = '<script>parent.hit("frame")</script>';
      document.body.append(frame);
      const base = document.createElement('base');
      base.href = 'https://evil.example/';
      document.head.append(base);
    });
    const lacking = async () => {
      const directives = new Set((await reports()).slice(before).map(({ directive }) => directive));
      return ['script-src-elem', 'script-src-attr', 'base-uri'].filter((directive) => !directives.has(directive));
    };
    // Some is forbidden only when it is its turn: a handler when its picture has failed.
    for (let tries = 0; (await lacking()).length > 0 && tries < 600; tries++) await sleep(50);
    assert.deepEqual(await lacking(), [], `${app} ${path}`);
    await sleep(300);
    const ran = await page.evaluate(() => {
      const { hits } = window as unknown as { hits: string[] };
      return document.baseURI.startsWith(location.origin) ? hits : [...hits, 'base'];
    });
    assert.deepEqual(ran, [], `${app} ${path}`);
    await close();
  }
});

test('CSRF-06: no page can be shown in a frame of another site, of a neighbour or of our other application', async (t) => {
  const frames = pages.map(({ app, path }) => site[app].url + path);
  const outside = createServer((request, response) => {
    response.setHeader('content-type', 'text/html; charset=utf-8');
    if (request.url === '/framed') return void response.end('<h1>framed</h1>');
    const sources = request.url === '/one' ? ['/framed'] : frames;
    response.end(`<!doctype html>${sources.map((source) => `<iframe src="${source}"></iframe>`).join('')}`);
  });
  await once(outside.listen(0, '127.0.0.1'), 'listening');
  t.after(() => {
    outside.closeAllConnections();
    outside.close();
  });
  const { port } = outside.address() as AddressInfo;
  // Negative control first: what may be framed is.
  for (const [host, path, shown] of [
    ['localhost', '/one', 1],
    ['localhost', '/all', 0],
    ['127.0.0.1', '/all', 0],
  ] as const) {
    const { page, close } = await openPage(site.cookies.sofia);
    // All pages at once, each in its frame.
    await page.goto(`http://${host}:${port}${path}`, { waitUntil: 'load', timeout: 120_000 });
    const inside = await Promise.all(
      page
        .frames()
        .slice(1)
        .map((frame) => frame.evaluate(() => document.body?.textContent?.trim() ?? '').catch(() => '')),
    );
    const seen = page
      .frames()
      .slice(1)
      .filter((frame, index) => frame.url().startsWith('http') && inside[index] !== '');
    assert.equal(seen.length, shown, `${host}${path}: ${seen.map((frame) => frame.url())}`);
    await close();
  }
});
