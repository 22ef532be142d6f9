import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { createBooking } from '#server/bookings/create-booking.ts';
import { openStudio } from '#server/test-studio.ts';
import type { ImportActor } from './facilitator-directory.ts';
import { findActor } from './find-actor.ts';
import { type ImportOptions, type ImportResult, importSchedule } from './import-schedule.ts';
import type { Schedule } from './read-schedule.ts';
import { csvOf, readText } from './test-rows.ts';

const NOW = new Date('2027-01-01T00:00:00Z');
const ADMIN: ImportActor = { kind: 'admin' };
const studio = await openStudio();
const maya: ImportActor = {
  kind: 'facilitator',
  facilitator: { id: studio.facilitatorId, name: 'Maya Lind', email: 'maya@studio.example' },
};

beforeEach(async () => {
  await studio.db.deleteFrom('bookings').execute();
  await studio.db.deleteFrom('events').execute();
  await studio.db.deleteFrom('facilitators').where('id', '<>', studio.facilitatorId).execute();
});

async function run(schedule: Schedule, more: Partial<ImportOptions> = {}): Promise<ImportResult> {
  return await importSchedule(studio.db, schedule, {
    actor: ADMIN,
    now: NOW,
    moveTo: undefined,
    from: undefined,
    studio: { currency: 'EUR' },
    apply: true,
    skipRefused: false,
    ...more,
  });
}

function counts({ create, change, leave, refused, newFacilitators }: ImportResult) {
  return [create.length, change.length, leave.length, refused.length, newFacilitators.length];
}

async function starts(): Promise<string[]> {
  const rows = await studio.db.selectFrom('events').select('date_time').orderBy('date_time').execute();
  return rows.map((row) => row.date_time.toISOString());
}

const TWO = csvOf(
  { title: 'Yin', place: 'Room One', practice: 'Yin', level: 'All', online: 'no', summary: 'Slow' },
  { title: 'Nidra', facilitator_email: 'tom@studio.example', facilitator_name: 'Tom Ekström', currency: 'USD' },
);

test('only lists without --apply, creates with it, and changes nothing the second time', async () => {
  assert.deepEqual(counts(await run(readText(TWO), { apply: false })), [2, 0, 0, 0, 1]);
  assert.deepEqual(await starts(), []);
  assert.deepEqual(counts(await run(readText(TWO))), [2, 0, 0, 0, 1]);
  const before = await studio.db.selectFrom('events').selectAll().orderBy('id').execute();
  assert.deepEqual(counts(await run(readText(TWO))), [0, 0, 2, 0, 0]);
  assert.deepEqual(await studio.db.selectFrom('events').selectAll().orderBy('id').execute(), before);
  assert.deepEqual(
    before.map(({ title, place, currency, time_zone, facilitator_id }) => [
      title,
      place,
      currency,
      time_zone,
      facilitator_id === studio.facilitatorId,
    ]),
    [
      ['Yin', 'Room One', 'EUR', 'Europe/Lisbon', true],
      ['Nidra', null, 'USD', 'Europe/Lisbon', false],
    ],
  );
});

test('changes what the file says otherwise and leaves alone what it does not say', async () => {
  const json = { source: 'test', same: ['uid'] };
  await run(readText(csvOf({ uid: '1', place: 'Room One' }), { json }));
  const result = await run(readText(csvOf({ uid: '1', price: '20', date_time: '2027-03-01 19:00' }), { json }));
  assert.deepEqual(result.change[0]?.words, [
    { field: 'date_time', from: '2027-03-01 18:00', to: '2027-03-01 19:00' },
    { field: 'price', from: '15', to: '20' },
  ]);
  const event = await studio.db.selectFrom('events').selectAll().executeTakeFirstOrThrow();
  assert.deepEqual(
    [event.price, event.place, event.date_time.toISOString()],
    [20, 'Room One', '2027-03-01T19:00:00.000Z'],
  );
});

