import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TOTP } from 'otpauth';
import { createKey, createRecoveryCodes, keyAddress, openKey, readCode, sealKey, stepOfCode } from './two-step.ts';

// The key of RFC 6238's own examples, and what it says at two of them, in six digits.
const KEY = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
const at = (seconds: number) => new Date(seconds * 1000);

test('codes are those of RFC 6238', () => {
  assert.equal(stepOfCode({ key: KEY, code: '287082', now: at(59) }), 1);
  assert.equal(stepOfCode({ key: KEY, code: '081804', now: at(1_111_111_109) }), 37_037_036);
  assert.equal(stepOfCode({ key: KEY, code: '287083', now: at(59) }), undefined);
});

test('a code is taken half a minute early or late, and no more', () => {
  for (const [seconds, expected] of [
    [1_111_111_079, 37_037_036],
    [1_111_111_050, 37_037_036],
    [1_111_111_139, 37_037_036],
    [1_111_111_049, undefined],
    [1_111_111_140, undefined],
  ] as const) {
    assert.equal(stepOfCode({ key: KEY, code: '081804', now: at(seconds) }), expected, `${seconds}`);
  }
});

test('an app reads from the address the key, whose it is and where', () => {
  const key = createKey();
  assert.match(key, /^[A-Z2-7]{32}$/);
  assert.notEqual(createKey(), key);
  const address = keyAddress({ key, studio: 'Café: Söl & Co', email: 'ana@example.org' });
  const url = new URL(address);
  assert.equal(url.protocol, 'otpauth:');
  assert.equal(url.searchParams.get('secret'), key);
  assert.equal(url.searchParams.get('issuer'), 'Café: Söl & Co');
  assert.match(decodeURIComponent(url.pathname), /ana@example\.org$/);
});

test('a kept key is opened by a key that is not in the database, for its own person', () => {
  const kept = sealKey(KEY, 7, ['new']);
  assert.ok(!kept.includes(KEY));
  assert.equal(openKey(kept, 7, ['newer', 'new']), KEY);
  assert.equal(openKey(kept, 8, ['new']), undefined);
  assert.equal(openKey(kept, 7, ['other']), undefined);
});

test('what is typed is read as people write it', () => {
  for (const digits of ['123456', ' 123 456 ', '123-456', '１２３４５６']) {
    assert.deepEqual(readCode(digits), { digits: '123456' }, digits);
  }
  for (const nothing of [
    '',
    '12345',
    '1234567',
    'abcdef',
    '12345６7',
    '12345a',
    '\0',
    'x'.repeat(24),
    'u'.repeat(24),
  ]) {
    const read = readCode(nothing);
    assert.equal(read && 'digits' in read, nothing === 'x'.repeat(24) ? false : undefined, nothing);
  }
  const { codes, hashes } = createRecoveryCodes();
  assert.equal(new Set(codes).size, 10);
  for (const [index, code] of codes.entries()) {
    assert.match(code, /^([0-9a-hjkmnp-tv-z]{6}-){3}[0-9a-hjkmnp-tv-z]{6}$/);
    for (const typed of [
      code,
      code.toUpperCase(),
      code.replaceAll('-', ' '),
      code.replaceAll('0', 'O').replaceAll('1', 'l'),
    ]) {
      assert.deepEqual(readCode(typed), { recoveryHash: hashes[index] }, typed);
    }
  }
});

test('negative control: another clock makes another code', () => {
  const secret = createKey();
  const code = new TOTP({ secret }).generate({ timestamp: 1_800_000_000_000 });
  assert.equal(stepOfCode({ key: secret, code, now: new Date(1_800_000_000_000) }), 60_000_000);
  assert.equal(stepOfCode({ key: secret, code, now: new Date(1_800_000_300_000) }), undefined);
});
