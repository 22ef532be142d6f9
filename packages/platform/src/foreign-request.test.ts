import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isForeignRequest } from './foreign-request.ts';

const HOME = { publicUrl: 'https://book.example.org', shownElsewhere: /\/picture\.png$/ };
const LINK = { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };
const IMAGE = { 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' };

function isForeign(method: string, headers: Record<string, string>, url = '/bookings'): boolean {
  return isForeignRequest({ method, url, headers }, HOME);
}

test('what our own pages, programs and people who type an address ask is not foreign', () => {
  for (const method of ['GET', 'HEAD', 'POST', 'PATCH', 'DELETE']) {
    for (const headers of [
      {},
      { 'sec-fetch-site': 'same-origin' },
      { 'sec-fetch-site': 'none' },
      { 'sec-fetch-site': 'same-origin', origin: HOME.publicUrl },
      { origin: HOME.publicUrl },
      // Node's own fetch says how it asks, and not from where.
      { 'sec-fetch-mode': 'cors' },
    ] as Record<string, string>[]) {
      assert.equal(isForeign(method, headers), false, `${method} ${JSON.stringify(headers)}`);
    }
  }
});

test('a link from anywhere leads here; a form, a frame, a picture or a script of another site does not', () => {
  for (const site of ['cross-site', 'same-site', 'anything-new']) {
    assert.equal(isForeign('GET', { 'sec-fetch-site': site, ...LINK }), false);
    assert.equal(isForeign('HEAD', { 'sec-fetch-site': site, ...LINK }), false);
    for (const method of ['POST', 'PATCH', 'PUT', 'DELETE', 'OPTIONS']) {
      assert.equal(isForeign(method, { 'sec-fetch-site': site }), true, method);
      if (method !== 'OPTIONS') assert.equal(isForeign(method, { 'sec-fetch-site': site, ...LINK }), true, method);
    }
    for (const [mode, dest] of [
      ['no-cors', 'image'],
      ['no-cors', 'script'],
      ['cors', 'empty'],
      ['navigate', 'iframe'],
      ['navigate', 'embed'],
      ['navigate', 'object'],
      ['websocket', 'websocket'],
    ] as const) {
      const headers = { 'sec-fetch-site': site, 'sec-fetch-mode': mode, 'sec-fetch-dest': dest };
      assert.equal(isForeign('GET', headers), true, `${mode} ${dest}`);
    }
    assert.equal(isForeign('GET', { 'sec-fetch-site': site }), true);
  }
});

test('pictures for other sites are shown there, and nothing is sent to them', () => {
  assert.equal(isForeign('GET', { 'sec-fetch-site': 'cross-site', ...IMAGE }, '/e/7-yin/picture.png'), false);
  assert.equal(isForeign('GET', { 'sec-fetch-site': 'cross-site', ...IMAGE }, '/e/7-yin/picture.png?/book'), true);
  assert.equal(isForeign('POST', { 'sec-fetch-site': 'cross-site' }, '/e/7-yin/picture.png'), true);
});

test('what says another origin changes nothing, whatever else it says', () => {
  for (const origin of [
    'https://evil.example',
    'null',
    'http://book.example.org',
    `${HOME.publicUrl}.evil.example`,
    '',
  ]) {
    assert.equal(isForeign('POST', { origin }), true, origin);
    assert.equal(isForeign('DELETE', { origin, 'sec-fetch-site': 'same-origin' }), true, origin);
    assert.equal(isForeign('GET', { origin }), false, origin);
  }
});
