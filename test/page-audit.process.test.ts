import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { openBrowser } from './browser.ts';
import { auditAxe, auditReflow, watchRequests } from './page-audit.ts';

const browser = await openBrowser();
const page = await browser.newPage();

function show(body: string): Promise<void> {
  return page.setContent(
    `<!doctype html><html lang="en"><title>A page</title><main><h1>A page</h1>${body}</main></html>`,
  );
}

test('a page without a fault passes', async () => {
  await show('<p>Words.</p>');
  await auditAxe(page);
  await auditReflow(page);
});

test('a field without a label is found', async () => {
  await show('<input>');
  await assert.rejects(auditAxe(page), { actual: /light: label[\s\S]*dark: label/ });
});

test('a colour that is too faint in dark alone is found', async () => {
  await show(`<style>p { background: #fff; color: #333 } @media (prefers-color-scheme: dark) { p { color: #bbb } }</style>
    <p>Words.</p>`);
  await assert.rejects(auditAxe(page), { actual: /^dark: color-contrast/ });
});

test('what sticks out of a narrow window is found and named', async () => {
  await show('<div id="wide" style="width: 400px">Words.</div>');
  await auditReflow(page, 640);
  await assert.rejects(auditReflow(page), { actual: ['<div id="wide" style="width: 400px">Words.</div>'] });
});

test('what is asked for elsewhere is named, and scripts are measured as they travel', async (t) => {
  const script = `// ${'x'.repeat(10_000)}`;
  const server = createServer(({ url }, response) => {
    response.end(url?.endsWith('.js') ? script : '<script src="/own.js"></script><img src="http://localhost:9/a.png">');
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  const watched = watchRequests(page, [`http://127.0.0.1:${port}`]);
  const complained = page.waitForEvent('console');
  await page.goto(`http://127.0.0.1:${port}`);
  await complained;
  assert.deepEqual(watched.foreign, ['http://localhost:9/a.png']);
  assert.match(watched.complaints.join('\n'), /Failed to load resource/);
  assert.equal(await watched.scriptBytes(), gzipSync(script).length);
});
