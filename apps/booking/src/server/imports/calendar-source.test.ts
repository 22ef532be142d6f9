import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { type CalendarOptions, readCalendar } from './calendar-source.ts';

const OPTIONS: CalendarOptions = {
  zone: undefined,
  studioZone: 'Europe/Lisbon',
  zones: new Map(),
  horizon: { from: undefined, days: 365, occurrences: 500 },
};

function read(lines: string[], options: Partial<CalendarOptions> = {}) {
  return readCalendar(['BEGIN:VCALENDAR', ...lines, 'END:VCALENDAR', ''].join('\n'), { ...OPTIONS, ...options });
}

function event(...lines: string[]): string[] {
  return ['BEGIN:VEVENT', 'UID:one', 'SUMMARY:Yin', ...lines, 'END:VEVENT'];
}

function startsOf(lines: string[], options: Partial<CalendarOptions> = {}): string[] {
  const { rows, refused } = read(lines, options);
  assert.deepEqual(refused, []);
  return rows.map(({ time }) => `${time?.start.plain.toString({ smallestUnit: 'minute' })} ${time?.start.zone}`);
}

test('reads the example: a series with a gap and a change, a retreat of whole days, a cancelled class', () => {
  const text = readFileSync(join(import.meta.dirname, '../../../../../docs/import-examples/calendar.ics'), 'utf8');
  const { rows, skipped, refused } = readCalendar(text, OPTIONS);
  assert.deepEqual(refused, []);
  assert.deepEqual(
    rows.map(({ columns, time, identity }) => [
      columns.summary,
      columns.event_type,
      time?.start.plain.toString(),
      time?.end?.plain.toString(),
      identity,
    ]),
    [
      ['Morning Flow', '', '2027-03-08T07:30:00', '2027-03-08T08:30:00', ['flow@harbour.example', '2027-03-08']],
      [
        'Morning Flow, later today',
        '',
        '2027-03-15T08:00:00',
        '2027-03-15T09:00:00',
        ['flow@harbour.example', '2027-03-15'],
      ],
      ['Morning Flow', '', '2027-03-29T07:30:00', '2027-03-29T08:30:00', ['flow@harbour.example', '2027-03-29']],
      ['Morning Flow', '', '2027-04-05T07:30:00', '2027-04-05T08:30:00', ['flow@harbour.example', '2027-04-05']],
      ['Weekend by the Sea', 'retreat', '2027-03-12T00:00:00', '2027-03-15T00:00:00', ['sea@harbour.example']],
    ],
  );
  assert.deepEqual(
    skipped.map(({ value, reason }) => [value, reason]),
    [['Breath', 'is cancelled in the calendar']],
  );
  assert.equal(rows[0]?.columns.organizer_email, 'ines@harbour.example');
});

test('keeps the time on the wall when the clocks change, and takes EXDATE and UNTIL in UTC', () => {
  const series = event(
    'DTSTART;TZID=Europe/Amsterdam:20270320T190000',
    'DURATION:PT1H',
    'RRULE:FREQ=WEEKLY;UNTIL=20270410T170000Z',
    'EXDATE:20270403T170000Z',
  );
  assert.deepEqual(startsOf(series), [
    '2027-03-20T19:00 Europe/Amsterdam',
    '2027-03-27T19:00 Europe/Amsterdam',
    '2027-04-10T19:00 Europe/Amsterdam',
  ]);
});

test('knows zones by the names of Windows, of other programs, and of the mapping', () => {
  for (const [tzid, zone] of [
    ['W. Europe Standard Time', 'Europe/Berlin'],
    ['/example.org/20240101/Europe/Prague', 'Europe/Prague'],
    ['"Europe/Prague"', 'Europe/Prague'],
    ['Europe_London', 'Europe/London'],
    ['Studio', 'Asia/Tokyo'],
  ] as const) {
    const lines = event(`DTSTART;TZID=${tzid}:20270301T180000`, 'DURATION:PT1H');
    assert.deepEqual(startsOf(lines, { zones: new Map([['Studio', 'Asia/Tokyo']]) }), [`2027-03-01T18:00 ${zone}`]);
  }
  const unknown = read(event('DTSTART;TZID=constructor:20270301T180000', 'DURATION:PT1H'));
  assert.match(unknown.refused[0]?.reason ?? '', /a time zone nobody here knows/);
});

test('asks for the zone of floating times, unless the calendar or the command says it', () => {
  const floating = event('DTSTART:20270301T180000', 'DURATION:PT1H');
  assert.match(read(floating).refused[0]?.reason ?? '', /states no time zone; give --zone/);
  assert.deepEqual(startsOf(['X-WR-TIMEZONE:Asia/Tokyo', ...floating]), ['2027-03-01T18:00 Asia/Tokyo']);
  assert.deepEqual(startsOf(['X-WR-TIMEZONE:Asia/Tokyo', ...floating], { zone: 'Europe/Rome' }), [
    '2027-03-01T18:00 Europe/Rome',
  ]);
});

