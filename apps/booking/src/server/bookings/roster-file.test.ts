import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from 'csv-parse/sync';
import { BOOKING_STATUSES, type BookingStatus } from './booking.ts';
import { rosterFileOf } from './roster-file.ts';

const words = {
  name: 'Name',
  email: 'E-mail',
  places: 'Places',
  status: 'State',
  booked: 'Booked',
  statuses: Object.fromEntries(BOOKING_STATUSES.map((status) => [status, `is ${status}`])) as Record<
    BookingStatus,
    string
  >,
};

const row = (user_name: string, user_email = 'ana@home.example') => ({
  user_name,
  user_email,
  seats: 2,
  status: 'confirmed' as const,
  booking_date: new Date('2026-12-01T22:05:00Z'),
});

test('a list is a file that spreadsheets open, with names as they are', () => {
  const file = rosterFileOf([row('Zoë “Zo” Berg, née O’Brien'), row('静香')], words, 'Asia/Makassar');
  assert.equal(file.charCodeAt(0), 0xfeff);
  assert.match(file, /^\uFEFFName,E-mail,Places,State,Booked\r\n/);
  assert.deepEqual(parse(file, { bom: true, from_line: 2 }), [
    ['Zoë “Zo” Berg, née O’Brien', 'ana@home.example', '2', 'is confirmed', '2026-12-02 06:05'],
    ['静香', 'ana@home.example', '2', 'is confirmed', '2026-12-02 06:05'],
  ]);
});

test('EDGE-04: nothing in it is a formula', () => {
  const file = rosterFileOf(
    [
      row('=HYPERLINK("http://evil.example")', '+1@home.example'),
      row('@SUM(A1)', '-2@home.example'),
      row('＝1+1'),
      row('Ana = Ben'),
    ],
    words,
    'UTC',
  );
  const cells = parse(file, { bom: true, from_line: 2 }).flat();
  assert.deepEqual(
    cells.filter((cell: string) => /^[=+\-@＝＋－＠\t\r]/.test(cell)),
    [],
  );
  assert.ok(cells.includes('Ana = Ben'));
});
