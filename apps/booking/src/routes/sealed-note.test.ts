import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { readNote, sealNote } from './sealed-note.ts';

const KEYS = { keys: ['new', 'old'], purpose: 'test' };
const schema = z.object({ email: z.string() });
const now = new Date('2026-12-01T10:00:00Z');
const minutesLater = (minutes: number) => new Date(now.getTime() + minutes * 60_000);

test('a note is read for an hour, by its own page', () => {
  const sealed = sealNote(KEYS, { email: 'ana@example.org' }, now);
  assert.deepEqual(readNote(KEYS, sealed, { schema, now: minutesLater(60) }), { email: 'ana@example.org' });
  assert.equal(readNote(KEYS, sealed, { schema, now: minutesLater(61) }), undefined);
  assert.equal(readNote({ ...KEYS, purpose: 'another' }, sealed, { schema, now }), undefined);
  assert.equal(readNote({ ...KEYS, keys: ['other'] }, sealed, { schema, now }), undefined);
  assert.ok(!sealed.includes('ana'));
});

test('what is no note of ours says nothing', () => {
  for (const text of [null, '', 'x', 'ana@example.org', sealNote(KEYS, { name: 'Ana' }, now)]) {
    assert.equal(readNote(KEYS, text, { schema, now }), undefined, String(text));
  }
});
