import assert from 'node:assert/strict';
import { test } from 'node:test';
import { returnPath, signInOnTheWayTo } from './return-path.ts';

test('a path of this site is where one goes on', () => {
  for (const path of ['/', '/e/12-yin?seats=2#book', '/events?q=yin+yoga&after=abc', '/bookings']) {
    assert.equal(returnPath(path), path);
    assert.equal(returnPath(new URL(signInOnTheWayTo(path), 'http://x.example').searchParams.get('return_to')), path);
  }
  assert.equal(returnPath('/e/../bookings'), '/bookings');
  assert.equal(returnPath('/e/1-é'), '/e/1-%C3%A9');
});

test('what a browser might take for another site is not', () => {
  for (const wanted of [
    null,
    '',
    'bookings',
    'https://evil.example/',
    '//evil.example',
    '///evil.example',
    '/\\evil.example',
    '\\/evil.example',
    '/\t/evil.example',
    '/\n/evil.example',
    '/..//evil.example',
    '/.//evil.example',
    'javascript:alert(1)',
    `/${'x'.repeat(2000)}`,
  ]) {
    assert.equal(returnPath(wanted), undefined, JSON.stringify(wanted));
  }
});

test('nobody is led to sign in once more, out again, or to what is no page', () => {
  for (const wanted of ['/sign-in', '/sign-in?return_to=/', '/sign-up', '/sign-out', '/api/v1/me', '/oidc/auth']) {
    assert.equal(returnPath(wanted), undefined, wanted);
  }
});
