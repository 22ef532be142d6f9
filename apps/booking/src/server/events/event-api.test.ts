import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { findViolations } from '#server/bookings/booking-invariants-queries.ts';
import { createTestApp, type TestFacilitator, type TestPerson } from '#server/test-app.ts';

const { db, call, addFacilitator, addEvent, addPerson } = await createTestApp();
const NEXT_YEAR = new Date().getUTCFullYear() + 1;

let maya: TestFacilitator;
let noah: TestFacilitator;
let admin: TestPerson;
let ana: TestPerson;

before(async () => {
  maya = await addFacilitator('Maya Lind');
  noah = await addFacilitator('Noah Berg');
  admin = await addPerson({ name: 'Admin', is_admin: true });
  ana = await addPerson({ name: 'Ana Reis' });
});

const fields = {
  title: 'Slow morning yin',
  description: 'Long holds.\n\nBring socks.',
  event_type: 'session',
  date_time: `${NEXT_YEAR}-05-01T08:30:00+02:00`,
  duration: 75,
  max_participants: 12,
  price: 17.5,
};

async function expectRefusal(
  answer: { status: number; body: { code: string; errors?: { pointer: string }[] } },
  status: number,
  code: string,
  ...pointers: string[]
) {
  assert.deepEqual([answer.status, answer.body.code], [status, code], JSON.stringify(answer.body));
  if (pointers.length > 0) assert.deepEqual(answer.body.errors?.map(({ pointer }) => pointer).sort(), pointers.sort());
}

async function book(eventId: number, person: TestPerson, seats = 1) {
  await db.insertInto('bookings').values({ event_id: eventId, user_id: person.id, seats }).execute();
}

test('a facilitator creates an event with the data model’s fields alone, and anybody can read it', async () => {
  const created = await call('POST', '/api/v1/events', { token: maya.token, body: fields });
  assert.equal(created.status, 201, created.text);
  const { id, ...rest } = created.body;
  assert.deepEqual(rest, {
    ...fields,
    date_time: `${NEXT_YEAR}-05-01T06:30:00.000Z`,
    facilitator_id: maya.facilitatorId,
    is_active: true,
    seats_taken: 0,
    seats_left: 12,
    time_zone: 'UTC',
    currency: 'EUR',
    place: null,
    online: false,
    practice: null,
    level: null,
    summary: null,
    slug: 'slow-morning-yin',
    facilitator: { id: maya.facilitatorId, name: 'Maya Lind' },
    cancelled_at: null,
  });
  const read = await call('GET', `/api/v1/events/${id}`);
  assert.equal(read.status, 200);
  assert.deepEqual(read.body, created.body);
});

test('takes every further field, and clears those that may be empty', async () => {
  const more = {
    is_active: true,
    time_zone: 'Asia/Makassar',
    currency: 'IDR',
    place: 'Ubud',
    online: true,
    practice: 'Yin',
    level: 'Beginners',
    summary: 'Slow.',
  };
  const created = await call('POST', '/api/v1/events', { token: maya.token, body: { ...fields, ...more } });
  assert.equal(created.status, 201, created.text);
  assert.partialDeepStrictEqual(created.body, more);
  const cleared = { place: null, practice: null, level: null, summary: null };
  const changed = await call('PATCH', `/api/v1/events/${created.body.id}`, { token: maya.token, body: cleared });
  assert.deepEqual(changed.body, { ...created.body, ...cleared });
});

test('whose event it is: a facilitator’s own, anybody’s for an admin', async () => {
  const post = (token: string, body: object) => call('POST', '/api/v1/events', { token, body: { ...fields, ...body } });
  assert.equal((await post(maya.token, { facilitator_id: maya.facilitatorId })).status, 201);
  await expectRefusal(await post(maya.token, { facilitator_id: noah.facilitatorId }), 403, 'forbidden');
  assert.equal((await post(admin.token, { facilitator_id: noah.facilitatorId })).status, 201);
  await expectRefusal(await post(admin.token, {}), 422, 'invalid', '/facilitator_id');
  for (const facilitator_id of [2_147_483_647, 99_999_999_999, 0, '1']) {
    await expectRefusal(await post(admin.token, { facilitator_id }), 422, 'invalid', '/facilitator_id');
  }
});