test('gives an event to another facilitator, also to one it brings', async () => {
  const json = { source: 'test', same: ['uid'] };
  await run(readText(csvOf({ uid: '1' }), { json }));
  const tom = csvOf({ uid: '1', facilitator_email: 'tom@studio.example', facilitator_name: 'Tom' });
  const result = await run(readText(tom, { json }));
  assert.deepEqual(result.change[0]?.words, [{ field: 'facilitator', from: 'Maya Lind', to: 'Tom' }]);
  const event = await studio.db
    .selectFrom('events')
    .innerJoin('facilitators', 'facilitators.id', 'events.facilitator_id')
    .select('name')
    .executeTakeFirstOrThrow();
  assert.equal(event.name, 'Tom');
});

test('tells the people who booked of a new time, and keeps their seats', async () => {
  const json = { source: 'test', same: ['uid'] };
  await run(readText(csvOf({ uid: '1', max_participants: '3' }), { json }));
  const { id } = await studio.db.selectFrom('events').select('id').executeTakeFirstOrThrow();
  await studio.db
    .updateTable('events')
    .set({ date_time: new Date('2100-01-01') })
    .execute();
  for (const userId of await studio.addUsers(2)) await createBooking(studio.db, { userId, eventId: id, seats: 1 });
  await studio.db.deleteFrom('outbox').execute();

  const fewer = await run(readText(csvOf({ uid: '1', max_participants: '1' }), { json }));
  assert.deepEqual(fewer.refused, [
    { where: 'line 2', field: 'max_participants', value: '1', reason: 'is fewer than the 2 seats that are taken' },
  ]);
  await run(readText(csvOf({ uid: '1', max_participants: '2' }), { json }));
  const told = await studio.db.selectFrom('outbox').select('kind').where('destination', '=', 'crm').execute();
  assert.deepEqual(
    told.map(({ kind }) => kind),
    ['event.changed', 'event.changed'],
  );
  assert.equal(await studio.seatsTaken(id), 2);
});

test('leaves a cancelled event cancelled', async () => {
  const json = { source: 'test', same: ['uid'] };
  await run(readText(csvOf({ uid: '1' }), { json }));
  await studio.db.updateTable('events').set({ cancelled_at: NOW, is_active: false }).execute();
  const result = await run(readText(csvOf({ uid: '1', price: '20', is_active: 'yes' }), { json }));
  assert.equal(result.leave[0]?.reason, 'was cancelled here and stays so');
  const event = await studio.db.selectFrom('events').select(['price', 'is_active']).executeTakeFirstOrThrow();
  assert.deepEqual(event, { price: 15, is_active: false });
});

test('writes nothing while a row is refused, and the others when told to', async () => {
  const rows = csvOf({ title: 'Yin' }, { title: 'Nidra', price: 'cheap' });
  const refused = await run(readText(rows));
  assert.equal(refused.isApplied, false);
  assert.deepEqual(await starts(), []);
  assert.equal((await run(readText(rows), { skipRefused: true })).isApplied, true);
  assert.equal((await starts()).length, 1);
});

test('leaves nothing when it fails in the middle', async () => {
  await studio.asOwner(`create function fail_on_nidra() returns trigger language plpgsql as
    $$ begin if new.title = 'Nidra' then raise exception 'no'; end if; return new; end $$;
    create trigger fail_on_nidra before update on events for each row execute function fail_on_nidra()`);
  try {
    const json = { source: 'test', same: ['uid'] };
    await run(readText(csvOf({ uid: '1' }), { json }));
    const next = csvOf(
      { uid: '1', title: 'Nidra' },
      { uid: '2', facilitator_email: 'tom@studio.example', facilitator_name: 'Tom' },
    );
    await assert.rejects(run(readText(next, { json })), /no/);
    assert.equal((await starts()).length, 1);
    assert.equal((await studio.db.selectFrom('facilitators').select('id').execute()).length, 1);
  } finally {
    await studio.asOwner('drop trigger fail_on_nidra on events; drop function fail_on_nidra()');
  }
});

