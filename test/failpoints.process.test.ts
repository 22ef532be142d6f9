import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createTestDatabase } from '@samaya/platform/test-database.ts';
import { freePort } from '@samaya/platform/test-port.ts';
import { countTries } from '@samaya/platform/test-tries.ts';
import pg from 'pg';
import { buildPages } from '../scripts/build.ts';
import type { Failpoint, FailpointMessage, Mishap } from './app-with-failpoints.ts';
import { book, bookPatiently } from './book-over-http.ts';
import { findDifferences, rowsOf, waitUntilTold } from './both-databases.ts';
import { addEvents, addFacilitator, addPeople, type CrowdPerson } from './crowd.ts';
import { type RunningApp, startBooking, startCrm } from './processes.ts';

const ENOUGH_SECONDS = 60;
/** Held by the test while PostgreSQL is to stay in the middle of a booking. */
const LOCK = 4711;

await buildPages({ write: () => undefined });
const databases = { booking: await createTestDatabase('booking'), crm: await createTestDatabase('crm') };
const ports = { booking: await freePort(), crm: await freePort() };
const owner = await connectAs(databases.booking.ownerUrl);
// As the application's role, which alone may see what its connections wait for.
const peer = await connectAs(databases.booking.appUrl);
const facilitatorId = await addFacilitator(owner);

const asHere = { entry: 'app-with-failpoints.ts', outlivesTest: true };
const start = {
  booking: () =>
    startBooking({
      ...asHere,
      database: databases.booking,
      port: ports.booking,
      otherUrl: `http://localhost:${ports.crm}`,
    }),
  crm: () =>
    startCrm({ ...asHere, database: databases.crm, port: ports.crm, otherUrl: `http://localhost:${ports.booking}` }),
};
const apps: Record<'booking' | 'crm', RunningApp> = { booking: await start.booking(), crm: await start.crm() };
after(() => Promise.all([apps.booking.stop(), apps.crm.stop()]));

async function connectAs(connectionString: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString });
  // The database is dropped first.
  client.on('error', () => undefined);
  await client.connect();
  after(() => client.end());
  return client;
}

function arm(app: RunningApp, failpoint: Failpoint) {
  app.tell({ failpoint } satisfies FailpointMessage);
}

async function eventWithRoom(): Promise<number> {
  const [eventId] = await addEvents(owner, facilitatorId, [100]);
  return Number(eventId);
}

/** Waits until an armed process has killed itself, and starts it anew. */
async function untilReborn(which: 'booking' | 'crm'): Promise<void> {
  const late = sleep(ENOUGH_SECONDS * 1000, 'it lives on', { ref: false });
  assert.equal(await Promise.race([apps[which].ended, late]), 'SIGKILL');
  apps[which] = await start[which]();
}

async function differences(acknowledged: readonly number[]): Promise<string[]> {
  assert.equal(await waitUntilTold(databases.booking.ownerUrl, ENOUGH_SECONDS), 0);
  return await findDifferences({
    bookingUrl: databases.booking.ownerUrl,
    crmUrl: databases.crm.ownerUrl,
    acknowledged,
  });
}

interface Step {
  /** When booking dies while it takes a booking. */
  failpoint: Failpoint;
  /** Whether the booking is there when it has died. */
  isKept: boolean;
  /** Whether the client had the answer. */
  isTold: boolean;
}

const BOOKING_STEPS: Readonly<Record<string, Step>> = {
  'before its transaction': {
    failpoint: { when: 'before', statement: 'from book_place' },
    isKept: false,
    isTold: false,
  },
  'after COMMIT, before the answer': {
    failpoint: { when: 'after', statement: 'from book_place' },
    isKept: true,
    isTold: false,
  },
  'when the answer is made': { failpoint: { when: 'before', answer: '201' }, isKept: true, isTold: false },
  'after the answer': { failpoint: { when: 'after', answer: '201' }, isKept: true, isTold: true },
};

