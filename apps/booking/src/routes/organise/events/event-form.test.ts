import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Event } from '#server/events/event.ts';
import type { TypedEvent } from './event-fields.ts';
import { emptyEvent, listFaults, readEvent, typedFrom, typedOf } from './event-form.ts';
import { previewOf } from './event-preview.ts';

const studio = { timeZone: 'Europe/Lisbon', currency: 'EUR' };
const written: TypedEvent = {
  ...emptyEvent(studio),
  title: ' Yin by candlelight ',
  date: '2031-03-04',
  time: '19:30',
  duration: '1 h 15',
  places: '18',
  price: '12,50',
};

const event = (more: Partial<Event> = {}): Event => ({
  id: 7,
  title: 'Yin',
  description: 'Quiet.\n\nLong.',
  event_type: 'session',
  date_time: new Date('2031-03-04T19:30:00Z'),
  duration: 75,
  max_participants: 18,
  price: 12.5,
  facilitator_id: 3,
  is_active: true,
  seats_taken: 14,
  time_zone: 'Europe/Lisbon',
  currency: 'EUR',
  place: null,
  online: false,
  practice: null,
  level: null,
  summary: null,
  cancelled_at: null,
  moved_from: null,
  facilitator: { id: 3, name: 'Maya Lind' },
  ...more,
});

test('six fields make an event; the rest has a meaning when it is left empty', () => {
  assert.deepEqual(readEvent(written), {
    faults: {},
    isTwice: false,
    input: {
      title: 'Yin by candlelight',
      event_type: 'session',
      date_time: new Date('2031-03-04T19:30:00Z'),
      duration: 75,
      max_participants: 18,
      price: 12.5,
      description: '',
      summary: null,
      place: null,
      practice: null,
      level: null,
      online: false,
      time_zone: 'Europe/Lisbon',
      currency: 'EUR',
    },
  });
});

test('every field says for itself what is to mend', () => {
  const wrong = {
    title: '',
    event_type: 'course',
    date: '2031-02-30',
    time: '25:00',
    duration: 'long',
    places: '-1',
    price: 'cheap',
    summary: 'x'.repeat(301),
    description: '\0',
    place: 'a\u202Eb',
    practice: 'x'.repeat(101),
    level: 'a\nb',
    time_zone: '+01:00',
    currency: 'XX',
  };
  const { faults } = readEvent({ ...written, ...wrong });
  assert.deepEqual(Object.keys(faults).sort(), Object.keys(wrong).sort());
  assert.equal(faults.title, 'Title is needed.');
  assert.deepEqual(
    listFaults(faults)
      .slice(0, 3)
      .map(({ field }) => field),
    ['title', 'event_type', 'date'],
  );
  for (const [field, value] of Object.entries(wrong)) {
    assert.deepEqual(Object.keys(readEvent({ ...written, [field]: value }).faults), [field]);
  }
});

test('who names the facilitator has to', () => {
  assert.equal(readEvent(written, { namesFacilitator: true }).faults.facilitator_id, 'Choose who leads it.');
  const { faults, input } = readEvent({ ...written, facilitator_id: '3' }, { namesFacilitator: true });
  assert.deepEqual([faults, input.facilitator_id], [{}, 3]);
});

test('the time is that of the event’s clock, on whatever zone’s wall it hangs', () => {
  const at = (typed: Partial<TypedEvent>) => readEvent({ ...written, ...typed }).input.date_time?.toISOString();
  assert.equal(at({ time_zone: 'Asia/Makassar' }), '2031-03-04T11:30:00.000Z');
  assert.equal(at({ date: '2031-07-04' }), '2031-07-04T18:30:00.000Z');
});

test('a time that the clocks skip is refused, of one they show twice the first is taken and that is said', () => {
  const skipped = readEvent({ ...written, date: '2031-03-30', time: '01:30' });
  assert.match(skipped.faults.time ?? '', /01:30 does not exist on that day/);
  const twice = readEvent({ ...written, date: '2031-10-26', time: '01:30' });
  assert.deepEqual([twice.isTwice, twice.input.date_time?.toISOString()], [true, '2031-10-26T00:30:00.000Z']);
});

test('what is shown of an event is read back as it is, the second of two equal times too', () => {
  for (const one of [
    event(),
    event({ date_time: new Date('2031-10-26T01:30:00Z') }),
    event({ time_zone: 'Asia/Kathmandu', duration: 4200, price: 0, online: true, place: 'A hall', level: 'all' }),
    event({ date_time: new Date('2031-03-04T19:30:42Z') }),
  ]) {
    const { input, faults, isTwice } = readEvent(typedOf(one), { kept: one });
    const { id, is_active, seats_taken, cancelled_at, moved_from, facilitator, ...fields } = one;
    assert.deepEqual({ input, faults, isTwice }, { input: fields, faults: {}, isTwice: false });
  }
  const moved = readEvent({ ...typedOf(event()), time: '19:45' }, { kept: event() });
  assert.equal(moved.input.date_time?.toISOString(), '2031-03-04T19:45:00.000Z');
});

test('a copy is a week later by the clock, also when the clocks change in between', () => {
  const copy = typedOf(event({ date_time: new Date('2031-03-25T19:30:00Z') }), 1);
  assert.deepEqual([copy.date, copy.time], ['2031-04-01', '19:30']);
  assert.equal(readEvent(copy).input.date_time?.toISOString(), '2031-04-01T18:30:00.000Z');
});

test('a form that is no form of ours is one with nothing in it', () => {
  const form = new FormData();
  form.set('title', new File(['x'], 'x'));
  assert.equal(typedFrom(form).title, '');
  assert.ok(listFaults(readEvent(typedFrom(form)).faults).length > 5);
});

test('the preview says what is written, and names what is not', () => {
  const facilitator = { id: 3, name: 'Maya Lind' };
  const context = { id: 7, seatsTaken: 0, facilitator, now: new Date('2031-01-01T00:00:00Z') };
  const card = previewOf(readEvent(written), context);
  assert.deepEqual(
    [card.title, card.when, card.zone, card.price, card.places],
    ['Yin by candlelight', 'Tue 4 Mar 2031, 19:30–20:45', 'Lisbon time', '€12.50', '18 places left'],
  );
  assert.equal(previewOf(readEvent(written), { ...context, seatsTaken: 14 }).places, '4 places left');
  const empty = previewOf(readEvent(emptyEvent(studio)), context);
  assert.deepEqual(
    [empty.title, empty.when, empty.price, empty.places, empty.isFull],
    ['Your title', 'Day and time', 'Price', 'Places', false],
  );
});
