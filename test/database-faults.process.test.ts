import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createTestDatabase } from '@samaya/platform/test-database.ts';
import { countTries, isFullRun } from '@samaya/platform/test-tries.ts';
import pg from 'pg';
import { buildPages } from '../scripts/build.ts';
import { findDifferences } from './both-databases.ts';
import { addEvents, addFacilitator, addPeople, type CrowdPerson } from './crowd.ts';
import { openFaultProxy } from './fault-proxy.ts';
import { startBooking } from './processes.ts';

// What a person, or the client of a person, waits at most for the word that nothing works now.
const REFUSED_MS = 3000;
const RECOVERED_MS = 5000;
const NOTICED_MS = 10_000;
// Hundreds at once, on a machine that runs clients, servers and PostgreSQL.
const CROWD_MS = 6000;
const CROWD = { held: 400, others: 50 };

await buildPages({ write: () => undefined });
const database = await createTestDatabase('booking');
const owner = await connectAs(database.ownerUrl);
// As the application's role, which alone may look at its connections and end them.
const peer = await connectAs(database.appUrl);
const facilitatorId = await addFacilitator(owner);
const proxy = await openFaultProxy({ port: Number(new URL(database.appUrl).port) });
const app = await startBooking({ database: { ...database, appUrl: proxy.through(database.appUrl) } });

async function connectAs(connectionString: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString });
  // The database is dropped first.
  client.on('error', () => undefined);
  await client.connect();
  after(() => client.end());
  return client;
}

interface Told {
  status: number;
  /** Milliseconds until the whole answer. */
  ms: number;
  retryAfter: string | null;
  replayed: boolean;
  // biome-ignore lint/suspicious/noExplicitAny: the tests assert on what they read.
  body: any;
}

async function ask(path: string, init: RequestInit = {}): Promise<Told> {
  const begin = performance.now();
  const response = await fetch(app.url + path, { redirect: 'manual', ...init });
  const text = await response.text();
  return {
    status: response.status,
    ms: performance.now() - begin,
    retryAfter: response.headers.get('retry-after'),
    replayed: response.headers.get('idempotency-replayed') === 'true',
    body: response.headers.get('content-type')?.includes('json') ? JSON.parse(text) : text,
  };
}

function book(person: CrowdPerson, eventId: number, key?: string): Promise<Told> {
  return ask('/api/v1/bookings', {
    method: 'POST',
    headers: {
      authorization: `Bearer ${person.token}`,
      'content-type': 'application/json',
      ...(key !== undefined && { 'idempotency-key': key }),
    },
    body: JSON.stringify({ event_id: eventId }),
  });
}

/** What people and machines ask for, of each kind one; the addresses are new so that no answer is at hand already. */
function askEverything(person: CrowdPerson, eventId: number, n: number): Promise<Told[]> {
  const headers = { authorization: `Bearer ${person.token}` };
  return Promise.all([
    book(person, eventId),
    book(person, eventId, `try-${n}`),
    ask('/api/v1/bookings', { headers }),
    ask(`/api/v1/events?price_max=${n + 1}`),
    ask(`/api/v1/events/${eventId}`, { headers }),
    ask('/', { headers: { accept: 'text/html', cookie: `samaya_booking=${person.token}` } }),
    ask('/readyz'),
  ]);
}

async function newEvent(places = 1000): Promise<number> {
  const [eventId] = await addEvents(owner, facilitatorId, [places]);
  return Number(eventId);
}

/** Milliseconds until a booking is taken again. */
async function recover(eventId: number): Promise<number> {
  const begin = performance.now();
  for (;;) {
    const [person] = await addPeople(owner, 1);
    assert.ok(person);
    if ((await book(person, eventId)).status === 201) return performance.now() - begin;
    assert.ok(performance.now() - begin < 60_000, 'never came back');
    await sleep(50);
  }
}

function assertBusy(told: Told, ms = REFUSED_MS): void {
  const what = `${told.status} ${JSON.stringify(told.body).slice(0, 200)} after ${Math.round(told.ms)} ms`;
  assert.equal(told.status, 503, what);
  assert.ok(Number(told.retryAfter) >= 1, `Retry-After: ${told.retryAfter}`);
  assert.ok(told.ms <= ms, what);
}

async function assertNothingAmiss(acknowledged: readonly number[]): Promise<void> {
  const differences = await findDifferences({ bookingUrl: database.ownerUrl, acknowledged });
  assert.deepEqual(differences, []);
}

