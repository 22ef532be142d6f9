import assert from 'node:assert/strict';
import { test } from 'node:test';
import { limitPerProcess } from './process-limit.ts';

test('a key has so many requests in a window that begins with its first', () => {
  let now = 1000;
  const limit = limitPerProcess({ points: 2, seconds: 60 }, () => now);
  now = 50_000;
  assert.deepEqual([limit('ana'), limit('ana'), limit('ana')], [0, 0, 60_000]);
  assert.equal(limit('bo'), 0);
  // The counts are put aside meanwhile; that changes nothing for ana.
  now = 109_999;
  assert.equal(limit('cem'), 0);
  assert.equal(limit('ana'), 1);
  now = 110_000;
  assert.deepEqual([limit('ana'), limit('ana'), limit('ana')], [0, 0, 60_000]);
});

test('whoever asks on and on is refused for the whole window, and gets the next', () => {
  let now = 0;
  const limit = limitPerProcess({ points: 30, seconds: 60 }, () => now);
  let passed = 0;
  for (now = 0; now < 600_000; now += 100) if (limit('ana') === 0) passed++;
  assert.equal(passed, 300);
});

test('a flood of keys is forgotten, the oldest first', () => {
  const limit = limitPerProcess({ points: 1, seconds: 60 }, () => 0);
  assert.equal(limit('ana'), 0);
  for (let n = 0; n < 99_999; n++) limit(`flood ${n}`);
  assert.ok(limit('ana') > 0);
  for (let n = 0; n < 200_000; n++) limit(`more ${n}`);
  assert.equal(limit('ana'), 0);
});
