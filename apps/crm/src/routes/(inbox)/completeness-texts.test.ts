import assert from 'node:assert/strict';
import { test } from 'node:test';
import { completenessInWords } from './completeness-texts.ts';

const NOW = Date.parse('2030-03-01T12:00:00Z');
const said = (received: number, expected: number | null, secondsAgo?: number) =>
  completenessInWords(
    {
      received,
      expected,
      newestAt: secondsAgo === undefined ? null : new Date(NOW - secondsAgo * 1000).toISOString(),
    },
    NOW,
  );

test('says how many of how many have arrived, and how long ago the newest did', () => {
  assert.deepEqual(said(412, 412, 0.4), {
    isComplete: true,
    text: '412 of 412 bookings received, newest 0.4 s ago.',
  });
  assert.deepEqual(said(411, 412, 12), {
    isComplete: false,
    text: '411 of 412 bookings received, newest 12 s ago. One is on the way.',
  });
  assert.equal(said(0, 7).text, '0 of 7 bookings received. 7 are on the way.');
  assert.equal(said(1, 1, 3).text, '1 of 1 booking received, newest 3.0 s ago.');
  assert.deepEqual(said(0, 0), { isComplete: true, text: 'Nobody has booked with you yet.' });
});

test('says so while booking does not answer', () => {
  assert.deepEqual(said(412, null, 70), {
    isComplete: false,
    text: '412 bookings received, newest 1 min ago. Booking does not answer, so it is not known whether that is all.',
  });
});

test('an age is said in the largest part that says enough', () => {
  const ages = [-5, 9.94, 59.9, 60, 3599, 3600, 172_799, 172_800].map((seconds) => said(1, 1, seconds).text);
  assert.deepEqual(
    ages.map((text) => /newest (.*) ago/.exec(text)?.[1]),
    ['0.0 s', '9.9 s', '59 s', '1 min', '59 min', '1 h', '47 h', '2 days'],
  );
});