test('moves by whole weeks across a change of the clocks and keeps the time on the wall', async () => {
  const json = { time_zone: 'Europe/Amsterdam' };
  const winter = csvOf(
    { date_time: '2027-02-04 18:00', end: '2027-02-04 19:00', duration: '' },
    { title: 'Nidra', date_time: '2027-02-07 09:00' },
  );
  const result = await run(readText(winter, { zone: 'Europe/Amsterdam', json }), {
    moveTo: Temporal.PlainDate.from('2027-06-30'),
  });
  // The first is a Thursday; the week of Wednesday 30 June begins on the 28th.
  assert.equal(result.weeks, 21);
  assert.deepEqual(await starts(), ['2027-07-01T16:00:00.000Z', '2027-07-04T07:00:00.000Z']);
  // Another week is another copy; the same week again is none.
  const again = (day: string) =>
    run(readText(winter, { zone: 'Europe/Amsterdam', json }), { moveTo: Temporal.PlainDate.from(day) });
  assert.deepEqual(counts(await again('2027-06-28')), [0, 0, 2, 0, 0]);
  assert.deepEqual(counts(await again('2027-07-05')), [2, 0, 0, 0, 0]);
});

test('refuses a time that the clocks skip, and takes the first of two', async () => {
  const skipped = await run(readText(csvOf({ date_time: '2027-03-28 02:30' }), { zone: 'Europe/Amsterdam' }));
  assert.match(skipped.refused[0]?.reason ?? '', /does not exist in Europe\/Amsterdam/);
  const twice = await run(readText(csvOf({ date_time: '2027-10-31 02:30' }), { zone: 'Europe/Amsterdam' }));
  assert.match(twice.create[0]?.notes[0] ?? '', /happens twice/);
  assert.deepEqual(await starts(), ['2027-10-31T00:30:00.000Z']);
});

test('counts the real minutes of a night in which the clocks change', async () => {
  const night = csvOf({ date_time: '2027-03-27 22:00', end: '2027-03-28 08:00', duration: '' });
  const result = await run(readText(night, { zone: 'Europe/Amsterdam' }));
  assert.equal(result.create[0]?.fields.duration, 9 * 60);
});

test('refuses a row that another one repeats, naming its line', async () => {
  const result = await run(readText(csvOf({}, { price: '99' })));
  assert.deepEqual(result.refused, [{ where: 'line 3', field: 'row', value: 'Yin', reason: 'repeats line 2' }]);
});

test('keeps two studios with the same numbers apart', async () => {
  await run(readText(csvOf({ uid: '17' }), { json: { source: 'one', same: ['uid'] } }));
  const other = await run(readText(csvOf({ uid: '17', title: 'Nidra' }), { json: { source: 'two', same: ['uid'] } }));
  assert.equal(other.create.length, 1);
  // Without a named source the facilitator keeps them apart.
  await run(readText(csvOf({ uid: '17' })));
  const tom = { facilitator_email: 'tom@studio.example', facilitator_name: 'Tom' };
  assert.equal((await run(readText(csvOf({ uid: '17', ...tom })))).create.length, 1);
});

test('lets a facilitator import only their own coming events', async () => {
  const rows = csvOf(
    {},
    { title: 'Nidra', facilitator_email: 'tom@studio.example', facilitator_name: 'Tom' },
    { title: 'Past', date_time: '2026-03-01 18:00' },
  );
  const result = await run(readText(rows), { actor: maya, skipRefused: true });
  assert.deepEqual(counts(result), [1, 0, 0, 2, 0]);
  assert.match(result.refused[0]?.reason ?? '', /is somebody else/);
  assert.match(result.refused[1]?.reason ?? '', /is past; only an admin/);
  const unnamed = csvOf({ title: 'Mine', facilitator_email: '', facilitator_name: '' });
  assert.equal((await run(readText(unnamed), { actor: maya })).create.length, 1);
});

