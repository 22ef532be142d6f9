import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import sharp from 'sharp';
import { DEMO_PASSWORD } from '../apps/booking/src/server/demo/demo-people.ts';
import { launchChromium } from './launch-chromium.ts';
import { SCREENS, type Screen } from './screens.ts';

const ROOT = resolve(import.meta.dirname, '..');
/** Every picture, to be looked at; not kept in the repository. */
const ALL = join(ROOT, 'data/screenshots');
/** Those of the README. */
const CHOSEN = join(ROOT, 'docs/screenshots');
const HEIGHTS = { 390: 844, 1280: 900 } as const;
const SCHEMES = ['light', 'dark'] as const;
const READY_MS = 180_000;

interface Sites {
  booking: string;
  crm: string;
}

/** Takes a picture of every screen, or of those whose name contains one of the arguments, from the demo studio. */
async function main(filters: string[]): Promise<void> {
  const screens = SCREENS.filter(({ name }) => filters.length === 0 || filters.some((part) => name.includes(part)));
  for (const folder of [ALL, CHOSEN]) mkdirSync(folder, { recursive: true });
  const studio = await startStudio();
  const browser = await launchChromium();
  let missed = 0;
  try {
    for (const width of [390, 1280] as const) {
      for (const scheme of SCHEMES) missed += await photograph(browser, studio.sites, screens, { width, scheme });
    }
  } finally {
    await browser.close();
    await studio.stop();
  }
  process.stdout.write(`${ALL} holds the pictures${missed > 0 ? `; ${missed} could not be taken` : ''}.\n`);
  process.exitCode = missed > 0 ? 1 : 0;
}

async function photograph(
  browser: Browser,
  sites: Sites,
  screens: readonly Screen[],
  look: { width: 390 | 1280; scheme: 'light' | 'dark' },
): Promise<number> {
  const visitors = new Map<string, BrowserContext>();
  let missed = 0;
  for (const screen of screens) {
    const who = `${screen.app} ${screen.as ?? ''}`;
    const context = visitors.get(who) ?? (await enter(browser, sites, screen, look));
    visitors.set(who, context);
    const page = await context.newPage();
    try {
      await show(page, screen);
      const file = join(ALL, `${screen.name}-${look.width}-${look.scheme}.png`);
      const picture = await page.screenshot({ path: file, fullPage: true });
      if (screen.readme === look.width && look.scheme === 'light') await keep(screen, look.width, picture);
    } catch (error) {
      missed++;
      process.stdout.write(`${screen.name}, ${look.width} px, ${look.scheme}: ${(error as Error).message}\n`);
    }
    await page.close();
  }
  for (const context of visitors.values()) await context.close();
  return missed;
}

async function show(page: Page, { path, first }: Screen): Promise<void> {
  await page.goto(typeof path === 'string' ? path : await path(page));
  await page.evaluate(() => document.fonts.ready.then(() => undefined));
  await first?.(page);
}

/** A browser of its own for each person, signed in the way people do it. */
async function enter(
  browser: Browser,
  sites: Sites,
  { app, as }: Screen,
  { width, scheme }: { width: 390 | 1280; scheme: 'light' | 'dark' },
): Promise<BrowserContext> {
  const context = await browser.newContext({
    baseURL: sites[app],
    viewport: { width, height: HEIGHTS[width] },
    colorScheme: scheme,
    reducedMotion: 'reduce',
    timezoneId: 'Europe/Lisbon',
    locale: 'en-GB',
  });
  context.setDefaultTimeout(15_000);
  if (!as) return context;
  const page = await context.newPage();
  await page.goto('/sign-in');
  await page.getByLabel('E-mail').fill(`${as}@samaya.example`);
  await page.getByLabel('Password').fill(DEMO_PASSWORD);
  await page.keyboard.press('Enter');
  await page.waitForURL((url) => url.origin === sites[app] && !url.pathname.startsWith('/sign-in'));
  await page.close();
  return context;
}

/** What fits on a screen, small enough for a page of text. */
async function keep({ name }: Screen, width: 390 | 1280, picture: Buffer): Promise<void> {
  const { height } = await sharp(picture).metadata();
  await sharp(picture)
    .extract({ left: 0, top: 0, width, height: Math.min(height, HEIGHTS[width]) })
    .webp({ quality: 82 })
    .toFile(join(CHOSEN, `${name}.webp`));
}

/** The demo studio as `npm start` makes it, on ports and in a folder of its own. */
async function startStudio(): Promise<{ sites: Sites; stop(): Promise<void> }> {
  const [bookingPort, crmPort] = [await freePort(), await freePort()];
  const folder = mkdtempSync(join(tmpdir(), 'samaya-screenshots-'));
  const { PATH, HOME, TMPDIR } = process.env;
  const child = spawn(process.execPath, [join(ROOT, 'scripts/start.ts')], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      PATH,
      HOME,
      TMPDIR,
      BOOKING_PORT: String(bookingPort),
      CRM_PORT: String(crmPort),
      DATA_DIR: folder,
      RATE_LIMITS: 'off',
    },
  });
  const stop = async () => {
    if (child.exitCode === null) {
      child.kill('SIGTERM');
      await once(child, 'exit');
    }
    rmSync(folder, { recursive: true, force: true });
  };
  await untilReady(child).catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  return { sites: { booking: `http://localhost:${bookingPort}`, crm: `http://localhost:${crmPort}` }, stop };
}

function untilReady(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = '';
    const late = setTimeout(() => reject(new Error(`The studio did not start:\n${said}`)), READY_MS);
    child.once('exit', () => reject(new Error(`The studio did not start:\n${said}`)));
    child.stdout?.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      if (!said.includes('Samaya is ready')) return;
      clearTimeout(late);
      resolve();
    });
  });
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}

await main(process.argv.slice(2));
