import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { slugOf } from './event.ts';

test('makes an address of the words of a title', () => {
  assert.equal(slugOf('Yin & Étude: “Straße”, l’été'), 'yin-etude-strasse-lete');
  assert.equal(slugOf('  100% Łódź  '), '100-lodz');
  assert.equal(slugOf('呼吸'), 'event');
  assert.equal(slugOf('%%%'), 'event');
});

test('cuts a long title at a word, or inside the only one', () => {
  assert.equal(slugOf('word '.repeat(30)), Array(16).fill('word').join('-'));
  assert.equal(slugOf('a'.repeat(90)), 'a'.repeat(80));
});

test('is always small ASCII words of 80 characters at most', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (title) => {
      const slug = slugOf(title);
      assert.match(slug, /^[a-z0-9]+(-[a-z0-9]+)*$/);
      assert.ok(slug.length <= 80);
    }),
  );
});