test('only an admin writes down what has already begun', async () => {
  const date_time = new Date(Date.now() - 60_000).toISOString();
  const body = { ...fields, date_time, facilitator_id: maya.facilitatorId };
  await expectRefusal(await call('POST', '/api/v1/events', { token: maya.token, body }), 422, 'invalid', '/date_time');
  const { status, body: past } = await call('POST', '/api/v1/events', { token: admin.token, body });
  assert.equal(status, 201);
  // What is over can still be read, and its words mended, but not moved within the past.
  assert.equal((await call('GET', `/api/v1/events/${past.id}`)).status, 200);
  const patch = (token: string, changes: object) =>
    call('PATCH', `/api/v1/events/${past.id}`, { token, body: changes });
  assert.equal((await patch(maya.token, { title: 'It was', date_time: past.date_time })).status, 200);
  const earlier = new Date(Date.now() - 3_600_000).toISOString();
  await expectRefusal(await patch(maya.token, { date_time: earlier }), 422, 'invalid', '/date_time');
  assert.equal((await patch(admin.token, { date_time: earlier })).status, 200);
  assert.equal((await patch(maya.token, { date_time: fields.date_time })).status, 200);
});

test('points at what is wrong with a field, and creates nothing', async () => {
  const wrong: Record<string, unknown[]> = {
    title: ['', '  ', 'x'.repeat(201), 'two\nlines', 'nul\0', '\ud800', null, 1],
    description: ['x'.repeat(10_001), 'nul\0', null],
    event_type: ['party', null],
    date_time: [
      'tomorrow',
      '2030-01-01',
      '2030-01-01T10:00:00',
      '2030-02-30T10:00:00Z',
      '1969-12-31T23:59:59Z',
      1,
      null,
    ],
    duration: [0, -1, 1.5, 527_041, 1e300, '60', null],
    max_participants: [-1, 1.5, 100_001, 1e10, null],
    price: [-1, -0.01, 1.005, 1e10, '5', null],
    is_active: ['true', 1, null],
    time_zone: ['Mars/Olympus', '+02:00', '', null, 'x'.repeat(1000)],
    currency: ['eur', 'EURO', '', null],
    place: ['', 'x'.repeat(201), 1],
    online: ['yes', null],
    practice: ['x'.repeat(101)],
    level: ['x'.repeat(101)],
    summary: ['x'.repeat(301)],
  };
  const { id } = (await call('POST', '/api/v1/events', { token: maya.token, body: fields })).body;
  const count = async () => (await db.selectFrom('events').select('id').execute()).length;
  const before = await count();
  for (const [field, values] of Object.entries(wrong)) {
    for (const value of values) {
      const body = { [field]: value };
      const created = await call('POST', '/api/v1/events', { token: maya.token, body: { ...fields, ...body } });
      await expectRefusal(created, 422, 'invalid', `/${field}`);
      const changed = await call('PATCH', `/api/v1/events/${id}`, { token: maya.token, body });
      await expectRefusal(changed, 422, 'invalid', `/${field}`);
    }
  }
  for (const field of ['id', 'seats_taken', 'cancelled_at', 'import_key', 'created_at', 'colour', '__proto__']) {
    const rawBody = JSON.stringify(fields).replace('{', `{"${field}":1,`);
    const created = await call('POST', '/api/v1/events', { token: maya.token, rawBody });
    await expectRefusal(created, 422, 'invalid', `/${field}`);
  }
  const { title: _, price: __, ...incomplete } = fields;
  const missing = await call('POST', '/api/v1/events', { token: maya.token, body: incomplete });
  await expectRefusal(missing, 422, 'invalid', '/title', '/price');
  assert.equal(await count(), before);
});

