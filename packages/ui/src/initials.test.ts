import assert from 'node:assert/strict';
import { test } from 'node:test';
import { initialsOf } from './initials.ts';

test('a monogram is the first letters of the first and the last name, in any script', () => {
  assert.deepEqual(
    ['Inês Duarte', 'maria do carmo reis', 'Kadek', ' élise  Ó Briain ', '静香', '🙂 Smile'].map(initialsOf),
    ['ID', 'MR', 'K', 'ÉB', '静', '🙂S'],
  );
});
