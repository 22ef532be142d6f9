import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { createTestApp, type TestFacilitator, type TestPerson } from '#server/test-app.ts';
import { findViolations } from './booking-invariants-queries.ts';

const { db, call, addFacilitator, addEvent, addPerson, signIn } = await createTestApp();

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

function book(person: { token: string } | undefined, body: object, key?: string) {
  return call('POST', '/api/v1/bookings', {
    token: person?.token,
    body,
    headers: key === undefined ? {} : { 'idempotency-key': key },
  });
}

const event = (more: Partial<Parameters<typeof addEvent>[0]> = {}) =>
  addEvent({ facilitator_id: maya.facilitatorId, ...more });
const cancel = (id: number, token?: string) => call('POST', `/api/v1/bookings/${id}/cancel`, { token });

/** Lets an event begin an hour ago. */
async function begin(id: number) {
  await db
    .updateTable('events')
    .set({ date_time: new Date(Date.now() - 3_600_000) })
    .where('id', '=', id)
    .execute();
}

test('books one seat, or as many as asked for', async () => {
  const first = await event();
  const one = await book(ana, { event_id: first });
  assert.equal(one.status, 201, one.text);
  const { id, booking_date, ...rest } = one.body;
  assert.deepEqual(Object.keys(one.body), ['id', 'user_id', 'event_id', 'booking_date', 'status', 'seats']);
  assert.deepEqual(rest, { user_id: ana.id, event_id: first, status: 'confirmed', seats: 1 });
  assert.ok(Math.abs(Date.parse(booking_date) - Date.now()) < 60_000);
  assert.deepEqual((await call('GET', `/api/v1/bookings/${id}`, { token: ana.token })).body, one.body);
  const several = await book(ana, { event_id: await event({ max_participants: 3 }), seats: 3 });
  assert.deepEqual([several.status, several.body.seats], [201, 3]);
});

test('refuses with the first reason that holds, in the order that is written down', async () => {
  const started = { date_time: new Date(Date.now() - 1000) };
  const full = await event({ max_participants: 2 });
  await book(noah, { event_id: full, seats: 2 });
  const two = await event({ max_participants: 4 });
  await book(noah, { event_id: two, seats: 2 });
  const own = await event({ max_participants: 1 });
  await book(ana, { event_id: own });
  const waiting = await event();
  await db.insertInto('bookings').values({ event_id: waiting, user_id: ana.id, status: 'waitlisted' }).execute();
  const cases: [object, number, string, object?][] = [
    [{ event_id: 2_147_483_647 }, 404, 'not-found'],
    [{ event_id: 2_147_483_648 }, 404, 'not-found'],
    [{ event_id: Number.MAX_SAFE_INTEGER, seats: Number.MAX_SAFE_INTEGER }, 404, 'not-found'],
    [{ event_id: await event({ is_active: false, ...started }), seats: 99 }, 409, 'event-inactive'],
    [{ event_id: await event({ cancelled_at: new Date(), ...started }) }, 409, 'event-inactive'],
    [{ event_id: await event(started), seats: 99 }, 409, 'event-started'],
    [{ event_id: own, seats: 99 }, 409, 'already-booked'],
    [{ event_id: waiting, seats: 99 }, 409, 'already-waitlisted'],
    [{ event_id: full, seats: 3 }, 422, 'too-many-seats', { errors: [{ pointer: '/seats', detail: 'is 2 at most' }] }],
    [{ event_id: full, seats: Number.MAX_SAFE_INTEGER }, 422, 'too-many-seats'],
    [{ event_id: await event({ max_participants: 0 }) }, 422, 'too-many-seats'],
    [{ event_id: full, seats: 2 }, 409, 'event-full'],
    [{ event_id: full }, 409, 'event-full'],
    [{ event_id: two, seats: 3 }, 409, 'not-enough-seats', { seats_left: 2 }],
  ];
  const count = async () => (await db.selectFrom('bookings').select('id').execute()).length;
  const before = await count();
  for (const [body, status, code, more = {}] of cases) {
    const answer = await book(ana, body, 'refused');
    assert.deepEqual([answer.status, answer.body.code], [status, code], JSON.stringify(body));
    assert.partialDeepStrictEqual(answer.body, more);
  }
  assert.equal(await count(), before);
  assert.deepEqual(await db.selectFrom('idempotency_keys').select('key').where('key', '=', 'refused').execute(), []);
});

