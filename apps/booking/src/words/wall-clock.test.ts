import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  dayInShort,
  dayInWords,
  hourOf,
  lengthInWords,
  lengthTyped,
  momentInWords,
  priceInWords,
  timeOfDay,
  wallClock,
  zoneInWords,
} from './wall-clock.ts';

test('a session is read on the clock of its place', () => {
  const start = new Date('2026-12-01T07:30:00Z');
  assert.equal(wallClock(start, 60, 'Europe/Lisbon'), 'Tue 1 Dec 2026, 07:30–08:30');
  assert.equal(momentInWords(start, 'Europe/Lisbon'), 'Tue 1 Dec 2026, 07:30');
  assert.equal(wallClock(start, 60, 'Asia/Makassar'), 'Tue 1 Dec 2026, 15:30–16:30');
  assert.equal(wallClock(start, 60, 'Pacific/Kiritimati'), 'Tue 1 Dec 2026, 21:30–22:30');
});

test('what ends on another day says so, and midnight is 00:00', () => {
  assert.equal(
    wallClock(new Date('2026-12-04T17:00:00Z'), 45 * 60, 'Europe/Lisbon'),
    'Fri 4 Dec 2026, 17:00\u00a0– Sun 6 Dec 2026, 14:00',
  );
  assert.equal(
    wallClock(new Date('2026-12-31T23:00:00Z'), 60, 'Europe/Lisbon'),
    'Thu 31 Dec 2026, 23:00\u00a0– Fri 1 Jan 2027, 00:00',
  );
});

test('minutes are minutes when the clock changes', () => {
  assert.equal(wallClock(new Date('2027-03-28T00:30:00Z'), 60, 'Europe/Lisbon'), 'Sun 28 Mar 2027, 00:30–02:30');
});

test('zones and prices are words', () => {
  assert.equal(zoneInWords('Europe/Lisbon'), 'Lisbon time');
  assert.equal(zoneInWords('America/Argentina/Buenos_Aires'), 'Buenos Aires time');
  assert.equal(zoneInWords('UTC'), 'UTC');
  assert.equal(zoneInWords('Etc/UTC'), 'UTC');
  assert.equal(priceInWords(12.5, 'EUR'), '€12.50');
  assert.equal(priceInWords(90, 'EUR'), '€90');
  assert.equal(priceInWords(450000, 'IDR'), 'IDR\u00a0450,000');
  assert.equal(priceInWords(0, 'EUR'), 'Free');
});

test('days, hours and lengths are said as people say them', () => {
  const midnight = new Date('2026-12-01T00:00:00Z');
  assert.equal(dayInWords(midnight, 'Europe/Lisbon'), 'Tuesday 1 December');
  assert.equal(dayInWords(midnight, 'America/New_York'), 'Monday 30 November');
  assert.equal(dayInShort(midnight, 'Europe/Lisbon'), 'Tue 1 Dec');
  assert.deepEqual([hourOf(midnight, 'UTC'), hourOf(midnight, 'Asia/Makassar')], [0, 8]);
  assert.equal(timeOfDay(midnight, 'Asia/Kathmandu'), '05:45');
  assert.deepEqual([35, 60, 75, 1440, 45 * 60].map(lengthInWords), ['35 min', '1 h', '1 h 15 min', '1 day', '2 days']);
});

test('a length as it is typed is exact', () => {
  assert.deepEqual([35, 60, 75, 1440, 4200, 1441].map(lengthTyped), [
    '35 min',
    '1 h',
    '1 h 15 min',
    '1 day',
    '2 days 22 h',
    '1 day 1 min',
  ]);
});
