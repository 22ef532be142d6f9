import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rememberSoldOut } from './sold-out-memory.ts';

test('strangers to a sold-out event are known for half a second, who ever booked it never', () => {
  let now = 0;
  const memory = rememberSoldOut(() => now);
  const ask = (userId: number, seats = 1) => memory.knows({ eventId: 1, userId, seats });
  assert.equal(ask(7), false);
  memory.note({ eventId: 1, maxParticipants: 2, people: new Set([8]) });
  assert.equal(ask(7), true);
  assert.equal(ask(7, 3), false, 'more than the event has at all is another refusal');
  assert.equal(ask(8), false);
  assert.equal(memory.knows({ eventId: 2, userId: 7, seats: 1 }), false);
  now = 500;
  assert.equal(ask(7), false);
});

test('when what is known grows old, one is sent to find out and the others are told what was, for less than a second', () => {
  let now = 0;
  const memory = rememberSoldOut(() => now);
  const ask = (userId: number) => memory.knows({ eventId: 1, userId, seats: 1 });
  const note = () => memory.note({ eventId: 1, maxParticipants: 2, people: new Set() });
  note();
  now = 500;
  assert.deepEqual([ask(7), ask(8), ask(7)], [false, true, false]);
  now = 899;
  assert.equal(ask(8), true);
  note();
  assert.deepEqual([ask(7), ask(8)], [true, true]);
  now = 899 + 900;
  assert.deepEqual([ask(8), ask(9)], [false, false], 'the scout did not come back');
  note();
  memory.forget(1);
  assert.deepEqual([ask(8), memory.remembers(1)], [false, false]);
});
