import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Event } from '#server/events/event.ts';
import { organisedEventOf, stateOf } from './organised-event.ts';

const NOW = new Date('2026-12-01T12:00:00Z');

const event = (more: Partial<Event> = {}): Event => ({
  id: 7,
  title: 'Yin by candlelight',
  description: '',
  event_type: 'session',
  date_time: new Date('2026-12-01T19:30:00Z'),
  duration: 75,
  max_participants: 18,
  price: 12,
  facilitator_id: 1,
  is_active: true,
  seats_taken: 14,
  time_zone: 'Asia/Makassar',
  currency: 'EUR',
  place: null,
  online: true,
  practice: null,
  level: null,
  summary: null,
  cancelled_at: null,
  moved_from: null,
  facilitator: { id: 1, name: 'Maya Lind' },
  ...more,
});

test('what matters most of an event is its state', () => {
  const begun = { date_time: new Date('2026-12-01T11:30:00Z') };
  const over = { date_time: new Date('2026-12-01T10:45:00Z') };
  assert.equal(stateOf(event(), NOW), 'open');
  assert.equal(stateOf(event({ seats_taken: 18 }), NOW), 'full');
  assert.equal(stateOf(event({ seats_taken: 18, is_active: false }), NOW), 'closed');
  assert.equal(stateOf(event({ ...begun, is_active: false }), NOW), 'running');
  assert.equal(stateOf(event({ ...over, is_active: false }), NOW), 'over');
  assert.equal(stateOf(event({ ...over, is_active: false, cancelled_at: NOW }), NOW), 'cancelled');
});

test('its times are those of its place', () => {
  const { time, day, zone, places, where } = organisedEventOf(event(), NOW);
  assert.deepEqual([time, day, zone], ['03:30', 'Wed 2 Dec', 'Makassar time']);
  assert.deepEqual([places, where], ['14 of 18 places', 'Online']);
});