test('takes the smallest and the largest of everything', async () => {
  for (const body of [
    { title: 'x', description: '', duration: 1, max_participants: 0, price: 0 },
    { duration: 527_040, max_participants: 100_000, price: 1e9, date_time: '9999-12-31T23:59:59Z' },
    { title: '🧘'.repeat(200), description: '🧘'.repeat(10_000), price: 0.01 },
    { price: 999_999_999.99 },
    { price: 0.29 },
  ]) {
    const { status, text } = await call('POST', '/api/v1/events', { token: maya.token, body: { ...fields, ...body } });
    assert.equal(status, 201, text);
  }
});

test('the same key creates once and answers the same bytes', async () => {
  const send = (body: object, key = 'event-1', token = maya.token) =>
    call('POST', '/api/v1/events', { token, body, headers: { 'idempotency-key': key } });
  const first = await send(fields);
  const second = await send(fields);
  assert.deepEqual([first.status, second.status], [201, 201]);
  assert.equal(second.text, first.text);
  await expectRefusal(await send({ ...fields, price: 1 }), 422, 'idempotency-mismatch');
  await expectRefusal(await send(fields, 'a b'), 400, 'bad-idempotency-key');
  assert.notEqual((await send(fields, 'event-1', noah.token)).body.id, first.body.id);
  // A refusal keeps nothing: the same key is judged anew.
  await expectRefusal(await send({ ...fields, facilitator_id: noah.facilitatorId }, 'event-2'), 403, 'forbidden');
  assert.equal((await send(fields, 'event-2')).status, 201);
});

test('a change is what was given, and nothing else', async () => {
  const id = await addEvent({ facilitator_id: maya.facilitatorId });
  const before = (await call('GET', `/api/v1/events/${id}`)).body;
  const { status, body } = await call('PATCH', `/api/v1/events/${id}`, { token: maya.token, body: { price: 20 } });
  assert.equal(status, 200);
  assert.deepEqual(body, { ...before, price: 20 });
  const nothing = await call('PATCH', `/api/v1/events/${id}`, { token: maya.token, body: {} });
  assert.deepEqual([nothing.status, nothing.body], [200, body]);
});

test('people who booked are told of a new time, once each, and not of a new price', async () => {
  const id = await addEvent({ facilitator_id: maya.facilitatorId });
  await book(id, ana);
  await book(id, noah);
  const told = async () =>
    (
      await db.selectFrom('outbox').select('kind').where('destination', '=', 'crm').where('event_id', '=', id).execute()
    ).filter(({ kind }) => kind === 'event.changed').length;
  await call('PATCH', `/api/v1/events/${id}`, { token: maya.token, body: { price: 3, duration: 80 } });
  assert.equal(await told(), 0);
  await call('PATCH', `/api/v1/events/${id}`, { token: maya.token, body: { date_time: fields.date_time } });
  assert.equal(await told(), 2);
});

test('CAP-10: there are never fewer places than seats taken', async () => {
  const id = await addEvent({ facilitator_id: maya.facilitatorId });
  await book(id, ana, 3);
  const patch = (max_participants: number) =>
    call('PATCH', `/api/v1/events/${id}`, { token: maya.token, body: { max_participants, title: 'Smaller' } });
  const refused = await patch(2);
  await expectRefusal(refused, 409, 'seats-taken', '/max_participants');
  assert.equal(refused.body.seats_taken, 3);
  assert.equal((await call('GET', `/api/v1/events/${id}`)).body.title, 'Yin by candlelight');
  assert.deepEqual((await patch(3)).body.seats_left, 0);
});

