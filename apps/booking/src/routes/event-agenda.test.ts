import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EventInBrief } from '#server/events/event.ts';
import { agendaOf } from './event-agenda.ts';

const EVENT: EventInBrief = {
  id: 1,
  title: 'Yin',
  event_type: 'session',
  date_time: new Date('2026-12-01T19:30:00Z'),
  duration: 75,
  max_participants: 10,
  price: 16,
  facilitator_id: 1,
  is_active: true,
  seats_taken: 0,
  time_zone: 'Europe/Lisbon',
  currency: 'EUR',
  place: null,
  online: false,
  practice: 'yin',
  level: null,
  summary: null,
  cancelled_at: null,
  moved_from: null,
  facilitator: { id: 1, name: 'Maya' },
};

function daysOf(events: Partial<EventInBrief>[], timeZone = 'Europe/Lisbon', today = '2026-11-30') {
  const whole = events.map((event) => ({ ...EVENT, ...event }));
  return agendaOf(whole, { timeZone, today }).map(({ label, rows }) => [
    label,
    ...rows.map(({ time, there }) => (there ? `${time} (${there})` : time)),
  ]);
}

test('events stand on their days of the studio, and say what the clock shows elsewhere', () => {
  const at = (moment: string, time_zone = 'Europe/Lisbon') => ({ date_time: new Date(moment), time_zone });
  assert.deepEqual(
    daysOf([
      at('2026-11-30T08:00:00Z'),
      at('2026-11-30T17:30:00Z', 'Europe/Berlin'),
      at('2026-11-30T23:00:00Z', 'Asia/Makassar'),
      at('2026-12-01T08:00:00Z', 'Europe/London'),
      at('2027-01-02T08:00:00Z'),
    ]),
    [
      ['Today, Monday 30 November', '08:00', '17:30 (18:30 Berlin time)', '23:00 (Tue 1 Dec, 07:00 Makassar time)'],
      ['Tomorrow, Tuesday 1 December', '08:00'],
      ['Saturday 2 January 2027', '08:00'],
    ],
  );
});

test('one moment is on another day of another studio', () => {
  assert.deepEqual(daysOf([{ date_time: new Date('2026-11-30T12:30:00Z') }], 'Pacific/Auckland', '2026-12-01'), [
    ['Today, Tuesday 1 December', '01:30 (Mon 30 Nov, 12:30 Lisbon time)'],
  ]);
});
