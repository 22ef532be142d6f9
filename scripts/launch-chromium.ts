import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import bundled, { inflate } from '@sparticuz/chromium';
import { type Browser, chromium } from 'playwright-core';

const DATA = resolve(import.meta.dirname, '../data');
const BUNDLED_VERSION = '153.0.0';
const SYSTEM_NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'chrome'];
const MAC_APPLICATION = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome';
// Nothing a browser does on its own may leave this machine.
const QUIET = [
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-domain-reliability',
  '--disable-sync',
  '--no-default-browser-check',
  '--no-first-run',
  '--no-pings',
  '--disable-gpu',
];

interface Executable {
  path: string;
  environment: Record<string, string>;
}

/**
 * Opens Chromium: `CHROME_PATH`, else the system's, else the one that npm installed (Linux on x64). Fails with a
 * sentence where there is none. Whoever opens it closes it.
 */
export async function launchChromium(): Promise<Browser> {
  const { path, environment } = await findChromium();
  const { PATH, HOME, TMPDIR } = process.env;
  return await chromium.launch({
    executablePath: path,
    args: QUIET,
    env: { ...Object.fromEntries(Object.entries({ PATH, HOME, TMPDIR }).filter(([, value]) => value)), ...environment },
  });
}

async function findChromium(): Promise<Executable> {
  const given = process.env.CHROME_PATH;
  if (given) {
    if (existsSync(given)) return { path: given, environment: {} };
    throw new Error(`CHROME_PATH is ${given}, where there is no file.`);
  }
  const installed = [
    ...(process.env.PATH ?? '').split(delimiter).flatMap((folder) => SYSTEM_NAMES.map((name) => join(folder, name))),
    MAC_APPLICATION,
  ].find((path) => existsSync(path));
  if (installed) return { path: installed, environment: {} };
  if (process.platform === 'linux' && process.arch === 'x64') return await unpackBundled();
  throw new Error('Browser tests need Chromium or Chrome. Install one, or set CHROME_PATH to its program.');
}

// Several test files may want it at once: each unpacks into a folder of its own, and the first to finish names it.
async function unpackBundled(): Promise<Executable> {
  const folder = join(DATA, `chromium-${BUNDLED_VERSION}`);
  if (!existsSync(folder)) {
    const own = `${folder}.${process.pid}`;
    mkdirSync(own, { recursive: true });
    const { TMPDIR } = process.env;
    // The package unpacks to the folder for temporary files.
    process.env.TMPDIR = own;
    try {
      await bundled.executablePath();
      await inflate(resolve(import.meta.dirname, '../node_modules/@sparticuz/chromium/bin/al2023.tar.br'));
    } finally {
      if (TMPDIR === undefined) delete process.env.TMPDIR;
      else process.env.TMPDIR = TMPDIR;
    }
    // Its own list of fonts names folders of another place.
    writeFileSync(join(own, 'fonts.conf'), fontList(folder));
    try {
      renameSync(own, folder);
    } catch (error) {
      rmSync(own, { recursive: true });
      if (!existsSync(folder)) throw error;
    }
  }
  return {
    path: join(folder, 'chromium'),
    environment: { LD_LIBRARY_PATH: join(folder, 'al2023/lib'), FONTCONFIG_FILE: join(folder, 'fonts.conf') },
  };
}

function fontList(folder: string): string {
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>${join(folder, 'fonts/fonts')}</dir>
  <cachedir>${join(folder, 'fonts-cache')}</cachedir>
</fontconfig>
`;
}
