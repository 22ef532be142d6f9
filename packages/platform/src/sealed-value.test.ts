import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seal, unseal } from './sealed-value.ts';

const VALUE = { state: 'a', nonce: 'b' };

test('what was sealed is read back, also after the secret changed', () => {
  const sealed = seal(VALUE, ['old'], 'test');
  assert.deepEqual(unseal(sealed, ['old'], 'test'), VALUE);
  assert.deepEqual(unseal(sealed, ['new', 'old'], 'test'), VALUE);
  assert.notEqual(seal(VALUE, ['old'], 'test'), sealed);
});

test('what was touched, sealed with another secret or for another purpose is not read', () => {
  const sealed = seal(VALUE, ['secret'], 'test');
  assert.equal(unseal(sealed, ['other'], 'test'), undefined);
  assert.equal(unseal(sealed, ['secret'], 'another test'), undefined);
  for (const at of [0, 20, sealed.length - 4]) {
    const touched = sealed.slice(0, at) + (sealed[at] === 'A' ? 'B' : 'A') + sealed.slice(at + 1);
    assert.equal(unseal(touched, ['secret'], 'test'), undefined, `character ${at}`);
  }
  for (const text of ['', 'x', '\0', 'A'.repeat(4000)]) assert.equal(unseal(text, ['secret'], 'test'), undefined);
});
