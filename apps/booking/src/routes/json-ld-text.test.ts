import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { jsonLdText } from './json-ld-text.ts';

const HOSTILE = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc
    .array(
      fc.constantFrom('</script', '<!--', '-->', '<script>', ']]>', '&lt;', '"', '\\', '\u2028', '\n', '\0', '\ud800'),
    )
    .map((parts) => parts.join('')),
);

test('whatever people write is inside the script as text, and comes out as it was', () => {
  fc.assert(
    fc.property(HOSTILE, HOSTILE, (name, description) => {
      const text = jsonLdText({ name, nested: { description } });
      assert.doesNotMatch(text, /[<>&\u2028\u2029\n]/);
      assert.deepEqual(JSON.parse(text), { name, nested: { description } });
    }),
  );
});
