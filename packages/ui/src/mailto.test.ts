import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mailtoOf } from './mailto.ts';

test('EDGE-03: the address of a mail is an address and nothing else', () => {
  assert.equal(mailtoOf('ana+yoga@example.org'), 'mailto:ana%2Byoga@example.org');
  for (const hostile of [
    'a?bcc=b@x.example',
    'a@x.example&cc=b@x.example',
    'a@x.example?body=x',
    'a,b@x.example',
    '\ud800@x',
  ]) {
    const { search, hash, pathname } = new URL(mailtoOf(hostile));
    assert.deepEqual([search, hash], ['', '']);
    assert.doesNotMatch(pathname, /[?&,]/);
    assert.equal(decodeURIComponent(pathname), hostile.toWellFormed());
  }
});
