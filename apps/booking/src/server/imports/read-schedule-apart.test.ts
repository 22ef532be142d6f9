import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NO_MAPPING, readMapping } from './mapping.ts';
import { readSchedule } from './read-schedule.ts';
import { readScheduleApart } from './read-schedule-apart.ts';

const studio = { timeZone: 'Europe/Lisbon', currency: 'EUR' };
const HEADER = 'title,date_time,duration,max_participants,price,facilitator_email,facilitator_name\n';
const row = (title: string, start = '2027-03-01T19:00') => `${title},${start},75,12,15,maya@studio.example,Maya\n`;

const order = (text: string, more: { kind?: 'csv' | 'calendar'; mapping?: string } = {}) => ({
  kind: 'csv' as const,
  bytes: Buffer.from(text),
  mapping: '',
  zone: 'Europe/Lisbon',
  studio,
  hasOwnFacilitator: false,
  endlessFrom: '2027-01-01',
  ...more,
});

test('a file read apart is what it is read here', async () => {
  const csv = `${HEADER}${row('Yin')}${row('With an offset', '2027-03-01T19:00+01:00')}${row('', '2027-03-02T19:00')}${row('Skip me')}`;
  const mapping = `{
    "source": "here",
    "skip": [{ "column": "title", "equals": "Skip me", "reason": "it says so" }],
    "together": [{ "column": "title", "matches": "^Yin" }]
  }`;
  const calendar = `BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nSUMMARY:Sit\nDTSTART;TZID=Europe/Lisbon:20270301T190000\nDTEND;TZID=Europe/Lisbon:20270301T200000\nRRULE:FREQ=WEEKLY;COUNT=3\nEND:VEVENT\nEND:VCALENDAR\n`;
  for (const [kind, text, json] of [
    ['csv', csv, mapping],
    ['calendar', calendar, '{"defaults":{"max_participants":5,"price":0,"facilitator_email":"a@b.example"}}'],
  ] as const) {
    const { endlessFrom, bytes, ...rest } = order(text, { kind, mapping: json });
    const here = readSchedule(bytes, {
      ...rest,
      mapping: readMapping(json),
      endlessFrom: Temporal.PlainDate.from(endlessFrom),
    });
    const apart = await readScheduleApart(order(text, { kind, mapping: json }));
    assert.deepEqual(JSON.parse(JSON.stringify(apart)), JSON.parse(JSON.stringify(here)));
    assert.ok(apart.drafts[0]?.start.plain instanceof Temporal.PlainDateTime);
  }
});

test('a fallback is the zone of times for which nobody says one, and of no others', async () => {
  const zoneOf = async (text: string, more: Parameters<typeof order>[1] & { zone?: string } = {}) => {
    const defaults = '"max_participants":5,"price":0,"duration":60,"facilitator_email":"a@b.example"';
    const { drafts } = await readScheduleApart({
      ...order(text, { mapping: `{"defaults":{${defaults}}}`, ...more }),
      zone: more.zone,
      fallbackZone: 'Asia/Makassar',
    });
    return drafts[0]?.start.zone;
  };
  const calendar = (head: string) =>
    `BEGIN:VCALENDAR\n${head}BEGIN:VEVENT\nUID:1\nSUMMARY:Sit\nDTSTART:20270301T190000\nEND:VEVENT\nEND:VCALENDAR\n`;
  assert.equal(await zoneOf(HEADER + row('Yin')), 'Asia/Makassar');
  assert.equal(await zoneOf(HEADER + row('Yin'), { zone: 'Europe/Lisbon' }), 'Europe/Lisbon');
  assert.equal(await zoneOf(HEADER + row('Yin'), { mapping: '{"time_zone":"Europe/Rome"}' }), 'Europe/Rome');
  assert.equal(await zoneOf(calendar(''), { kind: 'calendar' }), 'Asia/Makassar');
  assert.equal(await zoneOf(calendar('X-WR-TIMEZONE:Europe/Rome\n'), { kind: 'calendar' }), 'Europe/Rome');
});

test('a file or a mapping that cannot be used is refused with the same sentence', async () => {
  await assert.rejects(readScheduleApart(order('PK\u0003\u0004')), { name: 'ImportError', message: /workbook/ });
  await assert.rejects(readScheduleApart(order(HEADER, { mapping: '{' })), { message: /The mapping is not JSON/ });
  assert.throws(() => readMapping('{'), { name: 'ImportError', message: /The mapping is not JSON/ });
  assert.equal((await readScheduleApart(order(HEADER + row('Yin')))).drafts.length, 1);
  assert.equal(NO_MAPPING.source, undefined);
});

test('an expression that never comes to an end ends after a while, and nothing here waits for it', async () => {
  const mapping = '{ "skip": [{ "column": "title", "matches": "^(a+)+$", "reason": "never" }] }';
  let turns = 0;
  const timer = setInterval(() => turns++, 10);
  const endless = order(HEADER + row(`${'a'.repeat(60)}!`), { mapping });
  await assert.rejects(readScheduleApart(endless, { longestMs: 1500 }), {
    name: 'ImportError',
    message: /takes too long/,
  });
  clearInterval(timer);
  assert.ok(turns > 20, `this thread had ${turns} turns`);
  await readScheduleApart(order(HEADER + row('Yin')));
});

test('more events than one may bring at once are refused, and more files at once wait their turn', async () => {
  await assert.rejects(readScheduleApart(order(HEADER + row('One') + row('Two')), { eventsMost: 1 }), {
    message: /These are 2 events; 1 at once is the most/,
  });
  const outcomes = await Promise.allSettled(
    Array.from({ length: 5 }, () => readScheduleApart(order(HEADER + row('Yin')))),
  );
  const codes = outcomes.map((outcome) => (outcome.status === 'rejected' ? outcome.reason.code : 'read'));
  assert.deepEqual(codes, ['read', 'read', 'read', 'unavailable', 'unavailable']);
});
