import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { csvOf, readText } from './test-rows.ts';

const EXAMPLES = join(import.meta.dirname, '../../../../../docs/import-examples');

function example(name: string): Uint8Array {
  return readFileSync(join(EXAMPLES, name));
}

test('reads the documented header', () => {
  const { drafts, refused } = readText(example('week.csv'), { zone: undefined });
  assert.deepEqual(refused, []);
  assert.deepEqual(
    drafts.map(({ where, title, event_type, price, currency, max_participants }) => ({
      where,
      title,
      event_type,
      price,
      currency,
      max_participants,
    })),
    [
      {
        where: 'line 2',
        title: 'Morning Flow',
        event_type: 'session',
        price: 15,
        currency: 'EUR',
        max_participants: 12,
      },
      {
        where: 'line 4',
        title: 'Evening Yin',
        event_type: 'session',
        price: 12.5,
        currency: 'EUR',
        max_participants: 10,
      },
      {
        where: 'line 5',
        title: 'Weekend by the Sea',
        event_type: 'retreat',
        price: 340,
        currency: 'EUR',
        max_participants: 8,
      },
    ],
  );
  assert.equal(drafts[0]?.description, 'A gentle start.\nMats are there.');
});

test("reads another program's export by a mapping", () => {
  const json: unknown = JSON.parse(example('studio-export.mapping.json').toString());
  const { drafts, refused, skipped, notes } = readText(example('studio-export.csv'), { zone: undefined, json });
  assert.deepEqual(
    drafts.map(({ title, event_type, start, end, facilitator }) => [
      title,
      event_type,
      start.plain.toString(),
      'plain' in end && end.plain.toString(),
      facilitator.email,
    ]),
    [
      ['Rustige Yin', 'session', '2027-03-01T07:30:00', '2027-03-01T08:45:00', 'noor@waterkant.example'],
      ['Volle maan', 'session', '2027-03-02T22:00:00', '2027-03-03T00:30:00', 'bjorn.ostby@waterkant.example'],
      ['Opleiding (24 uur)', 'retreat', '2027-03-05T09:00:00', '2027-03-06T17:00:00', 'noor@waterkant.example'],
    ],
  );
  assert.equal(drafts[2]?.days?.length, 2);
  assert.deepEqual(notes.at(-1), 'line 5, line 6 are one event: Opleiding (24 uur)');
  assert.deepEqual(skipped, [{ where: 'line 3', value: 'Geannuleerd', reason: 'the class was cancelled' }]);
  assert.deepEqual(refused, [
    {
      where: 'line 7',
      field: 'date_time',
      value: '3 maart 2027 18:00 - 17:00',
      reason: 'is before it starts (3 maart 2027 18:00 - 17:00)',
    },
  ]);
});

test('refuses each wrong value with its line, field, value and reason', () => {
  const wrong: [Record<string, string>, string, RegExp][] = [
    [{ title: '' }, 'title', /is needed/],
    [{ title: 'x'.repeat(201) }, 'title', /longer than 200 characters/],
    [{ title: 'Yin\u0000' }, 'title', /cannot be used/],
    [{ title: '\u202Eniy' }, 'title', /cannot be used/],
    [{ facilitator_name: '\u001B[2J' }, 'facilitator_name', /cannot be used/],
    [{ facilitator_name: 'n'.repeat(101) }, 'facilitator_name', /longer than 100 characters/],
    [{ facilitator_email: 'maya' }, 'facilitator_email', /is no address/],
    [{ description: 'd'.repeat(20_001) }, 'description', /longer than 20000 characters/],
    [{ date_time: '' }, 'date_time', /is needed/],
    [{ date_time: '2027-03-01' }, 'date_time', /no time of day/],
    [{ date_time: '1 March, 6 pm' }, 'date_time', /is no time such as/],
    [{ date_time: '2027-02-30 18:00' }, 'date_time', /no such day/],
    [{ date_time: '0207-03-01 18:00' }, 'date_time', /in the year 207/],
    [{ date_time: '2027-03-01T18:00+09:00[Europe/Lisbon]' }, 'date_time', /no such day or time/],
    [{ time_zone: 'Mars/Olympus' }, 'time_zone', /is no time zone/],
    [{ end: '2027-03-01 17:00' }, 'end', /before it starts/],
    [{ end: '2027-03-01 18:00' }, 'end', /the moment it starts/],
    [{ end: '2029-03-01 18:00' }, 'end', /more than a year/],
    [{ duration: '' }, 'duration', /is needed/],
    [{ duration: '0' }, 'duration', /not more than nothing/],
    [{ duration: '500 days' }, 'duration', /more than a year/],
    [{ price: 'cheap' }, 'price', /is no price/],
    [{ price: '' }, 'price', /is needed/],
    [{ currency: 'EURO' }, 'currency', /is no currency/],
    [{ max_participants: '-3' }, 'max_participants', /no whole number/],
    [{ event_type: 'party' }, 'event_type', /neither session nor retreat/],
    [{ online: 'perhaps' }, 'online', /neither yes nor no/],
  ];
  const { drafts, refused } = readText(csvOf(...wrong.map(([row]) => row)));
  assert.equal(drafts.length, 0);
  for (const [index, [row, field, reason]] of wrong.entries()) {
    const { where, ...refusal } = refused[index] ?? { where: '', field: '', value: '', reason: '' };
    assert.equal(where, `line ${index + 2}`);
    assert.equal(refusal.field, field, JSON.stringify(row));
    assert.match(refusal.reason, reason);
    assert.equal(refusal.value, (row[field] ?? '').replace(/\s+/g, ' '));
  }
});

