import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { completePageHeaders } from './page-headers.ts';
import { PLAIN_POLICY, plainPage } from './plain-page.ts';

const APPS = join(import.meta.dirname, '../../../apps');

function hashOfStyle(html: string): string {
  const style = /<style>([\s\S]*)<\/style>/.exec(html)?.[1] ?? assert.fail('there is no style');
  return createHash('sha256').update(style).digest('base64');
}

test('pages that stand alone have a style, and the one that their policy allows', () => {
  for (const html of [
    plainPage({ title: 'Away', paragraphs: [] }),
    readFileSync(join(APPS, 'booking/src/error.html'), 'utf8'),
    readFileSync(join(APPS, 'crm/src/error.html'), 'utf8'),
  ]) {
    assert.ok(PLAIN_POLICY.includes(`style-src 'sha256-${hashOfStyle(html)}'`));
    assert.doesNotMatch(html, /<script|style=|src=/);
  }
});

test('a page with a policy of its own keeps it', () => {
  const html = { 'content-type': 'text/html; charset=utf-8' };
  const own = new Response('', { headers: { ...html, 'content-security-policy': "default-src 'self'" } });
  assert.equal(completePageHeaders(own).headers.get('content-security-policy'), "default-src 'self'");
  const alone = new Response('', { headers: html });
  assert.equal(completePageHeaders(alone).headers.get('content-security-policy'), PLAIN_POLICY);
  const file = new Response('', { headers: { 'content-type': 'text/calendar' } });
  assert.equal(completePageHeaders(file).headers.get('content-security-policy'), null);
});
