import { after } from 'node:test';
import type { Browser } from 'playwright-core';
import { launchChromium } from '../scripts/launch-chromium.ts';

/**
 * Opens Chromium, see `launch-chromium.ts`; it closes with the test file. Fails where there is none, so that browser
 * tests are never skipped in silence.
 */
export async function openBrowser(): Promise<Browser> {
  const browser = await launchChromium();
  after(() => browser.close());
  return browser;
}