test('only an admin gives an event to another facilitator', async () => {
  const id = await addEvent({ facilitator_id: maya.facilitatorId });
  const patch = (token: string, facilitator_id: number) =>
    call('PATCH', `/api/v1/events/${id}`, { token, body: { facilitator_id } });
  assert.equal((await patch(maya.token, maya.facilitatorId)).status, 200);
  await expectRefusal(await patch(maya.token, noah.facilitatorId), 403, 'forbidden');
  await expectRefusal(await patch(admin.token, 2_147_483_647), 422, 'invalid', '/facilitator_id');
  const given = await patch(admin.token, noah.facilitatorId);
  assert.deepEqual(given.body.facilitator, { id: noah.facilitatorId, name: 'Noah Berg' });
  await expectRefusal(await patch(maya.token, maya.facilitatorId), 403, 'forbidden');
});

test('a closed event is hidden, keeps its bookings, and can be opened again', async () => {
  const id = await addEvent({ facilitator_id: maya.facilitatorId, title: 'Hideaway' });
  await book(id, ana);
  const active = (is_active: boolean) =>
    call('PATCH', `/api/v1/events/${id}`, { token: maya.token, body: { is_active } });
  assert.partialDeepStrictEqual((await active(false)).body, { is_active: false, seats_taken: 1 });
  assert.deepEqual((await call('GET', '/api/v1/events?q=hideaway')).body.items, []);
  assert.equal((await active(true)).body.is_active, true);
  assert.equal((await call('GET', '/api/v1/events?q=hideaway')).body.items.length, 1);
});

test('cancelling ends the bookings, is final, and asked again answers the same', async () => {
  const id = await addEvent({ facilitator_id: maya.facilitatorId, title: 'Farewell' });
  await book(id, ana);
  const first = await call('POST', `/api/v1/events/${id}/cancel`, { token: maya.token });
  assert.equal(first.status, 200);
  assert.partialDeepStrictEqual(first.body, { id, is_active: false, seats_taken: 0 });
  assert.match(first.body.cancelled_at, /^\d{4}-/);
  const again = await call('POST', `/api/v1/events/${id}/cancel`, { token: admin.token });
  assert.deepEqual([again.status, again.body], [200, first.body]);
  for (const body of [{ is_active: true }, { title: 'Back' }, {}]) {
    await expectRefusal(
      await call('PATCH', `/api/v1/events/${id}`, { token: maya.token, body }),
      409,
      'event-cancelled',
    );
  }
  const [booking] = (await call('GET', '/api/v1/bookings', { token: ana.token })).body.items;
  assert.partialDeepStrictEqual(booking, { event_id: id, status: 'event_cancelled' });
  assert.deepEqual((await call('GET', '/api/v1/events?q=farewell')).body.items, []);
});