test('DB-01: while PostgreSQL is gone everybody is told so within 3 s, and served within 5 s after', async (t) => {
  const rounds = countTries(t, 'DB-01', { short: 2, full: 10 });
  const eventId = await newEvent();
  const [person] = await addPeople(owner, 1);
  assert.ok(person);
  let slowest = 0;
  for (let round = 0; round < rounds; round++) {
    await recover(eventId);
    proxy.set({ kind: 'cut' });
    const until = performance.now() + (isFullRun ? 5000 : 1000);
    for (let n = 0; performance.now() < until; n++) {
      const told = await askEverything(person, eventId, n);
      for (const one of told) {
        assertBusy(one);
        slowest = Math.max(slowest, one.ms);
      }
      assert.equal((await ask('/healthz')).status, 200);
    }
    proxy.set({ kind: 'none' });
    const took = await recover(eventId);
    assert.ok(took <= RECOVERED_MS, `${took}`);
    await untilServed(() => ask('/readyz'));
  }
  t.diagnostic(`refused within ${Math.round(slowest)} ms`);
  await assertNothingAmiss([]);
});

test('DB-05: a booking whose COMMIT was answered into the void is found by its key, and never called refused', async (t) => {
  const rounds = countTries(t, 'DB-05', { short: 30, full: 200 });
  const eventId = await newEvent();
  const people = await addPeople(owner, rounds);
  const acknowledged: number[] = [];
  let foundAtOnce = 0;
  const { lost } = proxy.counts();
  for (const [n, person] of people.entries()) {
    proxy.set({ kind: 'lose-answer', to: /book_place|commit/ });
    const first = await book(person, eventId, `doubt-${n}`);
    proxy.set({ kind: 'none' });
    if (first.status === 201) foundAtOnce++;
    else assertBusy(first);
    const again = await book(person, eventId, `doubt-${n}`);
    assert.deepEqual([again.status, again.replayed], [201, true]);
    if (first.status === 201) assert.equal(first.body.id, again.body.id);
    acknowledged.push(again.body.id);
  }
  assert.ok(proxy.counts().lost - lost >= rounds, 'answers were lost');
  t.diagnostic(`${foundAtOnce} of ${rounds} outcomes were found at once`);
  await assertNothingAmiss(acknowledged);
});

test('DB-05: without a key nobody guesses: it is a 503, and whoever asks again learns the truth', async (t) => {
  const rounds = countTries(t, 'DB-05', { short: 10, full: 50 });
  const eventId = await newEvent();
  for (const person of await addPeople(owner, rounds)) {
    proxy.set({ kind: 'lose-answer', to: /book_place|commit/ });
    assertBusy(await book(person, eventId));
    proxy.set({ kind: 'none' });
    const again = await book(person, eventId);
    assert.deepEqual([again.status, again.body.code], [409, 'already-booked']);
  }
  await assertNothingAmiss([]);
});

test('DB-04: connections that died without a word are noticed within 10 s and replaced', async (t) => {
  const rounds = countTries(t, 'DB-04', { short: 1, full: 20 });
  const eventId = await newEvent();
  const [person] = await addPeople(owner, 1);
  assert.ok(person);
  for (let round = 0; round < rounds; round++) {
    // Enough of them that a pool of dead connections would show.
    await Promise.all(Array.from({ length: 30 }, (_, n) => askEverything(person, eventId, n)));
    proxy.strand();
    const begin = performance.now();
    const told: Told[][] = await Promise.all(Array.from({ length: 12 }, (_, n) => askEverything(person, eventId, n)));
    for (const one of told.flat()) assert.ok(one.ms <= NOTICED_MS, `${one.status} after ${one.ms}`);
    await recover(eventId);
    const took = performance.now() - begin;
    t.diagnostic(`served again after ${Math.round(took)} ms`);
    assert.ok(took <= NOTICED_MS, `${took}`);
  }
  await assertNothingAmiss([]);
});

test('DB-02: a crowd before an event that somebody holds is refused in time, and holds nobody else up', async (t) => {
  const rounds = countTries(t, 'DB-02', { short: 1, full: 5 });
  const { held: many, others } = CROWD;
  const people = await addPeople(owner, many + 2 * others);
  for (let round = 0; round < rounds; round++) {
    const [held, open] = [await newEvent(), await newEvent()];
    const release = await hold(held);
    const [refused, booked, listed] = await Promise.all([
      Promise.all(people.slice(0, many).map((person, n) => book(person, held, n % 2 ? `held-${held}` : undefined))),
      Promise.all(people.slice(many, many + others).map((person) => book(person, open))),
      Promise.all(people.slice(many + others).map(listBookings)),
    ]);
    for (const one of refused) assertBusy(one, CROWD_MS);
    for (const one of booked) assert.ok(one.status === 201 && one.ms <= CROWD_MS, `${one.status} ${one.ms}`);
    for (const one of listed) assert.ok(one.status === 200 && one.ms <= CROWD_MS, `${one.status} ${one.ms}`);
    await release();
    assert.ok((await recover(held)) <= RECOVERED_MS);
  }
  await assertPoolAtRest();
});

