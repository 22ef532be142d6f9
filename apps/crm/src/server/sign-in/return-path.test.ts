import assert from 'node:assert/strict';
import { test } from 'node:test';
import { returnPath, signInOnTheWayTo } from './return-path.ts';

test('somebody comes back to the page of the inbox where they were', () => {
  for (const path of ['/', '/n/12', '/n/12?view=all&event_title=Yin+%26+more', '/?view=processed']) {
    const asked = new URL(signInOnTheWayTo(path), 'http://crm.example').searchParams.get('return_to');
    assert.equal(returnPath(asked), path);
  }
});

test('no address leads to another site, to signing in again, or to what is no page', () => {
  for (const wanted of [
    'https://evil.example/n/1',
    '//evil.example/n/1',
    '/\\evil.example',
    '\t//evil.example',
    'javascript:alert(1)',
    'http://own.invalid//evil.example',
    '/sign-out',
    '/sign-in?as=other',
    '/stream',
    '/api/v1/stream',
    '/n/1/../../sign-out',
    `/?event_title=${'x'.repeat(3000)}`,
    '',
  ]) {
    assert.equal(returnPath(wanted), '/', wanted);
  }
});