for (const [when, { failpoint, isKept, isTold }] of Object.entries(BOOKING_STEPS)) {
  const row = failpoint.when === 'after' && failpoint.statement ? 'CAP-08' : 'CRASH-02';
  test(`${row}: booking killed ${when}: asked again it answers with the one booking there is`, async (t) => {
    const acknowledged: number[] = [];
    for (const person of await addPeople(owner, countTries(t, row, { short: 1, full: row === 'CAP-08' ? 100 : 20 }))) {
      const wish = { url: apps.booking.url, token: person.token, eventId: await eventWithRoom(), key: 'one' };
      arm(apps.booking, failpoint);
      const first = await book(wish);
      assert.equal(first.status, isTold ? 201 : 0);
      await untilReborn('booking');
      assert.equal(await rowsFor(person), isKept ? 1 : 0);
      const again = await bookPatiently(wish, Date.now() + 20_000);
      assert.equal(again.status, 201);
      if (isTold) assert.equal(again.id, first.id);
      assert.equal(await rowsFor(person), 1);
      acknowledged.push(Number(again.id));
    }
    assert.deepEqual(await differences(acknowledged), []);
  });
}

async function rowsFor(person: CrowdPerson): Promise<number> {
  const { rows } = await owner.query('select count(*)::int from bookings where user_id = $1', [person.userId]);
  return rows[0].count;
}

// Where PostgreSQL is while booking dies: the places between the first and the last write of a booking.
const WRITES: Readonly<Record<string, string>> = {
  'before the row': 'create trigger aa_wait before insert on bookings for each row',
  'between the row and the seat': 'create trigger aa_wait after insert on bookings for each row',
  'between the seat and the message': 'create trigger aa_wait before insert on outbox for each row',
  'between the message and the key': 'create trigger aa_wait before insert on idempotency_keys for each row',
  'in COMMIT': 'create constraint trigger aa_wait after insert on bookings deferrable initially deferred for each row',
};

for (const [where, trigger] of Object.entries(WRITES)) {
  test(`CRASH-02: booking killed while PostgreSQL is ${where}: all of it is there, or nothing`, async (t) => {
    const acknowledged: number[] = [];
    // Asleep until the lock is free, however long that takes: who waits for a lock itself gives up after a second.
    await owner.query(`
      create or replace function wait_a_while() returns trigger language plpgsql as $$ begin
        while not pg_try_advisory_xact_lock_shared(${LOCK}) loop perform pg_sleep(0.01); end loop;
        return new;
      end $$;
      ${trigger} execute function wait_a_while()`);
    for (const person of await addPeople(owner, countTries(t, 'CRASH-02', { short: 1, full: 20 }))) {
      const wish = { url: apps.booking.url, token: person.token, eventId: await eventWithRoom(), key: 'one' };
      await owner.query('select pg_advisory_lock($1)', [LOCK]);
      const first = book(wish);
      await untilAsleep();
      await apps.booking.kill();
      await owner.query('select pg_advisory_unlock($1)', [LOCK]);
      assert.equal((await first).status, 0);
      apps.booking = await start.booking();
      const again = await bookPatiently(wish, Date.now() + 20_000);
      assert.equal(again.status, 201);
      assert.equal(await rowsFor(person), 1);
      acknowledged.push(Number(again.id));
    }
    await owner.query('drop function wait_a_while cascade');
    assert.deepEqual(await differences(acknowledged), []);
  });
}

async function untilAsleep(): Promise<void> {
  for (const deadline = Date.now() + ENOUGH_SECONDS * 1000; Date.now() < deadline; await sleep(10)) {
    const { rowCount } = await peer.query(
      "select 1 from pg_stat_activity where datname = current_database() and wait_event = 'PgSleep'",
    );
    if (rowCount) return;
  }
  assert.fail('nobody is asleep');
}

