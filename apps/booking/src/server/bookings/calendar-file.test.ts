import assert from 'node:assert/strict';
import { test } from 'node:test';
import ICAL from 'ical.js';
import { calendarFileOf } from './calendar-file.ts';
import type { Visit } from './visit.ts';

const VISIT: Visit = {
  id: 7,
  user_id: 1,
  event_id: 3,
  booking_date: new Date('2026-11-20T10:00:00Z'),
  status: 'confirmed',
  seats: 1,
  version: 1,
  event: {
    id: 3,
    title: 'Yin; slow, and \\ long — 静かな夜の長いヨガのひととき、ゆっくりと息をする',
    event_type: 'session',
    date_time: new Date('2026-12-01T19:30:00Z'),
    duration: 75,
    price: 16,
    currency: 'EUR',
    time_zone: 'Europe/Lisbon',
    place: 'Sala do Rio, Rua da Bica 12, Lisbon',
    online: false,
    practice: 'yin',
    summary: 'Two lines:\nBEGIN:VEVENT',
    is_active: true,
    cancelled_at: null,
    moved_from: null,
    facilitator: { id: 1, name: 'Inês Duarte' },
  },
};
const OPTIONS = { url: 'https://book.example.org/bookings/7', now: new Date('2026-11-23T08:00:00Z') };

function read(file: string) {
  const calendar = new ICAL.Component(ICAL.parse(file));
  assert.equal(calendar.getAllSubcomponents('vevent').length, 1);
  return new ICAL.Event(calendar.getFirstSubcomponent('vevent') ?? assert.fail());
}

test('EDGE-05: another reader finds in a calendar file what was booked, whatever characters it is written in', () => {
  const event = read(calendarFileOf(VISIT, OPTIONS));
  assert.equal(event.summary, VISIT.event.title);
  assert.equal(event.location, VISIT.event.place);
  assert.equal(event.description, `Two lines:\nBEGIN:VEVENT\nWith Inês Duarte.\n${OPTIONS.url}`);
  assert.deepEqual(event.startDate.toJSDate(), VISIT.event.date_time);
  assert.deepEqual(event.endDate.toJSDate(), new Date('2026-12-01T20:45:00Z'));
  assert.equal(event.uid, 'booking-7@book.example.org');
});

test('a calendar file has lines of 75 bytes at most, each ended as the standard says', () => {
  const lines = calendarFileOf(VISIT, OPTIONS).split('\r\n');
  assert.equal(lines.pop(), '');
  assert.ok(lines.some((line) => line.startsWith(' ')));
  for (const line of lines) {
    assert.ok(Buffer.byteLength(line) <= 75, line);
    assert.doesNotMatch(line, /[\r\n\ufffd]/);
  }
});

test('the file of a cancelled booking takes the same entry out of the calendar', () => {
  const before = read(calendarFileOf(VISIT, OPTIONS));
  const after = read(calendarFileOf({ ...VISIT, status: 'cancelled' }, OPTIONS));
  assert.equal(after.uid, before.uid);
  assert.ok(after.sequence > before.sequence);
  assert.equal(after.component.getFirstPropertyValue('status'), 'CANCELLED');
});

test('what was told later is the newer entry, and a cancellation the newest', () => {
  const sequenceOf = (visit: Visit) => read(calendarFileOf(visit, OPTIONS)).sequence;
  const booked = sequenceOf(VISIT);
  const moved = sequenceOf({ ...VISIT, version: 2 });
  const off = sequenceOf({ ...VISIT, version: 2, event: { ...VISIT.event, cancelled_at: OPTIONS.now } });
  const cancelled = sequenceOf({ ...VISIT, version: 3, status: 'event_cancelled' });
  assert.deepEqual([booked, moved, off, cancelled], [0, 1, 2, 3]);
});
