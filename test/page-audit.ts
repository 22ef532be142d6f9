import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { gzipSync } from 'node:zlib';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

// An audit asks for less motion, which takes away what the page had to fade into the next one, perhaps while it does.
const CUT_SHORT = 'Transition was aborted because of invalid state. ViewTransition opt-in disabled';
const audited = new WeakSet<Page>();

/** Fails with every rule of axe that the page breaks as it is now, in light and in dark. */
export async function auditAxe(page: Page): Promise<void> {
  const broken: string[] = [];
  audited.add(page);
  // Something can be seen on a page before its style sheet has come.
  await page.waitForLoadState('load');
  for (const colorScheme of ['light', 'dark'] as const) {
    // No colour is on its way to another while it is looked at.
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await page.evaluate(AXE);
    const { violations } = await page.evaluate<AxeResults, string[]>(
      (values) =>
        // @ts-expect-error: what the line above brought to the page
        globalThis.axe.run({ runOnly: { type: 'tag', values }, rules: { 'target-size': { enabled: true } } }),
      RULES,
    );
    for (const { id, help, nodes } of violations) {
      broken.push(`${colorScheme}: ${id}, ${help}\n${nodes.map(({ html }) => `    ${html}`).join('\n')}`);
    }
  }
  await page.emulateMedia({ colorScheme: null, reducedMotion: null });
  assert.equal(broken.join('\n'), '', `${page.url()} breaks rules of axe`);
}

/** Fails where the page is wider than a window of this width, with what sticks out. 320 is also 400 % of 1280. */
export async function auditReflow(page: Page, width = 320): Promise<void> {
  await page.waitForLoadState('load');
  const before = page.viewportSize();
  await page.setViewportSize({ width, height: 640 });
  const sticksOut = await page.evaluate(() => {
    const root = document.documentElement;
    if (root.scrollWidth <= root.clientWidth) return [];
    return [...document.querySelectorAll('body *')]
      .filter((element) => element.getBoundingClientRect().right > root.clientWidth + 0.5)
      .map((element) => element.outerHTML.slice(0, 160));
  });
  if (before) await page.setViewportSize(before);
  assert.deepEqual(sticksOut, [], `${page.url()} scrolls sideways at ${width} px`);
}

export interface WatchedRequests {
  /** Addresses elsewhere that were asked for. */
  foreign: string[];
  /** Errors in the console: a broken policy, a script that failed, a file that is not there. */
  complaints: string[];
  /** How many bytes the scripts fetched so far have, each compressed with gzip. */
  scriptBytes(): Promise<number>;
}

/** Watches what a page asks for from now on; `origins` are those it may ask. */
export function watchRequests(page: Page, origins: readonly string[]): WatchedRequests {
  const foreign: string[] = [];
  const complaints: string[] = [];
  const scripts = new Set<string>();
  page.on('request', (request) => {
    const { origin, protocol, pathname } = new URL(request.url());
    if (protocol.startsWith('http') && !origins.includes(origin)) foreign.push(request.url());
    if (request.resourceType() === 'script' || pathname.endsWith('.js')) scripts.add(request.url());
  });
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  page.on('pageerror', ({ message }) => {
    if (message !== CUT_SHORT || !audited.has(page)) complaints.push(message);
  });
  return {
    foreign,
    complaints,
    async scriptBytes() {
      const texts = await Promise.all([...scripts].map(async (url) => await (await fetch(url)).bytes()));
      return texts.reduce((sum, text) => sum + gzipSync(text).length, 0);
    },
  };
}
