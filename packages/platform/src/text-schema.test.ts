import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { countTries } from './test-tries.ts';
import { emailAddress, oneLine, paragraphs, rowId } from './text-schema.ts';

test('keeps names of every script exactly, in NFC', () => {
  for (const name of [
    'Ana Costa',
    'Þórdís Ýr',
    'ნინო',
    '李小龍',
    'محمد',
    'Ἑλένη',
    'ศิริพร',
    "O'Neill-Çelik",
    '👩‍🦰 Zoë',
  ]) {
    assert.equal(oneLine(100).parse(name), name.normalize('NFC'));
  }
  assert.equal(oneLine(100).parse('Zoe\u0308'), 'Zo\u00eb');
});

test('counts characters as the database does, not UTF-16 units', () => {
  assert.equal(oneLine(3).parse('👍👍👍'), '👍👍👍');
  assert.ok(!oneLine(3).safeParse('abcd').success);
});

test('refuses what nobody types into a name', () => {
  for (const value of ['', '   ', 'a\0b', 'a\nb', 'a\u202Eb', 'a\ud800b', 'a\u0085b', '\ufeffa']) {
    assert.ok(!oneLine(100).safeParse(value).success, JSON.stringify(value));
  }
});

test('allows line breaks in longer text and makes them one kind', () => {
  assert.equal(paragraphs(100).parse('one\r\ntwo\tthree\n'), 'one\ntwo\tthree');
  assert.ok(!paragraphs(100).safeParse('a\0b').success);
});

test('AUTHN-19: brings an address into one form before it judges it', () => {
  assert.equal(emailAddress.parse('  Ana@Example.ORG '), 'ana@example.org');
  assert.equal(emailAddress.parse('ana＠example.org'), 'ana@example.org');
  assert.equal(emailAddress.parse('ＡＮＡ@example．org'), 'ana@example.org');
  assert.equal(emailAddress.parse('ana@xn--exmple-4nf.org'), 'ana@xn--exmple-4nf.org', 'what it is, and no other');
  for (const value of [
    'ana',
    'ana@',
    'a@b@c.org',
    'Ana <ana@example.org>',
    'ana@example.org (Ana)',
    '"ana@evil.org"@example.org',
    '"ana"@example.org',
    'ana@[127.0.0.1]',
    'ana@example.org,eve@example.org',
    'ana@example.org>',
    'mailto:ana@example.org',
    // Letters of another alphabet that look like these, before and behind the sign.
    'аna@example.org',
    'ana@exаmple.org',
    'ana@еxample.org',
    'a\u200bna@example.org',
    'ana@example.org\u202e',
    'ana@example.org\nbcc: x@y.org',
    `${'a'.repeat(120)}@example.org`,
  ]) {
    assert.ok(!emailAddress.safeParse(value).success, value);
  }
});

test('takes as a row id only what an integer column can hold', () => {
  assert.equal(rowId.parse('2147483647'), 2_147_483_647);
  for (const value of ['0', '-1', '1.5', '01', '2147483648', '1e3', ' 1', 'x', ''])
    assert.ok(!rowId.safeParse(value).success, value);
});

const typed = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 120 }),
  fc.string({
    unit: fc.constantFrom('<', '>', '&', '"', '\r', '\n', '\u2028', '\u202e', '\ufeff', 'e\u0301', '＠', ' ', 'x'),
    maxLength: 120,
  }),
);

test('EDGE-02: words are kept as text, taken once more they are the same, and nothing unseen is among them', (t) => {
  const tries = countTries(t, 'EDGE-02', { short: 10_000, full: 10_000 });
  let taken = 0;
  for (const [schema, unseen] of [
    [oneLine(100), /[\p{Cc}\u2028\u2029\u202A-\u202E\u2066-\u2069\uFEFF]/u],
    [paragraphs(100), /[\u202A-\u202E\u2066-\u2069\uFEFF]|(?![\n\t])\p{Cc}/u],
    [emailAddress, /[^a-z0-9._%+'@-]/],
  ] as const) {
    fc.assert(
      fc.property(typed, (words) => {
        const kept = schema.safeParse(words);
        if (!kept.success) return;
        taken++;
        assert.doesNotMatch(kept.data, unseen);
        assert.ok(kept.data.isWellFormed());
        assert.equal(schema.parse(kept.data), kept.data);
        // Nothing is taken out or written otherwise: what looks like markup is what was typed.
        if (schema !== emailAddress) {
          assert.equal(kept.data, words.replaceAll('\r\n', '\n').normalize('NFC').trim());
        }
      }),
      { numRuns: Math.ceil(tries / 3) },
    );
  }
  assert.ok(taken > tries / 10, `${taken}`);
});
