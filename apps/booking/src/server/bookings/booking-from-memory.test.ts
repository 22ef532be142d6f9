import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, test } from 'node:test';
import { createBookingApi } from '#server/api.ts';
import { createApp } from '#server/app.ts';
import { createTestApp } from '#server/test-app.ts';
import { waitPatiently } from '#server/test-waiting.ts';

const studio = await createTestApp();
const { app, db, addPerson, addEvent } = studio;
const { facilitatorId } = await studio.addFacilitator();

/** The API behind a port, as the entry point serves it. */
async function serve(api: ReturnType<typeof createBookingApi>): Promise<string> {
  const server = createServer((request, response) => {
    void api.answer(request, response, { requestId: 'one', network: '127.0.0.1' });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as { port: number }).port}`;
}

const warm = await serve(studio.api);
// Another process on the same database, which never had a crowd and so remembers nothing.
const other = createApp(app.config, { databaseUrl: studio.ownerUrl, log: app.log });
waitPatiently(other.pool);
after(() => other.close());
const cold = await serve(createBookingApi(other));

async function ask(address: string, token: string, body: string, headers: Record<string, string> = {}) {
  const response = await fetch(`${address}/api/v1/bookings`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
    body,
  });
  const { date: _, ...rest } = Object.fromEntries(response.headers);
  return { status: response.status, headers: rest, body: await response.text() };
}

/** An event with one place, taken by its holder, and a crowd that the warm process has just refused. */
async function sellOut() {
  const eventId = await addEvent({ facilitator_id: facilitatorId, max_participants: 1 });
  const holder = await addPerson();
  const crowd = [await addPerson(), await addPerson(), await addPerson(), await addPerson()];
  const wish = JSON.stringify({ event_id: eventId });
  assert.equal((await ask(warm, holder.token, wish)).status, 201);
  const refuseAll = async () => await Promise.all(crowd.map(({ token }) => ask(warm, token, wish)));
  const [one, two] = crowd;
  assert.ok(one && two);
  const isKnown = () => app.bearers.recall(one.token) && app.desk.recallRefusal({ userId: one.id, eventId, seats: 1 });
  // Until it is known who signed out, and some of the crowd were refused together: not all arrive at one time.
  for (let rounds = 0; !isKnown(); rounds++) {
    assert.ok(rounds < 100, 'the crowd is not remembered');
    await refuseAll();
  }
  return { eventId, wish, holder, one, two, refuseAll };
}

test('what memory answers is what the database would have led to, byte for byte', async () => {
  const { eventId, wish, holder, one, two, refuseAll } = await sellOut();
  const open = await addEvent({ facilitator_id: facilitatorId });
  const key = { 'idempotency-key': 'again' };
  const asked: [token: string, body: string, headers?: Record<string, string>][] = [
    [one.token, wish],
    [two.token, `{ "event_id": ${eventId}, "seats": 1 }`],
    [one.token, JSON.stringify({ event_id: eventId, seats: 2 })],
    [one.token, JSON.stringify({ event_id: eventId, seats: 9e12 })],
    [one.token, wish, key],
    [one.token, wish, { 'idempotency-key': 'not visible' }],
    [holder.token, wish],
    ['unknown', wish],
    [one.token, JSON.stringify({ event_id: 999_999 })],
    [one.token, JSON.stringify({ event_id: 9e12 })],
    [one.token, JSON.stringify({ event_id: eventId, seats: 0 })],
    [one.token, JSON.stringify({ event_id: eventId, more: 1 })],
    [one.token, '{'],
    [one.token, wish, { 'content-type': 'text/plain' }],
  ];
  for (const each of asked) {
    await refuseAll();
    assert.deepEqual(await ask(warm, ...each), await ask(cold, ...each), JSON.stringify(each));
  }
  assert.equal((await ask(warm, one.token, JSON.stringify({ event_id: open }))).status, 201);
});

test('the database is not asked for those who lose', async () => {
  const { wish, one, two } = await sellOut();
  const { pool } = app;
  const query = pool.query.bind(pool);
  const connect = pool.connect.bind(pool);
  let asked = 0;
  Object.assign(pool, {
    query(...given: Parameters<typeof query>) {
      asked++;
      return query(...given);
    },
    connect(...given: Parameters<typeof connect>) {
      asked++;
      return connect(...given);
    },
  });
  const begun = performance.now();
  for (let round = 0; round < 20; round++) {
    assert.equal((await ask(warm, one.token, wish)).status, 409);
    assert.equal((await ask(warm, two.token, wish)).status, 409);
  }
  Object.assign(pool, { query, connect });
  // Who signed out, and whether the event is still full, are asked anew when what is known grows old.
  const most = 4 + 4 * Math.floor((performance.now() - begun) / 300);
  assert.ok(asked <= most, `${asked} questions for 40 requests, instead of ${most}`);
});

test('whoever signed out or was erased at another process is refused as a stranger within a second', async () => {
  for (const end of [
    (id: number) => db.deleteFrom('sign_ins').where('user_id', '=', id).execute(),
    (id: number) => fetch(`${cold}/api/v1/me`, { method: 'DELETE', headers: { authorization: tokens.get(id) ?? '' } }),
  ]) {
    const { wish, one, refuseAll } = await sellOut();
    tokens.set(one.id, `Bearer ${one.token}`);
    await end(one.id);
    const endedAt = performance.now();
    for (;;) {
      // Counted from when it was asked: how long an answer takes is the machine's affair.
      const askedAfter = performance.now() - endedAt;
      const { status } = await ask(warm, one.token, wish);
      if (status === 401) break;
      assert.equal(status, 409);
      assert.ok(askedAfter < 1000, `still known after ${askedAfter} ms`);
      await refuseAll();
    }
  }
});
const tokens = new Map<number, string>();

test('whoever signed out gets no place from memory, not for a moment', async () => {
  const { one } = await sellOut();
  const open = await addEvent({ facilitator_id: facilitatorId });
  assert.ok(app.bearers.recall(one.token));
  await db.deleteFrom('sign_ins').where('user_id', '=', one.id).execute();
  assert.equal((await ask(warm, one.token, JSON.stringify({ event_id: open }))).status, 401);
});

test('a place given back at another process is to be had within a second', async () => {
  const { eventId, wish, holder, one, refuseAll } = await sellOut();
  const { id } = await db
    .selectFrom('bookings')
    .select('id')
    .where('event_id', '=', eventId)
    .where('user_id', '=', holder.id)
    .executeTakeFirstOrThrow();
  const cancelled = await fetch(`${cold}/api/v1/bookings/${id}/cancel`, {
    method: 'POST',
    headers: { authorization: `Bearer ${holder.token}` },
  });
  assert.equal(cancelled.status, 200);
  const freedAt = performance.now();
  for (;;) {
    const askedAfter = performance.now() - freedAt;
    if ((await refuseAll()).some(({ status }) => status === 201)) break;
    if ((await ask(warm, one.token, wish)).status === 201) break;
    assert.ok(askedAfter < 1000, `nobody got the place who asked after ${askedAfter} ms`);
  }
});