test('each route is open to those it is for', async () => {
  const shown = await addEvent({ facilitator_id: maya.facilitatorId });
  const hidden = await addEvent({ facilitator_id: maya.facilitatorId, is_active: false });
  const cancelled = await addEvent({
    facilitator_id: maya.facilitatorId,
    is_active: false,
    cancelled_at: new Date(),
  });
  const past = await addEvent({ facilitator_id: maya.facilitatorId, date_time: new Date(Date.now() - 1e9) });
  const booker = await addPerson();
  const unproven = await addPerson({ name: 'Maya Lind', email: 'MAYA2@studio.example', proven_at: null });
  await db.insertInto('facilitators').values({ name: 'M', email: 'maya2@studio.example' }).execute();
  await book(shown, booker);
  await book(past, booker);
  // Booked once and cancelled: the person still has it in their list.
  for (const id of [hidden, cancelled]) {
    await db.insertInto('bookings').values({ event_id: id, user_id: booker.id, status: 'cancelled' }).execute();
  }
  const tokens = [undefined, ana.token, booker.token, unproven.token, noah.token, maya.token, admin.token];
  const table: [string, string, object | undefined, number[]][] = [
    // anyone, participant, booker, unproven facilitator, other facilitator, own facilitator, admin
    ['GET', '/api/v1/events', undefined, [200, 200, 200, 200, 200, 200, 200]],
    ['GET', `/api/v1/events/${shown}`, undefined, [200, 200, 200, 200, 200, 200, 200]],
    ['GET', `/api/v1/events/${past}`, undefined, [200, 200, 200, 200, 200, 200, 200]],
    ['GET', `/api/v1/events/${hidden}`, undefined, [404, 404, 200, 404, 404, 200, 200]],
    ['GET', `/api/v1/events/${cancelled}`, undefined, [404, 404, 200, 404, 404, 200, 200]],
    ['GET', '/api/v1/events/2147483647', undefined, [404, 404, 404, 404, 404, 404, 404]],
    ['GET', '/api/v1/events/x', undefined, [404, 404, 404, 404, 404, 404, 404]],
    ['POST', '/api/v1/events', { ...fields }, [401, 403, 403, 403, 201, 201, 422]],
    ['PATCH', `/api/v1/events/${shown}`, { price: 4 }, [401, 403, 403, 403, 403, 200, 200]],
    ['PATCH', `/api/v1/events/${hidden}`, { price: 4 }, [401, 403, 403, 403, 404, 200, 200]],
    ['PATCH', `/api/v1/events/${cancelled}`, { price: 4 }, [401, 403, 403, 403, 404, 409, 409]],
    ['PATCH', '/api/v1/events/2147483647', { price: 4 }, [401, 403, 403, 403, 404, 404, 404]],
    ['GET', `/api/v1/events/${shown}/bookings`, undefined, [401, 403, 403, 403, 403, 200, 200]],
    ['GET', `/api/v1/events/${hidden}/bookings`, undefined, [401, 403, 403, 403, 404, 200, 200]],
    ['GET', '/api/v1/events/2147483647/bookings', undefined, [401, 403, 403, 403, 404, 404, 404]],
    ['POST', `/api/v1/events/${hidden}/cancel`, undefined, [401, 403, 403, 403, 404, 200, 200]],
    ['POST', `/api/v1/events/${shown}/cancel`, undefined, [401, 403, 403, 403, 403, 200, 200]],
    ['POST', '/api/v1/events/2147483647/cancel', undefined, [401, 403, 403, 403, 404, 404, 404]],
    ['DELETE', `/api/v1/events/${shown}`, undefined, Array(7).fill(405)],
  ];
  for (const [method, path, body, statuses] of table) {
    const got = [];
    for (const token of tokens) got.push((await call(method, path, { token, body })).status);
    assert.deepEqual(got, statuses, `${method} ${path}`);
  }
});

test('the roster is paged, complete, and knows no parameter but those of a page', async () => {
  const id = await addEvent({ facilitator_id: maya.facilitatorId, max_participants: 20 });
  for (let count = 0; count < 7; count++) await book(id, await addPerson(), 2);
  const people: number[] = [];
  let path: string | null = `/api/v1/events/${id}/bookings?limit=3`;
  while (path) {
    const { body, headers, status } = await call('GET', path, { token: maya.token });
    assert.equal(status, 200);
    for (const entry of body.items) {
      const { id: _, user_id, booking_date, ...rest } = entry;
      const person = await db.selectFrom('users').selectAll().where('id', '=', user_id).executeTakeFirstOrThrow();
      assert.deepEqual(rest, { user_name: person.name, user_email: person.email, seats: 2, status: 'confirmed' });
      assert.equal(new Date(booking_date).toISOString(), booking_date);
      people.push(user_id);
      assert.ok(people.length < 50, 'the pages never end');
    }
    path = headers.get('link')?.match(/^<(.*)>; rel="next"$/)?.[1] ?? null;
  }
  assert.equal(new Set(people).size, 7);
  for (const query of ['status=confirmed', 'limit=0', 'after=x']) {
    const refused = await call('GET', `/api/v1/events/${id}/bookings?${query}`, { token: maya.token });
    await expectRefusal(refused, 400, 'bad-request');
  }
});

test('after all of it the books are right', async () => assert.deepEqual(await findViolations(db), []));