test('keeps names and titles of every script, and text that only looks dangerous', () => {
  const titles = [
    '陈明的瑜伽',
    'Γιόγκα & Ηρεμία',
    'یوگا\u200Cی صبح',
    'ჰათა',
    '=1+1',
    "'; drop table events; --",
    'constructor',
    '__proto__',
    '👩‍👩‍👧 Yoga',
  ];
  const { drafts, refused } = readText(csvOf(...titles.map((title) => ({ title, facilitator_name: title }))));
  assert.deepEqual(refused, []);
  assert.deepEqual(
    drafts.map((draft) => draft.title),
    titles,
  );
  assert.deepEqual(
    drafts.map((draft) => draft.facilitator.name),
    titles,
  );
});

test('takes invisible characters out of descriptions and says so', () => {
  const { drafts } = readText(csvOf({ description: 'Slow\u0000 and\u202E quiet' }));
  assert.equal(drafts[0]?.description, 'Slow and quiet');
  assert.match(drafts[0]?.notes.join() ?? '', /invisible characters/);
});

test('asks for the zone of times that state none', () => {
  const { refused } = readText(csvOf({}), { zone: undefined });
  assert.match(refused[0]?.reason ?? '', /states no time zone; give --zone/);
  const stated = readText(csvOf({ date_time: '2027-07-01T18:00+02:00' }), { zone: undefined });
  assert.equal(stated.drafts[0]?.start.exact?.toString(), '2027-07-01T16:00:00Z');
  assert.equal(stated.drafts[0]?.start.zone, 'Europe/Lisbon');
});

test("keeps old names of zones and takes the mapping's words for others", () => {
  const json = { zones: { Bali: 'Asia/Makassar' } };
  const { drafts } = readText(csvOf({ time_zone: 'US/Pacific' }, { time_zone: 'Bali' }), { json });
  assert.deepEqual(
    drafts.map((draft) => draft.start.zone),
    ['US/Pacific', 'Asia/Makassar'],
  );
});

test('finds the delimiter, and reads windows-1252 when told to', () => {
  const semicolons = csvOf({ title: 'Café' }).replaceAll('","', '";"');
  assert.equal(readText(semicolons).drafts[0]?.title, 'Café');
  assert.equal(readText(`\uFEFF${semicolons.replaceAll(';', '\t').replaceAll('\n', '\r\n')}`).drafts[0]?.title, 'Café');
  const latin = Buffer.from(csvOf({ title: 'Café' }), 'latin1');
  assert.throws(() => readText(latin), /not UTF-8: line 2 .*"encoding": "windows-1252"/s);
  assert.equal(readText(latin, { json: { encoding: 'windows-1252' } }).drafts[0]?.title, 'Café');
  assert.throws(() => readText(Buffer.from('PK\u0003\u0004rest', 'latin1')), /workbook/);
});

test('refuses a row with another number of values, and names a broken file as such', () => {
  const { drafts, refused } = readText(`${csvOf({})}one,two\n${csvOf({}).split('\n')[1]}\n`);
  assert.equal(drafts.length, 2);
  assert.match(refused[0]?.reason ?? '', /has 2 values where the header has 8/);
  assert.equal(refused[0]?.where, 'line 3');
  assert.equal(drafts[1]?.where, 'line 4');
  assert.throws(() => readText('title,price\n"open,5\n'), /never closed/);
  assert.throws(() => readText(''), /is empty/);
  assert.throws(() => readText('title,title\n'), /“title” twice/);
});
