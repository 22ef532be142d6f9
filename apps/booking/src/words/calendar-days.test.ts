import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  addDays,
  dateInShort,
  dayInFull,
  dayInShort,
  dayOf,
  firstOfMonth,
  lastOfMonth,
  monthInWords,
  spanInWords,
  weekOf,
  weeksOfMonth,
} from './calendar-days.ts';

test('a moment is on the day that the clock there shows', () => {
  const moment = new Date('2026-12-01T11:30:00Z');
  assert.deepEqual(
    ['Pacific/Kiritimati', 'Pacific/Auckland', 'UTC', 'America/New_York', 'Pacific/Pago_Pago'].map((zone) =>
      dayOf(moment, zone),
    ),
    ['2026-12-02', '2026-12-02', '2026-12-01', '2026-12-01', '2026-12-01'],
  );
});

test('the same moment of the day stays on its day while clocks change, in every zone', () => {
  // Lisbon, New York and Lord Howe change their clocks on these days; the last one by half an hour.
  for (const [zone, around] of [
    ['Europe/Lisbon', '2027-03-28'],
    ['Europe/Lisbon', '2026-10-25'],
    ['America/New_York', '2027-03-14'],
    ['America/New_York', '2026-11-01'],
    ['Australia/Lord_Howe', '2027-04-04'],
  ] as const) {
    const days = [-1, 0, 1].map((count) => addDays(around, count));
    const hours = Array.from({ length: 73 }, (_, hour) => new Date(Date.parse(`${days[0]}T00:00Z`) + hour * 3_600_000));
    const seen = [...new Set(hours.map((hour) => dayOf(hour, zone)))];
    // Every day comes once, none is left out, and none comes back.
    assert.deepEqual(seen, [...seen].sort());
    for (const [index, day] of seen.entries()) if (index > 0) assert.equal(day, addDays(seen[index - 1] ?? '', 1));
    assert.ok(seen.includes(around), zone);
  }
});

test('days are counted over months, years and leap days', () => {
  assert.equal(addDays('2026-12-31', 1), '2027-01-01');
  assert.equal(addDays('2028-02-28', 1), '2028-02-29');
  assert.equal(addDays('2027-03-01', -1), '2027-02-28');
});

test('a week is from Monday to Sunday', () => {
  const week = weekOf('2026-12-01');
  assert.deepEqual([week.length, week[0], week[6]], [7, '2026-11-30', '2026-12-06']);
  for (const day of week) assert.deepEqual(weekOf(day), week);
  assert.notDeepEqual(weekOf(addDays(week[6] ?? '', 1)), week);
});

test('a month is in whole weeks, and every day of it once', () => {
  for (let month = '2026-01-01'; month < '2030-01-01'; month = firstOfMonth(month, 1)) {
    const weeks = weeksOfMonth(month);
    const days = weeks.flat();
    assert.ok(weeks.every((week) => week.length === 7));
    assert.equal(new Set(days).size, days.length);
    assert.ok(days.includes(month) && days.includes(lastOfMonth(month)), month);
    assert.ok(weeks[0]?.includes(month) && weeks.at(-1)?.includes(lastOfMonth(month)), month);
  }
  // February 2027 begins on a Monday, and has no day of another month.
  assert.equal(weeksOfMonth('2027-02-14').flat().join(), weeksOfMonth('2027-02-01').flat().join());
  assert.deepEqual(weeksOfMonth('2027-02-01').length, 4);
  assert.equal(firstOfMonth('2026-12-15', 1), '2027-01-01');
  assert.equal(firstOfMonth('2026-01-15', -1), '2025-12-01');
});

test('days are said as people say them', () => {
  assert.equal(dayInFull('2026-12-01'), 'Tuesday 1 December');
  assert.equal(dayInShort('2026-12-01'), 'Tue 1 Dec');
  assert.equal(dateInShort('2026-12-01'), '1 Dec 2026');
  assert.equal(monthInWords('2026-12-01'), 'December 2026');
  assert.equal(spanInWords('2026-11-30', '2026-12-06'), '30 November – 6 December 2026');
  assert.equal(spanInWords('2026-12-07', '2026-12-13'), '7–13 December 2026');
  assert.equal(spanInWords('2026-12-28', '2027-01-03'), '28 December 2026 – 3 January 2027');
});