test('does not let a facilitator change an event of somebody else', async () => {
  const json = { source: 'test', same: ['uid'] };
  const tom = { facilitator_email: 'tom@studio.example', facilitator_name: 'Tom' };
  await run(readText(csvOf({ uid: '1', ...tom }), { json }));
  const result = await run(readText(csvOf({ uid: '1', price: '0' }), { json }), { actor: maya });
  assert.match(result.refused[0]?.reason ?? '', /belongs to another facilitator/);
});

test('takes rights from the proven account of --as', async () => {
  const people = [
    { name: 'Maya', email: 'maya@studio.example', proven_at: NOW },
    { name: 'Ana', email: 'ana@studio.example', proven_at: NOW },
    { name: 'Root', email: 'root@studio.example', proven_at: NOW, is_admin: true },
    { name: 'Claims', email: 'claims@studio.example', proven_at: null, is_admin: true },
  ];
  await studio.db
    .insertInto('users')
    .values(people.map((person) => ({ password: '!', ...person })))
    .execute();
  const actor = (email: string | undefined) => findActor(studio.db, email, ['ana2@studio.example']);
  assert.deepEqual(await actor('Maya@Studio.example'), maya);
  assert.deepEqual(await actor('root@studio.example'), ADMIN);
  assert.deepEqual(await actor(undefined), ADMIN);
  await assert.rejects(actor('ana@studio.example'), /neither an admin's nor a facilitator's/);
  await assert.rejects(actor('claims@studio.example'), /nobody has a confirmed account/);
  assert.deepEqual(await findActor(studio.db, 'ana@studio.example', ['ana@studio.example']), ADMIN);
});

test('finds facilitators by name, and does not mix two people at one made-up address', async () => {
  const unnamed = csvOf({ facilitator_email: '', facilitator_name: ' maya  LIND ' });
  assert.equal((await run(readText(unnamed))).create[0]?.facilitator.id, studio.facilitatorId);
  const nobody = await run(readText(csvOf({ facilitator_email: '', facilitator_name: 'Nobody' })));
  assert.match(nobody.refused[0]?.reason ?? '', /is nobody here/);

  const json = {
    columns: {
      title: 'title',
      date_time: 'date_time',
      duration: 'duration',
      price: 'price',
      max_participants: 'max_participants',
      facilitator_name: 'facilitator_name',
      facilitator_email: '{facilitator_name|slug}@studio.example',
    },
  };
  const mixed = await run(
    readText(csvOf({ facilitator_name: 'José Silva' }, { facilitator_name: 'Jose Silva' }), { json }),
  );
  assert.match(mixed.refused[0]?.reason ?? '', /which is José Silva's/);
  const stated = csvOf({ title: 'Other', facilitator_name: 'Maya L.' });
  assert.match((await run(readText(stated))).create[0]?.notes[0] ?? '', /the name here stays/);
});

test('imports the same file from five places at once only once', async () => {
  const places = [1, 2, 3, 4, 5];
  const rows = readText(csvOf(...Array.from({ length: 100 }, (_, index) => ({ title: `Yin ${index}` }))));
  // Connections that are open already, so that the five meet.
  await Promise.all(places.map(() => studio.pool.query('select pg_sleep(0.05)')));
  const results = await Promise.all(places.map(() => run(rows)));
  assert.deepEqual(results.map((result) => result.create.length).sort(), [0, 0, 0, 0, 100]);
  assert.equal((await starts()).length, 100);
});

test('stores what people call themselves, whatever the script', async () => {
  const names = ['陈明', 'Ελένη Παπαδοπούλου', 'محمد', "O'Brien; drop table users", '=cmd()', 'null', 'constructor'];
  const rows = names.map((name, index) => ({
    title: name,
    facilitator_name: name,
    facilitator_email: `p${index}@studio.example`,
  }));
  await run(readText(csvOf(...rows)));
  const stored = await studio.db.selectFrom('events').select('title').orderBy('id').execute();
  assert.deepEqual(
    stored.map(({ title }) => title),
    names,
  );
  assert.deepEqual(counts(await run(readText(csvOf(...rows)))), [0, 0, names.length, 0, 0]);
});