test('CRASH-03: the relay killed between CRM’s answer and its note of it: sent again, kept once', async (t) => {
  const acknowledged: number[] = [];
  for (const person of await addPeople(owner, countTries(t, 'CRASH-03', { short: 2, full: 100 }))) {
    const wish = { url: apps.booking.url, token: person.token, eventId: await eventWithRoom(), key: 'one' };
    arm(apps.booking, { when: 'before', statement: 'update outbox .*delivered_at =' });
    const answer = await bookPatiently(wish, Date.now() + 10_000);
    await untilReborn('booking');
    if (answer.id) acknowledged.push(answer.id);
    // As if the lease had run out.
    await owner.query('update outbox set next_attempt_at = now() where delivered_at is null');
  }
  assert.deepEqual(await differences(acknowledged), []);
});

/** Where CRM dies, and what it is being told then: of a booking in one statement, of a new name in a transaction. */
const CRM_STEPS: Readonly<Record<string, Failpoint & { of: 'booking' | 'name' }>> = {
  'before it keeps a booking': { of: 'booking', when: 'before', statement: 'insert into booking_notifications' },
  'after it kept a booking, before the answer': {
    of: 'booking',
    when: 'after',
    statement: 'insert into booking_notifications',
  },
  'after it gave somebody another name, before COMMIT': {
    of: 'name',
    when: 'after',
    statement: 'update booking_notifications set user_name',
  },
  'before COMMIT of a name': { of: 'name', when: 'before', statement: '^commit' },
  'after COMMIT of a name, before the answer': { of: 'name', when: 'after', statement: '^commit' },
};

for (const [when, { of, ...failpoint }] of Object.entries(CRM_STEPS)) {
  test(`CRASH-04: CRM killed ${when}: the message is sent again and kept once`, async (t) => {
    const acknowledged: number[] = [];
    const people = await addPeople(owner, countTries(t, 'CRASH-04', { short: 1, full: 30 }));
    for (const { token } of people) {
      const wish = { url: apps.booking.url, token, eventId: await eventWithRoom(), key: 'one' };
      if (of === 'booking') arm(apps.crm, failpoint);
      const answer = await book(wish);
      assert.equal(answer.status, 201);
      acknowledged.push(Number(answer.id));
      if (of === 'name') {
        assert.equal(await waitUntilTold(databases.booking.ownerUrl, ENOUGH_SECONDS), 0);
        arm(apps.crm, failpoint);
        await rename(token, 'New Name');
      }
      await untilReborn('crm');
      // As if it were time to see whether CRM is back.
      await owner.query('update outbox_destinations set probe_at = now() where down_since is not null');
    }
    assert.deepEqual(await differences(acknowledged), []);
    if (of === 'name') assert.deepEqual(await namesInCrm(people), ['New Name']);
  });
}

async function rename(token: string, name: string): Promise<void> {
  const { status } = await fetch(`${apps.booking.url}/api/v1/me`, {
    method: 'PATCH',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ name }),
  });
  assert.equal(status, 200);
}

/** What CRM calls these people in what they booked, each name once. */
async function namesInCrm(people: readonly CrowdPerson[]): Promise<string[]> {
  const rows = await rowsOf(
    databases.crm.ownerUrl,
    `select distinct user_name from booking_notifications where user_id in (${people.map(({ userId }) => userId)})`,
  );
  return rows.map(({ user_name }) => String(user_name));
}

const MISHAPS: readonly Mishap[] = ['throw in a timer', 'reject unawaited', 'emit an error nobody hears'];

for (const which of ['booking', 'crm'] as const) {
  test(`CRASH-07: an error in ${which} that nobody caught ends the process, and says why`, async (t) => {
    const mishaps = which === 'booking' ? MISHAPS : MISHAPS.slice(0, 1);
    countTries(t, 'CRASH-07', { short: mishaps.length, full: mishaps.length });
    for (const mishap of mishaps) {
      const { port, ended, tell, log } = apps[which];
      tell({ mishap } satisfies FailpointMessage);
      assert.equal(await ended, 1, mishap);
      assert.match(log(), /a mishap/);
      await assert.rejects(fetch(`http://127.0.0.1:${port}/healthz`));
      apps[which] = await start[which]();
    }
  });
}
