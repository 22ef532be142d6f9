import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { applyStudioSettings } from '#server/studio/apply-studio-settings.ts';
import { createTestApp } from '#server/test-app.ts';

const { app, db, call, addFacilitator, addEvent, addPerson } = await createTestApp();
const YEAR = new Date().getUTCFullYear() + 2;

let maya = 0;
let noah = 0;

before(async () => {
  await applyStudioSettings(app.db, { name: 'Studio', timeZone: 'Europe/Lisbon', currency: 'EUR' });
  maya = (await addFacilitator('Maya Lind')).facilitatorId;
  noah = (await addFacilitator('Noé Ångström')).facilitatorId;
});

/** The titles that a query finds, in order. */
async function titles(query: string | Record<string, string>): Promise<string[]> {
  const { status, body, text } = await call('GET', `/api/v1/events?${new URLSearchParams(query)}`);
  assert.equal(status, 200, text);
  return body.items.map((item: { title: string }) => item.title);
}

async function refusal(query: string): Promise<string> {
  const { status, body } = await call('GET', `/api/v1/events?${query}`);
  assert.equal(status, 400, query);
  assert.equal(body.code, 'bad-request');
  return body.errors[0].pointer;
}

test('lists what anybody can still come to, soonest first, each with all its fields', async () => {
  const hours = (count: number) => new Date(Date.now() + count * 3_600_000);
  const later = await addEvent({ facilitator_id: maya, title: 'Basic later', practice: 'basics', date_time: hours(3) });
  const soon = await addEvent({ facilitator_id: maya, title: 'Basic soon', practice: 'basics', date_time: hours(2) });
  await addEvent({ facilitator_id: maya, title: 'Basic begun', practice: 'basics', date_time: hours(-1) });
  await addEvent({ facilitator_id: maya, title: 'Basic closed', practice: 'basics', is_active: false });
  await addEvent({ facilitator_id: maya, title: 'Basic cancelled', practice: 'basics', cancelled_at: new Date() });
  const { body, text } = await call('GET', '/api/v1/events?practice=basics');
  assert.deepEqual(
    body.items.map(({ id }: { id: number }) => id),
    [soon, later],
  );
  assert.ok(text.startsWith(`{"items":[{"id":${soon},`));
  const { date_time, ...first } = body.items[0];
  assert.match(date_time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  assert.deepEqual(first, {
    id: soon,
    title: 'Basic soon',
    description: 'Long, quiet holds.',
    event_type: 'session',
    duration: 75,
    max_participants: 10,
    price: 18.5,
    facilitator_id: maya,
    is_active: true,
    seats_taken: 0,
    seats_left: 10,
    time_zone: 'Europe/Lisbon',
    currency: 'EUR',
    place: null,
    online: false,
    practice: 'basics',
    level: null,
    summary: null,
    slug: 'basic-soon',
    facilitator: { id: maya, name: 'Maya Lind' },
    cancelled_at: null,
  });
});

test('pages through everything once, whatever is added in between, also within one microsecond', async () => {
  const facilitator = await addFacilitator('Pager');
  const ids: number[] = [];
  const add = async (moment: string) => {
    const id = await addEvent({ facilitator_id: facilitator.facilitatorId, title: 'Page', date_time: moment as never });
    ids.push(id);
    return id;
  };
  // Finer than a millisecond: a position that was rounded would show one of these twice, or never.
  for (let count = 0; count < 12; count++) await add(`${YEAR}-05-01T10:00:00.12345${count % 3}Z`);
  await add('9999-12-31T23:59:59.999999Z');
  const seen: number[] = [];
  const early: number[] = [];
  let path: string | null = `/api/v1/events?facilitator_id=${facilitator.facilitatorId}&limit=2`;
  while (path) {
    const { body, headers } = await call('GET', path);
    seen.push(...body.items.map(({ id }: { id: number }) => id));
    assert.ok(seen.length < 50, 'the pages never end');
    const link: string | null = headers.get('link')?.match(/^<(.*)>; rel="next"$/)?.[1] ?? null;
    assert.equal(link === null, body.next === null);
    path = link;
    // Before the position: not shown. After it: shown.
    if (seen.length === 4) {
      early.push(await add(`${YEAR}-04-01T10:00:00Z`));
      await add(`${YEAR}-06-01T10:00:00Z`);
    }
  }
  assert.equal(new Set(seen).size, seen.length);
  assert.deepEqual([...seen, ...early].sort(), ids.sort());
});

test('pages through the results of a search, near and far', async () => {
  const facilitator_id = (await addFacilitator('Farseer')).facilitatorId;
  for (let count = 0; count < 5; count++) await addEvent({ facilitator_id, title: `Tidewater ${count}` });
  const first = await call('GET', '/api/v1/events?q=tidewater&limit=3');
  const second = await call('GET', `/api/v1/events?q=tidewater&limit=3&after=${first.body.next}`);
  const found = [...first.body.items, ...second.body.items].map(({ title }: { title: string }) => title);
  assert.deepEqual(
    found,
    Array.from({ length: 5 }, (_, count) => `Tidewater ${count}`),
  );
  assert.equal(second.body.next, null);
});

test('finds words in every field, in any case and accents, all of them', async () => {
  await addEvent({
    facilitator_id: noah,
    title: 'Café ZENITH “quiet”',
    summary: 'A soft landing',
    description: "Bring a blanket; don't hurry.",
    practice: 'Pranayama',
    place: 'São Paulo',
  });
  const found = ['Café ZENITH “quiet”'];
  for (const q of [
    'zenith',
    'CAFE zenith',
    'cafe\u0301 zénith',
    'zenith landing blanket',
    'zenith pranayama',
    'zenith sao paulo',
    'zenith angstrom',
    'zenith noe',
    'enit',
    '"zenith" (quiet)',
    "zenith don't",
    'zenith hurry.',
    'zenith ＱＵＩＥＴ',
    'zenith zenith',
  ]) {
    assert.deepEqual(await titles({ q }), found, q);
  }
  assert.deepEqual(await titles({ q: 'zenith porto' }), []);
});

test('takes percent, underscore, backslash and quotes for what they are', async () => {
  await addEvent({ facilitator_id: maya, title: 'Fifty 50% off' });
  await addEvent({ facilitator_id: maya, title: 'Under_score' });
  await addEvent({ facilitator_id: maya, title: String.raw`Back\slash` });
  assert.deepEqual(await titles({ q: '%' }), ['Fifty 50% off']);
  assert.deepEqual(await titles({ q: 'r_s' }), ['Under_score']);
  assert.deepEqual(await titles({ q: String.raw`k\s` }), [String.raw`Back\slash`]);
  for (const q of ['f%y', "' or 1=1 --", 'y\\%f', 'zz_zz']) assert.deepEqual(await titles({ q }), [], q);
  assert.deepEqual(await titles({ q: 'fifty', practice: '' }), ['Fifty 50% off']);
});

test('finds an event by its new words, and by the new name of its facilitator', async () => {
  const person = await addFacilitator('Oldname Person');
  const id = await addEvent({ facilitator_id: person.facilitatorId, title: 'Firstword' });
  await db.updateTable('events').set({ title: 'Secondword' }).where('id', '=', id).execute();
  await db.updateTable('facilitators').set({ name: 'Newname Person' }).where('id', '=', person.facilitatorId).execute();
  assert.deepEqual(await titles({ q: 'firstword' }), []);
  assert.deepEqual(await titles({ q: 'oldname' }), []);
  assert.deepEqual(await titles({ q: 'newname secondword' }), ['Secondword']);
});

test('a bare day is the whole day on the clock of the studio, also when it has 23 or 25 hours', async () => {
  const facilitator_id = (await addFacilitator('Daylight')).facilitatorId;
  const add = (title: string, moment: string) => addEvent({ facilitator_id, title, date_time: moment as never });
  // Lisbon is an hour ahead of UTC in summer; in 2028 its clocks change on 26 March and 29 October.
  await add('eve', '2028-03-25T23:59:59.999Z');
  await add('short first', '2028-03-26T00:00:00Z');
  await add('short last', '2028-03-26T22:59:59.999Z');
  await add('after short', '2028-03-26T23:00:00Z');
  await add('before long', '2028-10-28T22:59:59Z');
  await add('long first', '2028-10-28T23:00:00Z');
  await add('long last', '2028-10-29T23:59:59.999999Z');
  await add('after long', '2028-10-30T00:00:00Z');
  const found = (query: Record<string, string>) => titles({ facilitator_id: String(facilitator_id), ...query });
  assert.deepEqual(await found({ from: '2028-03-26', to: '2028-03-26' }), ['short first', 'short last']);
  assert.deepEqual(await found({ from: '2028-10-29', to: '2028-10-29' }), ['long first', 'long last']);
  assert.deepEqual(await found({ to: '2028-03-25' }), ['eve']);
  assert.deepEqual(await found({ from: '2028-10-30', to: '9999-12-31' }), ['after long']);
  assert.deepEqual(await found({ from: '2028-10-30', to: '2028-10-29' }), []);
  assert.deepEqual(await found({ from: '2028-03-26T22:59:59.999Z', to: '2028-03-27T01:00:00+02:00' }), [
    'short last',
    'after short',
  ]);
  // As a shell sends it, the plus sign not encoded.
  const plus = await call('GET', `/api/v1/events?q=daylight&from=2028-10-30T01:00:00+01:00`);
  assert.deepEqual([plus.status, plus.body.items.length], [200, 1]);
});

test('the time of day is that of the event’s own clock', async () => {
  const facilitator_id = (await addFacilitator('Hours')).facilitatorId;
  const at = (hour: number) => `${YEAR}-07-01T${String(hour).padStart(2, '0')}:00:00Z` as never;
  for (const hour of [3, 4, 11, 12, 16, 17, 23]) {
    await addEvent({ facilitator_id, title: String(hour), date_time: at(hour), time_zone: 'UTC' });
  }
  await addEvent({ facilitator_id, title: 'Ubud 8:00', date_time: at(0), time_zone: 'Asia/Makassar' });
  const found = async (time_of_day: string) =>
    (await titles({ facilitator_id: String(facilitator_id), time_of_day })).sort();
  assert.deepEqual(await found('morning'), ['11', '4', 'Ubud 8:00']);
  assert.deepEqual(await found('afternoon'), ['12', '16']);
  assert.deepEqual(await found('evening'), ['17', '23', '3']);
});

test('filters by type, practice, level, facilitator, price, place and free seats, and the conditions add up', async () => {
  const facilitator_id = (await addFacilitator('Filters')).facilitatorId;
  const full = await addEvent({ facilitator_id, title: 'full', max_participants: 1, price: 10 });
  await addEvent({ facilitator_id, title: 'none', max_participants: 0, price: 10 });
  await addEvent({ facilitator_id, title: 'retreat', event_type: 'retreat', price: 400 });
  await addEvent({ facilitator_id, title: 'tai', practice: 'Tài Chi', level: 'Some experience', price: 10.01 });
  await addEvent({ facilitator_id, title: 'free', price: 0, online: true });
  const { id } = await addPerson();
  await db.insertInto('bookings').values({ user_id: id, event_id: full }).execute();
  const found = (query: Record<string, string>) => titles({ facilitator_id: String(facilitator_id), ...query });
  assert.deepEqual(await found({ event_type: 'retreat' }), ['retreat']);
  assert.deepEqual(await found({ practice: ' tai chi ' }), ['tai']);
  assert.deepEqual(await found({ practice: 'tai' }), []);
  assert.deepEqual(await found({ level: 'some EXPERIENCE' }), ['tai']);
  assert.deepEqual(await found({ online: 'true' }), ['free']);
  assert.deepEqual(await found({ online: 'false' }), ['full', 'none', 'retreat', 'tai']);
  assert.deepEqual(await found({ price_max: '10' }), ['full', 'none', 'free']);
  assert.deepEqual(await found({ price_max: '0' }), ['free']);
  assert.deepEqual(await found({ available: 'true' }), ['retreat', 'tai', 'free']);
  assert.equal((await found({ available: 'false', sort: 'date_time' })).length, 5);
  assert.deepEqual(await found({ available: 'true', price_max: '10.01', event_type: 'session', q: 'filters' }), [
    'tai',
    'free',
  ]);
  assert.deepEqual(await titles({ facilitator_id: '2147483647' }), []);
});

test('refuses what is no condition, by name', async () => {
  for (const query of [
    'colour=red',
    'event_type=party',
    'facilitator_id=x',
    'facilitator_id=0',
    'facilitator_id=99999999999',
    'from=yesterday',
    'from=2028-02-30',
    'from=0000-01-01',
    'from=1969-12-31',
    'from=2028-01-01T10:00:00',
    'to=9999-12-31T23:59:59-12:00',
    'to=10000-01-01',
    'time_of_day=noon',
    `q=${'x'.repeat(201)}`,
    'q=%00',
    'practice=%00',
    'price_max=-1',
    'price_max=NaN',
    'price_max=1e9',
    'available=maybe',
    'online=here',
    'level=%00',
    'sort=price',
    'limit=0',
    'limit=101',
    'limit=1.5',
  ]) {
    assert.equal(await refusal(query), `?${query.split('=')[0]}`);
  }
  assert.equal(await refusal('q=a&q=b'), '?q');
});

test('refuses a cursor that is not ours', async () => {
  const cursor = (...values: unknown[]) => Buffer.from(JSON.stringify(values)).toString('base64url');
  for (const after of [
    '',
    'x',
    cursor(1),
    cursor('2028-02-30T10:00:00.000000Z', 1),
    cursor('0000-01-01T10:00:00.000000Z', 1),
    cursor('2028-01-01', 1),
    cursor('2028-01-01T10:00:00.000000Z', 1e10),
    cursor('2028-01-01T10:00:00.000000Z', 1, 2),
  ]) {
    assert.equal(await refusal(`after=${after}`), '?after');
  }
});
