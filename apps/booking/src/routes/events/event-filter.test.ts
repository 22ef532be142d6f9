import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dateChips, readEventQuery, without } from './event-filter.ts';

test('what can be read of an address counts, and the rest is passed over', () => {
  const read = readEventQuery(
    new URLSearchParams('q= yin &event_type=retreat&practice=&from=2026-12-01&to=soon&price_max=12.5&limit=5&x=y'),
  );
  assert.deepEqual(read, { q: 'yin', event_type: 'retreat', from: '2026-12-01', price_max: 12.5 });
});

test('a filter is taken away with its paging, and what was left empty goes too', () => {
  const params = new URLSearchParams('q=yin&from=2026-12-01&to=&practice=yin&after=abc');
  assert.equal(without(params, 'practice'), 'q=yin&from=2026-12-01');
  assert.equal(without(params), 'q=yin&from=2026-12-01&practice=yin');
});

const chipsAt = (now: string, timeZone = 'Europe/Lisbon') =>
  dateChips(new Date(now), timeZone).map(({ label, from, to }) => `${label} ${from} ${to}`);

test('days are those of the studio, and the weekend is the next one or this one', () => {
  assert.deepEqual(chipsAt('2026-11-23T12:00:00Z'), [
    'Today 2026-11-23 2026-11-23',
    'Weekend 2026-11-28 2026-11-29',
    'Next 7 days 2026-11-23 2026-11-29',
  ]);
  assert.equal(chipsAt('2026-11-28T12:00:00Z')[1], 'Weekend 2026-11-28 2026-11-29');
  assert.equal(chipsAt('2026-11-29T12:00:00Z')[1], 'Weekend 2026-11-29 2026-11-29');
  assert.equal(chipsAt('2026-11-28T23:30:00Z', 'Asia/Makassar')[0], 'Today 2026-11-29 2026-11-29');
});