test('shows times in UTC in the zone of the calendar', () => {
  const { rows } = read(event('DTSTART:20270701T170000Z', 'DTEND:20270701T180000Z'), { zone: 'Europe/Amsterdam' });
  assert.equal(rows[0]?.time?.start.plain.toString(), '2027-07-01T19:00:00');
  assert.equal(rows[0]?.time?.start.exact?.toString(), '2027-07-01T17:00:00Z');
});

test('bounds a series without an end and says where', () => {
  const lines = event('DTSTART;TZID=Europe/Lisbon:20270104T180000', 'DURATION:PT1H', 'RRULE:FREQ=WEEKLY');
  const { rows, notes } = read(lines);
  assert.equal(rows.length, 52 + 1);
  assert.match(notes[0] ?? '', /repeats without an end; taken until 2028-01-04/);
  const later = read(lines, { horizon: { from: Temporal.PlainDate.from('2030-01-01'), days: 365, occurrences: 10 } });
  assert.equal(later.rows.length, 10);
  assert.equal(later.rows[0]?.time?.start.plain.toString(), '2030-01-07T18:00:00');
  assert.match(later.notes[0] ?? '', /more than 10 times/);
});

test('moves this and all following occurrences', () => {
  const lines = [
    ...event('DTSTART;TZID=Europe/Lisbon:20270104T180000', 'DURATION:PT1H', 'RRULE:FREQ=WEEKLY;COUNT=4'),
    ...event(
      'RECURRENCE-ID;RANGE=THISANDFUTURE;TZID=Europe/Lisbon:20270118T180000',
      'DTSTART;TZID=Europe/Lisbon:20270118T193000',
      'DURATION:PT1H',
    ),
  ];
  assert.deepEqual(
    startsOf(lines).map((start) => start.slice(0, 16)),
    ['2027-01-04T18:00', '2027-01-11T18:00', '2027-01-18T19:30', '2027-01-25T19:30'],
  );
});

test('refuses an event that ends before it starts, has an impossible day, or is there twice; the others stay', () => {
  const good = ['BEGIN:VEVENT', 'UID:two', 'SUMMARY:Nidra', 'DTSTART:20270301T180000Z', 'DURATION:PT1H', 'END:VEVENT'];
  const early = read([...event('DTSTART:20270301T180000Z', 'DTEND:20270301T170000Z'), ...good]);
  assert.deepEqual(
    early.refused.map(({ where, field }) => [where, field]),
    [['line 2, UID one', 'dtend']],
  );
  assert.match(early.refused[0]?.reason ?? '', /before it starts/);
  assert.equal(early.rows.length, 1);
  const impossible = read([...event('DTSTART:20270230T180000Z', 'DURATION:PT1H'), ...good]);
  assert.deepEqual([impossible.refused.length, impossible.rows.length], [1, 1]);
  const twice = read([...good, ...good]);
  assert.match(twice.refused[0]?.reason ?? '', /is there twice; line 2, UID two is taken/);
  assert.equal(twice.rows.length, 1);
});

test('takes a whole day for one, also where the file does not say so', () => {
  const lines = event('DTSTART:20270301', 'RRULE:FREQ=WEEKLY;COUNT=3', 'EXDATE:20270308');
  assert.deepEqual(startsOf(lines, { zone: 'Europe/Rome' }), [
    '2027-03-01T00:00 Europe/Rome',
    '2027-03-15T00:00 Europe/Rome',
  ]);
  const folded = event('DTSTART', ' :20270', ' 301', 'DURATION:P1D');
  assert.deepEqual(startsOf(folded, { zone: 'Europe/Rome' }), ['2027-03-01T00:00 Europe/Rome']);
});

test('takes further dates and periods', () => {
  const lines = event(
    'DTSTART:20270301T180000Z',
    'DURATION:PT1H',
    'RDATE;VALUE=PERIOD:20270303T180000Z/PT2H',
    'RDATE:20270302T180000Z',
  );
  assert.deepEqual(startsOf(lines, { zone: 'UTC' }), [
    '2027-03-01T18:00 UTC',
    '2027-03-02T18:00 UTC',
    '2027-03-03T18:00 UTC',
  ]);
});

test('takes the newest version of an event', () => {
  const { rows, refused } = read([
    ...event('SEQUENCE:2', 'DTSTART:20270301T190000Z', 'DURATION:PT1H'),
    ...event('SEQUENCE:1', 'DTSTART:20270301T180000Z', 'DURATION:PT1H'),
  ]);
  assert.equal(rows[0]?.time?.start.exact?.toString(), '2027-03-01T19:00:00Z');
  assert.equal(refused.length, 1);
});

test('says what is no calendar, or was cut off', () => {
  assert.throws(() => readCalendar('hello', OPTIONS), /no iCalendar file/);
  assert.throws(() => readCalendar('BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\n', OPTIONS), /begins on line 2 never ends/);
});
