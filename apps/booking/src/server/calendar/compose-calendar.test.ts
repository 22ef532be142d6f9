import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countTries } from '@samaya/platform/test-tries.ts';
import fc from 'fast-check';
import ICAL from 'ical.js';
import { type CalendarEntry, composeCalendar } from './compose-calendar.ts';

const NOW = new Date('2026-11-23T08:00:00Z');
const ENTRY: CalendarEntry = {
  uid: 'event-7@book.example.org',
  sequence: 2,
  startsAt: new Date('2026-12-01T19:30:00Z'),
  minutes: 75,
  title: 'Yin by lamplight',
  description: 'Slow.\nWith Maya.',
  place: 'Sala do Rio, Lisbon',
  url: 'https://book.example.org/e/7-yin',
  isOff: false,
};
// All that an entry may say, in the order it says it.
const PROPERTIES = 'uid sequence dtstamp dtstart dtend summary location description url status'.split(' ');

const HOSTILE = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 500 }),
  fc.string({
    unit: fc.constantFrom('\r', '\n', '\\', ';', ',', ':', '"', '^', '🧘', 'é', '\0', '\ud800', 'x'),
    maxLength: 500,
  }),
  fc.constantFrom(
    'a\rEND:VEVENT\rBEGIN:VEVENT',
    'a\r\nATTENDEE:mailto:x@y.z',
    'a\nATTACH:file:///etc/passwd',
    'a\u2028X-EVIL:1',
    'a\u0085X-EVIL:1',
    '\\',
    '\\\r\n',
    '🧘'.repeat(250),
  ),
);

function read(file: string) {
  return new ICAL.Component(ICAL.parse(file));
}

test('EDGE-05: whatever people write stays inside its property, on lines that every reader takes', (t) => {
  // Each time some seven texts.
  const tries = countTries(t, 'EDGE-05', { short: 800, full: 8000 });
  fc.assert(
    fc.property(fc.array(fc.tuple(HOSTILE, HOSTILE, HOSTILE), { maxLength: 4 }), HOSTILE, (texts, name) => {
      const entries = texts.map(([title, description, place], index) => ({
        ...ENTRY,
        uid: `event-${index}@book.example.org`,
        title,
        description,
        place,
      }));
      const file = composeCalendar(entries, { now: NOW, name: `Yin ${name}` });
      const lines = file.split('\r\n');
      assert.equal(lines.pop(), '');
      for (const line of lines) {
        assert.ok(Buffer.byteLength(line) <= 75, line);
        assert.doesNotMatch(line, /\p{Cc}/u);
        assert.ok(line.isWellFormed(), line);
      }
      const calendar = read(file);
      const events = calendar.getAllSubcomponents('vevent');
      assert.equal(calendar.getAllSubcomponents().length, events.length);
      assert.deepEqual(
        events.map((event) => event.getFirstPropertyValue('uid')),
        entries.map(({ uid }) => uid),
      );
      for (const event of events) {
        for (const { name: property } of event.getAllProperties()) assert.ok(PROPERTIES.includes(property), property);
      }
      assert.equal(calendar.getAllProperties('x-wr-calname').length, 1);
      assert.equal(calendar.getAllProperties().length, 7);
    }),
    { numRuns: tries },
  );
});

test('plain words arrive as they were written', () => {
  const title = 'Yin; slow, and \\ long 🧘 — 静かな夜の長いヨガのひととき、ゆっくりと息をする';
  const [event] = read(composeCalendar([{ ...ENTRY, title }], { now: NOW })).getAllSubcomponents('vevent');
  assert.equal(event?.getFirstPropertyValue('summary'), title);
  assert.equal(event?.getFirstPropertyValue('description'), ENTRY.description);
  assert.equal(event?.getFirstPropertyValue('location'), ENTRY.place);
  assert.equal(String(event?.getFirstPropertyValue('dtstamp')), '2026-11-23T08:00:00Z');
  assert.equal(String(event?.getFirstPropertyValue('dtend')), '2026-12-01T20:45:00Z');
});

test('a file to subscribe to has a name, and says when to read it again', () => {
  const named = composeCalendar([], { now: NOW, name: 'Samaya; yin, free' });
  assert.match(named, /\r\nX-WR-CALNAME:Samaya\\; yin\\, free\r\n/);
  assert.match(named, /\r\nREFRESH-INTERVAL;VALUE=DURATION:PT1H\r\n/);
  assert.doesNotMatch(composeCalendar([ENTRY], { now: NOW }), /NAME:|REFRESH/);
});
