import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Booking } from '#server/bookings/booking.ts';
import type { Event } from '#server/events/event.ts';
import { panelOf, readSeats } from './booking-panel.ts';

const START = new Date('2026-12-01T19:30:00Z');
const EVENT: Event = {
  id: 3,
  title: 'Yin',
  description: '',
  event_type: 'session',
  date_time: START,
  duration: 60,
  max_participants: 10,
  price: 12,
  facilitator_id: 1,
  is_active: true,
  seats_taken: 4,
  time_zone: 'Europe/Lisbon',
  currency: 'EUR',
  place: null,
  online: false,
  practice: null,
  level: null,
  summary: null,
  cancelled_at: null,
  moved_from: null,
  facilitator: { id: 1, name: 'Maya Lind' },
};
const OWN: Booking = { id: 9, user_id: 1, event_id: 3, booking_date: START, status: 'confirmed', seats: 2 };

const minutesBefore = (minutes: number) => new Date(START.getTime() - minutes * 60_000);
const at = (event: Partial<Event>, now: Date, own?: Booking, seats = 1) =>
  panelOf({ ...EVENT, ...event }, own, { seats, now });

const OPEN = { state: 'open', movedFrom: null, seats: 1, cancelUntil: 'Tue 1 Dec 2026, 19:30' };

test('a place can be booked until the event starts, and soon is said in minutes', () => {
  const choices = [1, 2, 3, 4].map((seats) => ({ seats, total: `€${12 * seats}` }));
  assert.deepEqual(at({}, minutesBefore(2000)), { ...OPEN, choices, startsInMinutes: null });
  assert.deepEqual(at({}, minutesBefore(5)), { ...OPEN, choices, startsInMinutes: 5 });
  assert.equal(at({}, START).state, 'started');
  assert.equal(at({}, minutesBefore(-59)).state, 'started');
  assert.equal(at({}, minutesBefore(-60)).state, 'over');
});

test('no more places are offered than there are, each choice with what it costs', () => {
  const tight = at({ seats_taken: 8, price: 12.5 }, minutesBefore(2000), undefined, 4);
  const choices = [
    { seats: 1, total: '€12.50' },
    { seats: 2, total: '€25' },
  ];
  assert.deepEqual(tight, { ...OPEN, choices, seats: 2, startsInMinutes: null });
  assert.equal(at({ seats_taken: 10 }, minutesBefore(2000)).state, 'full');
  const free = at({ seats_taken: 9, price: 0 }, minutesBefore(2000));
  assert.deepEqual(free.state === 'open' && free.choices, [{ seats: 1, total: 'Free' }]);
});

test('one’s own place comes before what keeps others out, unless the event is off', () => {
  const before = minutesBefore(2000);
  const booked = { state: 'booked', movedFrom: null, bookingId: 9, seats: 2, mayCancel: true };
  assert.deepEqual(at({ seats_taken: 10 }, before, OWN), booked);
  assert.deepEqual(at({ is_active: false }, before, OWN), booked);
  assert.deepEqual(at({}, START, OWN), { ...booked, mayCancel: false });
  assert.deepEqual(at({}, before, { ...OWN, status: 'attended' }), { ...booked, mayCancel: false });
  assert.equal(at({}, before, { ...OWN, status: 'waitlisted' }).state, 'waitlisted');
  assert.equal(at({ cancelled_at: START, is_active: false }, before, OWN).state, 'cancelled');
  assert.equal(at({ is_active: false }, before).state, 'closed');
});

test('an event that moved says from when, until it is over or off', () => {
  const moved = { moved_from: new Date('2026-11-28T18:00:00Z') };
  assert.equal(at(moved, minutesBefore(2000)).movedFrom, 'Sat 28 Nov 2026, 18:00');
  assert.equal(at(moved, minutesBefore(2000), OWN).movedFrom, 'Sat 28 Nov 2026, 18:00');
  assert.equal(at(moved, minutesBefore(-60)).movedFrom, null);
  assert.equal(at({ ...moved, cancelled_at: START }, minutesBefore(2000)).movedFrom, null);
});

test('what is no number of places is one place', () => {
  assert.deepEqual(['1', '4', '5', '0', '', '2.0', null, undefined, 3].map(readSeats), [1, 4, 1, 1, 1, 1, 1, 1, 1]);
});