test('CAP-15: points at what is wrong with a request', async () => {
  const event_id = await event();
  for (const [body, ...pointers] of [
    [{}, '/event_id'],
    [{ event_id: null }, '/event_id'],
    [{ event_id: '1' }, '/event_id'],
    [{ event_id: 0 }, '/event_id'],
    [{ event_id: 1.5 }, '/event_id'],
    [{ event_id: 1e300 }, '/event_id'],
    [{ event_id, seats: 0 }, '/seats'],
    [{ event_id, seats: -1 }, '/seats'],
    [{ event_id, seats: 1.5 }, '/seats'],
    [{ event_id, seats: '1' }, '/seats'],
    [{ event_id, seats: null }, '/seats'],
    [{ event_id, user_id: 1 }, '/user_id'],
    [{ event_id, status: 'attended', price: 0 }, '/price', '/status'],
  ] as [object, ...string[]][]) {
    const { status, body: problem } = await book(ana, body);
    assert.deepEqual([status, problem.code], [422, 'invalid'], JSON.stringify(body));
    assert.deepEqual([...new Set(problem.errors.map((error: { pointer: string }) => error.pointer))].sort(), pointers);
  }
  for (const rawBody of ['', '{', 'null', '[]', '"x"']) {
    const { status } = await call('POST', '/api/v1/bookings', { token: ana.token, rawBody });
    assert.ok(status === 400 || status === 422, rawBody);
  }
});

test('CAP-05: the same key books once and answers the same bytes, also when the event is full since or was closed', async () => {
  const event_id = await event({ max_participants: 1 });
  const first = await book(ana, { event_id }, 'k');
  const again = await book(ana, { event_id }, 'k');
  assert.deepEqual([first.status, again.status, again.text], [201, 201, first.text]);
  await db.updateTable('events').set({ is_active: false }).where('id', '=', event_id).execute();
  assert.equal((await book(ana, { event_id }, 'k')).text, first.text);
  assert.equal((await book(ana, { event_id }, 'another')).body.code, 'event-inactive');
  const other = await event();
  const mismatch = await book(ana, { event_id: other }, 'k');
  assert.deepEqual([mismatch.status, mismatch.body.code], [422, 'idempotency-mismatch']);
  assert.equal((await book(noah, { event_id: other }, 'k')).status, 201);
  for (const key of ['', 'two words', 'é', 'x'.repeat(256)]) {
    const { status, body } = await book(ana, { event_id: other }, key);
    assert.deepEqual([status, body.code], [400, 'bad-idempotency-key'], key);
  }
  assert.equal((await book(ana, { event_id: other }, 'x'.repeat(255))).status, 201);
});

test('a refused request leaves its key free: the same key books once a seat is free', async () => {
  const event_id = await event({ max_participants: 1 });
  const { body } = await book(noah, { event_id });
  assert.equal((await book(ana, { event_id }, 'later')).body.code, 'event-full');
  await cancel(body.id, noah.token);
  assert.equal((await book(ana, { event_id }, 'later')).status, 201);
});

test('CAP-05: two requests with one key at once book once', async () => {
  const event_id = await event();
  const answers = await Promise.all(Array.from({ length: 5 }, () => book(ana, { event_id }, 'at-once')));
  assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([201]));
  assert.equal(new Set(answers.map(({ text }) => text)).size, 1);
});

test('a place cancelled can be booked again, by anybody', async () => {
  const event_id = await event({ max_participants: 1 });
  const { body: first } = await book(ana, { event_id });
  const cancelled = await cancel(first.id, ana.token);
  assert.deepEqual([cancelled.status, cancelled.body], [200, { ...first, status: 'cancelled' }]);
  const again = await cancel(first.id, ana.token);
  assert.deepEqual([again.status, again.body], [200, cancelled.body]);
  const second = await book(ana, { event_id });
  assert.equal(second.status, 201);
  assert.notEqual(second.body.id, first.id);
});

