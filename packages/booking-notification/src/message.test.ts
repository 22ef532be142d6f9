import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BOOKING_KINDS, bookingMessageSchema, messageSchema } from './message.ts';

const MESSAGE = {
  message_id: '018f3b0e-7c1a-7b3a-9d0e-2f6a5c4b3d21',
  kind: 'booking.confirmed',
  version: 1,
  occurred_at: '2026-12-07T18:00:00.000Z',
  booking_id: 1,
  user_name: 'Ana Reis',
  user_email: 'ana@home.example',
  event_title: 'Yin by candlelight',
  event_date: '2026-12-14T19:00:00+01:00',
  facilitator_id: 7,
  user_id: 2,
  event_id: 3,
  event_type: 'session',
  seats: 1,
  status: 'confirmed',
  price: 18.5,
};

test('every kind about a booking is said in the same fields, and no other field goes along', () => {
  for (const kind of BOOKING_KINDS) {
    const said = messageSchema.parse({ ...MESSAGE, kind, password: 'x', notes: 'private' });
    assert.deepEqual(Object.keys(said).toSorted(), Object.keys(MESSAGE).toSorted());
  }
});

test('names and titles are measured in characters, as the tables measure them', () => {
  const accepts = (changes: object) => bookingMessageSchema.safeParse({ ...MESSAGE, ...changes }).success;
  assert.ok(accepts({ user_name: '🌿'.repeat(100) }));
  assert.ok(!accepts({ user_name: '🌿'.repeat(101) }));
  assert.ok(accepts({ event_title: 'ü'.repeat(200) }));
  assert.ok(!accepts({ event_title: '' }));
});

test('what fits no table is refused', () => {
  for (const changes of [
    { booking_id: 2_147_483_648 },
    { booking_id: 0 },
    { booking_id: '1' },
    { version: 1.5 },
    { price: Number.NaN },
    { price: -1 },
    { event_date: '2026-12-14' },
    { event_date: '+010000-01-01T00:00:00Z' },
    { event_type: 'party' },
    { kind: 'booking.guessed' },
    { message_id: 'abc' },
    { status: 'x'.repeat(21) },
  ]) {
    assert.ok(!messageSchema.safeParse({ ...MESSAGE, ...changes }).success, JSON.stringify(changes));
  }
});

test('NOTIF-24: the largest message has 20 kB', () => {
  const largest = {
    ...MESSAGE,
    user_name: '\u0001'.repeat(100),
    user_email: '\u0001'.repeat(120),
    event_title: '\u0001'.repeat(200),
  };
  assert.ok(Buffer.byteLength(JSON.stringify(bookingMessageSchema.parse(largest))) < 20_000);
});
