import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileTimeFormat } from './time-format.ts';

function read(format: string, text: string, language = 'en') {
  const time = compileTimeFormat(format, language)(text);
  return (
    time &&
    [time.start, ...(time.end ? [time.end] : [])].map((one) => one.toString({ smallestUnit: 'minute' })).join(' / ')
  );
}

test('reads days and clocks as the format says', () => {
  assert.equal(read('d MMMM yyyy HH:mm', '7 December 2026 18:30'), '2026-12-07T18:30');
  assert.equal(read('d MMMM yyyy HH:mm', '7 december 2026 18:30', 'nl'), '2026-12-07T18:30');
  assert.equal(read('d MMM yyyy HH:mm', '7 févr. 2027 18:30', 'fr'), '2027-02-07T18:30');
  assert.equal(read('EEE, dd/MM/yy h:mm a', 'Fri, 25/10/24 7:45 PM'), '2024-10-25T19:45');
  assert.equal(read('M/d/yyyy h:mm a', '3/4/2027 12:00 AM'), '2027-03-04T00:00');
  assert.equal(read('M/d/yyyy h:mm a', '3/4/2027 12:00\u202Fp.m.'), '2027-03-04T12:00');
});

test('reads a range of clocks, also past midnight', () => {
  assert.equal(read('yyyy-MM-dd HH:mm - HH:mm', '2027-03-01 18:30 – 19:45'), '2027-03-01T18:30 / 2027-03-01T19:45');
  assert.equal(read('yyyy-MM-dd HH:mm - HH:mm', '2027-03-01 22:00-00:30'), '2027-03-01T22:00 / 2027-03-02T00:30');
  // A slip of the pen is no night of 23 hours.
  assert.equal(read('yyyy-MM-dd HH:mm - HH:mm', '2027-03-01 18:00 - 17:00'), '2027-03-01T18:00 / 2027-03-01T17:00');
});

test('reads a range whose half of the day is said once', () => {
  const format = 'yyyy-MM-dd h:mm - h:mm a';
  assert.equal(read(format, '2027-03-01 6:30 - 7:45 PM'), '2027-03-01T18:30 / 2027-03-01T19:45');
  assert.equal(read(format, '2027-03-01 11:30 - 12:45 PM'), '2027-03-01T11:30 / 2027-03-01T12:45');
  assert.equal(
    read('yyyy-MM-dd h:mm a - h:mm a', '2027-03-01 11:30 AM - 1:00 PM'),
    '2027-03-01T11:30 / 2027-03-01T13:00',
  );
});

test('reads a range of days', () => {
  const format = "d MMM 'at' HH:mm - d MMM yyyy HH:mm";
  assert.equal(read(format, '25 Jan at 16:00 – 1 Feb 2027 11:00'), '2027-01-25T16:00 / 2027-02-01T11:00');
});

test('reads nothing that is not in the format, or no day at all', () => {
  for (const text of ['', '2027-02-30 18:00', '2027-13-01 18:00', '2027-03-01 25:00', '2027-03-01', 'soon']) {
    assert.equal(read('yyyy-MM-dd HH:mm', text), undefined, text);
  }
  assert.equal(read('yyyy-MM-dd h:mm a', '2027-03-01 13:00 PM'), undefined);
});

test('refuses a format that can give no time', () => {
  assert.throws(() => compileTimeFormat('d MMMM yyyy', 'en'), /needs a year, a month, a day and an hour/);
});