test('DB-02: with every connection waiting for a lock, others wait a second for one and no longer', async (t) => {
  const rounds = countTries(t, 'DB-02', { short: 1, full: 5 });
  const people = await addPeople(owner, 40);
  const [bystander] = await addPeople(owner, 1);
  assert.ok(bystander);
  for (let round = 0; round < rounds; round++) {
    const eventId = await newEvent();
    const { rows: booked } = await owner.query(
      'insert into bookings (user_id, event_id) select unnest($1::int[]), $2::int returning id, user_id',
      [people.map(({ userId }) => userId), eventId],
    );
    const idOf = new Map(booked.map(({ id, user_id }) => [user_id, id]));
    const release = await hold(eventId);
    const cancels = people.map((person) =>
      ask(`/api/v1/bookings/${idOf.get(person.userId)}/cancel`, {
        method: 'POST',
        headers: { authorization: `Bearer ${person.token}` },
      }),
    );
    const listed = await Promise.all(Array.from({ length: 20 }, () => listBookings(bystander)));
    for (const one of listed) if (one.status !== 200) assertBusy(one);
    for (const one of await Promise.all(cancels)) assertBusy(one, CROWD_MS);
    await release();
    await untilServed(() => listBookings(bystander));
  }
  await assertPoolAtRest();
  await assertNothingAmiss([]);
});

function listBookings(person: CrowdPerson): Promise<Told> {
  return ask('/api/v1/bookings', { headers: { authorization: `Bearer ${person.token}` } });
}

/** Waits until there is a good answer again. */
async function untilServed(asking: () => Promise<Told>): Promise<void> {
  const begin = performance.now();
  for (let told = await asking(); told.status !== 200; told = await asking()) {
    assert.ok(performance.now() - begin <= RECOVERED_MS, `still ${told.status}`);
    await sleep(20);
  }
}

/** Holds an event as somebody's long transaction does, until released. */
async function hold(eventId: number): Promise<() => Promise<void>> {
  const holder = new pg.Client({ connectionString: database.ownerUrl });
  await holder.connect();
  await holder.query('begin');
  await holder.query('select 1 from events where id = $1 for update', [eventId]);
  return async () => {
    await holder.query('rollback');
    await holder.end();
  };
}

/** Every connection of the process is idle, and there are no more than it may have. */
async function assertPoolAtRest(): Promise<void> {
  const deadline = performance.now() + RECOVERED_MS;
  for (;;) {
    const { rows } = await peer.query(
      `select count(*)::int as total, count(*) filter (where state = 'idle')::int as idle from pg_stat_activity
       where datname = current_database() and application_name = 'samaya-booking'`,
    );
    if (rows[0].idle === rows[0].total && rows[0].total <= 10) return;
    assert.ok(performance.now() < deadline, JSON.stringify(rows));
    await sleep(50);
  }
}

test('DB-11: after a switchover no connection stays with a server that takes no writes', async (t) => {
  const rounds = countTries(t, 'DB-11', { short: 1, full: 10 });
  const eventId = await newEvent();
  for (let round = 0; round < rounds; round++) {
    const [person, reader] = await addPeople(owner, 2);
    assert.ok(person && reader);
    await owner.query(`alter database ${database.name} set default_transaction_read_only = on`);
    await breakConnections();
    // What is lost with the connection is asked again; then reading works, and writing is refused for now.
    while ((await listBookings(reader)).status !== 200) await sleep(20);
    for (let n = 0; n < 20; n++) assertBusy(await book(person, eventId, `switch-${round}-${n % 2}`));
    assert.equal((await ask('/readyz')).status, 503);
    await owner.query(`alter database ${database.name} reset default_transaction_read_only`);
    const took = await recover(eventId);
    assert.ok(took <= RECOVERED_MS, `${took}`);
  }
  await assertNothingAmiss([]);
});

test('DB-16: when others take all connections of the server people are told, and served again after', async (t) => {
  const rounds = countTries(t, 'DB-16', { short: 1, full: 3 });
  const eventId = await newEvent();
  for (let round = 0; round < rounds; round++) {
    const [person] = await addPeople(owner, 1);
    assert.ok(person);
    await owner.query(`alter database ${database.name} connection limit 2`);
    await breakConnections();
    for (let n = 0; n < 20; n++) assertBusy(await book(person, eventId));
    await owner.query(`alter database ${database.name} connection limit -1`);
    assert.ok((await recover(eventId)) <= RECOVERED_MS);
  }
});

/** Ends all of them, and waits until they are gone: one that lives a moment longer would still serve. */
async function breakConnections(): Promise<void> {
  await peer.query(
    `select pg_terminate_backend(pid, 30000) from pg_stat_activity
     where datname = current_database() and application_name = 'samaya-booking'`,
  );
}