test('after the start only who runs the event cancels a booking', async () => {
  const event_id = await event();
  const ids = [];
  for (const person of [ana, noah, admin]) ids.push((await book(person, { event_id })).body.id);
  await begin(event_id);
  const late = await cancel(ids[0], ana.token);
  assert.deepEqual([late.status, late.body.code], [409, 'event-started']);
  assert.equal((await cancel(ids[0], maya.token)).status, 200);
  assert.equal((await cancel(ids[1], admin.token)).status, 200);
  // What has ended stays as it is, also for its own person.
  assert.deepEqual((await cancel(ids[0], ana.token)).body.status, 'cancelled');
  await db.updateTable('bookings').set({ status: 'attended' }).where('id', '=', ids[2]).execute();
  assert.equal((await cancel(ids[2], maya.token)).status, 409);
});

test('each route is open to those it is for; a booking of somebody else does not exist', async () => {
  const event_id = await event();
  const booker = await addPerson();
  const { id } = (await book(booker, { event_id })).body;
  const tokens = [undefined, ana.token, noah.token, booker.token, maya.token, admin.token];
  // Anyone, another participant, another facilitator, its person, its facilitator, an admin.
  const table: [string, string, object | undefined, number[]][] = [
    ['GET', '/api/v1/bookings', undefined, [401, 200, 200, 200, 200, 200]],
    ['GET', `/api/v1/bookings/${id}`, undefined, [401, 404, 404, 200, 404, 404]],
    ['GET', '/api/v1/bookings/2147483647', undefined, [401, 404, 404, 404, 404, 404]],
    ['GET', '/api/v1/bookings/2147483648', undefined, [401, 404, 404, 404, 404, 404]],
    ['POST', `/api/v1/bookings/${id}/cancel`, undefined, [401, 404, 404, 200, 200, 200]],
    ['POST', '/api/v1/bookings/0/cancel', undefined, [401, 404, 404, 404, 404, 404]],
    ['POST', '/api/v1/bookings', { event_id }, [401, 201, 201, 201, 201, 201]],
    ['PATCH', `/api/v1/bookings/${id}`, {}, Array(6).fill(405)],
    ['DELETE', `/api/v1/bookings/${id}`, undefined, Array(6).fill(405)],
  ];
  for (const [method, path, body, statuses] of table) {
    const got = [];
    for (const token of tokens) got.push((await call(method, path, { token, body })).status);
    assert.deepEqual(got, statuses, `${method} ${path}`);
  }
});

test('lists one’s own bookings, newest first, each once while others are made', async () => {
  const person = await addPerson();
  const made: number[] = [];
  const make = async () => made.push((await book(person, { event_id: await event() })).body.id);
  for (let count = 0; count < 7; count++) await make();
  const seen: number[] = [];
  let path: string | null = '/api/v1/bookings?limit=3';
  while (path) {
    const { body, headers } = await call('GET', path, { token: person.token });
    seen.push(...body.items.map(({ id }: { id: number }) => id));
    assert.ok(seen.length < 50, 'the pages never end');
    path = headers.get('link')?.match(/^<(.*)>; rel="next"$/)?.[1] ?? null;
    if (seen.length === 3) await make();
  }
  assert.deepEqual(seen, made.slice(0, 7).reverse());
  for (const query of ['status=confirmed', 'limit=0', 'limit=101', 'after=x', 'after=WyIxIl0']) {
    const { status, body } = await call('GET', `/api/v1/bookings?${query}`, { token: person.token });
    assert.deepEqual([status, body.code], [400, 'bad-request'], query);
  }
});

test('a deleted account and a page’s sign-in book nothing', async () => {
  const event_id = await event();
  const gone = await addPerson();
  await db.updateTable('users').set({ deleted_at: new Date() }).where('id', '=', gone.id).execute();
  assert.equal((await book(gone, { event_id })).status, 401);
  assert.equal((await book({ token: await signIn(ana.id, 'page') }, { event_id })).status, 401);
  assert.equal((await book(undefined, { event_id })).status, 401);
  await db.deleteFrom('sign_ins').where('user_id', '=', gone.id).execute();
});

test('after all of it the books are right', async () => assert.deepEqual(await findViolations(db), []));
