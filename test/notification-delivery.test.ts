import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { countTries } from '@samaya/platform/test-tries.ts';
import { sql } from 'kysely';
import { findViolations } from '../apps/booking/src/server/bookings/booking-invariants-queries.ts';
import { deliverNotifications } from '../apps/booking/src/server/notifications/deliver-notifications.ts';
import { createRelay, type Relay } from '../apps/booking/src/server/notifications/relay.ts';
import { replayDead } from '../apps/booking/src/server/notifications/replay-dead.ts';
import {
  openRelayBench,
  type RelayBench,
  refuseAll,
  takeAll,
} from '../apps/booking/src/server/notifications/test-receiver.ts';
import { openStudio, type Studio } from '../apps/booking/src/server/test-studio.ts';

const SECOND = 1000;
const HOUR = 3600 * SECOND;
const ENOUGH_MS = 30 * SECOND;

/** What somebody has in both tables; each should be none, or one of each. */
async function tracesOf({ db }: Studio, userId: number): Promise<{ bookings: number; messages: number }> {
  const { rows } = await sql<{ bookings: number; messages: number }>`
    select (select count(*)::int from bookings where user_id = ${userId}) as bookings,
           (select count(*)::int from outbox where user_id = ${userId} and destination = 'crm') as messages`.execute(
    db,
  );
  return rows[0] ?? assert.fail();
}

/** Ways in which a booking comes to nothing; each answers once it has. */
function waysToFail(studio: Studio, eventId: number): Record<string, (userId: number) => Promise<unknown>> {
  const insert = (userId: number) => ({ user_id: userId, event_id: eventId });
  const { db } = studio;
  return {
    'an error after the booking was inserted': (userId) =>
      db.transaction().execute(async (trx) => {
        await trx.insertInto('bookings').values(insert(userId)).execute();
        throw new Error('something else failed');
      }),
    'an error after the message was': (userId) =>
      db.transaction().execute(async (trx) => {
        await sql`set local test.refuse = 'message'`.execute(trx);
        await trx.insertInto('bookings').values(insert(userId)).execute();
      }),
    'an error at the commit': (userId) =>
      db.transaction().execute(async (trx) => {
        await sql`set local test.refuse = 'commit'`.execute(trx);
        await trx.insertInto('bookings').values(insert(userId)).execute();
      }),
    'a connection that breaks before the commit': (userId) =>
      db.transaction().execute(async (trx) => {
        await trx.insertInto('bookings').values(insert(userId)).execute();
        await sql`select pg_terminate_backend(pg_backend_pid())`.execute(trx);
      }),
  };
}

async function openFailing(): Promise<{ studio: Studio; eventId: number }> {
  const studio = await openStudio();
  // After all others of its kind, so that the message is there when it fails.
  await studio.asOwner(`
    create function refuse_when_told() returns trigger language plpgsql as $$
    begin
      if current_setting('test.refuse', true) = tg_argv[0] then raise exception 'refused'; end if;
      return null;
    end $$;
    create trigger zz_refuse_message after insert on outbox for each row execute function refuse_when_told('message');
    create constraint trigger zz_refuse_commit after insert on outbox deferrable initially deferred
      for each row execute function refuse_when_told('commit')`);
  return { studio, eventId: await studio.addEvent({ places: 1000 }) };
}

test('NOTIF-01: a booking that fails leaves neither itself nor a message, one that is made has exactly one', async (t) => {
  const { studio, eventId } = await openFailing();
  const ways = Object.entries(waysToFail(studio, eventId));
  const tries = countTries(t, 'NOTIF-01', { short: 100, full: 400 });
  const users = await studio.addUsers(tries);
  for (const [n, userId] of users.entries()) {
    const [way, fail] = ways[n % ways.length] ?? assert.fail();
    await assert.rejects(fail(userId), Error, way);
    assert.deepEqual(await tracesOf(studio, userId), { bookings: 0, messages: 0 }, way);
    await studio.db.insertInto('bookings').values({ user_id: userId, event_id: eventId }).execute();
    assert.deepEqual(await tracesOf(studio, userId), { bookings: 1, messages: 1 });
  }
  assert.equal(await studio.seatsTaken(eventId), tries);
  assert.deepEqual(await findViolations(studio.db), []);
});

test('negative control: a message written after the commit is missing when something fails between', async () => {
  const { studio, eventId } = await openFailing();
  await studio.asOwner('alter table bookings disable trigger bookings_count_inserted');
  const [userId = 0] = await studio.addUsers(1);
  const bookAndTell = async () => {
    await studio.db.insertInto('bookings').values({ user_id: userId, event_id: eventId }).execute();
    throw new Error('something failed before the message was written');
  };
  await assert.rejects(bookAndTell());
  assert.deepEqual(await tracesOf(studio, userId), { bookings: 1, messages: 0 });
  assert.ok((await findViolations(studio.db)).some(({ invariant }) => invariant.includes('has its message')));
});

/** How long each of so many bookings took, one after the other, in milliseconds; the middle one. */
async function medianBooking(bench: RelayBench, count: number): Promise<number> {
  const eventId = await bench.studio.addEvent({ places: count });
  const times: number[] = [];
  for (const user_id of await bench.studio.addUsers(count)) {
    const begin = performance.now();
    await bench.studio.db.insertInto('bookings').values({ user_id, event_id: eventId }).execute();
    times.push(performance.now() - begin);
  }
  return times.sort((one, other) => one - other)[Math.floor(count / 2)] ?? 0;
}

test('NOTIF-02: CRM down for an hour: bookings are none the slower, one asks now and then, and all arrive within five minutes', async (t) => {
  const bench = await openRelayBench();
  const bookings = countTries(t, 'NOTIF-02', { short: 2000, full: 20_000 });
  const up = await medianBooking(bench, 100);
  while ((await bench.look()).isMoreLikely);
  const before = bench.receiver.received.length;

  bench.receiver.behave = refuseAll(503);
  const rounds = 40;
  for (let round = 0; round < rounds; round++) {
    await bench.book((bookings - 100) / rounds);
    for (let step = 0; step < 9; step++) {
      bench.pass(10 * SECOND);
      await bench.look();
    }
  }
  const down = await medianBooking(bench, 100);
  const asked = bench.receiver.received.slice(before);
  t.diagnostic(`a booking takes ${up.toFixed(2)} ms, and ${down.toFixed(2)} ms while CRM is down`);
  assert.ok(down < up * 3 + 5, `${down} ms against ${up} ms`);
  // One a minute, less up to half of it.
  assert.ok(asked.length <= 130, `${asked.length} POSTs in an hour`);
  assert.ok(
    asked.slice(1).every((post) => post.ids.length === 1),
    'whoever asks carries one message',
  );
  assert.deepEqual(
    (await bench.outbox()).filter((row) => row.refusals > 0),
    [],
  );

  bench.receiver.behave = takeAll;
  let seconds = 0;
  const waiting = async () => (await bench.outbox()).filter((row) => row.state === 'waiting').length;
  while ((await waiting()) > 0 && seconds < 600) {
    seconds++;
    bench.pass(SECOND);
    await bench.look();
  }
  t.diagnostic(`all had arrived ${seconds} s after CRM was back`);
  assert.ok(seconds <= 300, `${seconds} s`);
  assert.ok(bench.receiver.received.every((post) => post.ids.length <= 200));
});

test('NOTIF-03: what was given up after three days is told of, kept, and sent again with one click', async (t) => {
  countTries(t, 'NOTIF-03', { short: 1, full: 1 });
  const bench = await openRelayBench();
  await bench.book(3);
  bench.receiver.behave = refuseAll(400);
  for (let tries = 0; tries < 12; tries++) {
    await bench.look();
    bench.pass(24 * HOUR);
  }
  const states = async () => (await bench.outbox()).map((row) => row.state);
  assert.deepEqual(await states(), ['dead', 'dead', 'dead']);
  assert.equal(bench.logLines.filter((line) => line.includes('"level":"error"')).length, 3);
  bench.receiver.behave = takeAll;
  assert.equal(await replayDead(bench.studio.db, {}), 3);
  await bench.look();
  assert.deepEqual(await states(), ['delivered', 'delivered', 'delivered']);
});

test('NOTIF-08: one message over which CRM always breaks holds up none of 500 others, and is dead in the end', async (t) => {
  const bench = await openRelayBench();
  countTries(t, 'NOTIF-08', { short: 501, full: 501 });
  const [poison] = await bench.book(1);
  await bench.book(500);
  bench.receiver.behave = (post, response, count) =>
    post.messages.some((message) => message.booking_id === poison)
      ? refuseAll(500)(post, response, count)
      : takeAll(post, response, count);
  while ((await bench.look()).isMoreLikely);
  const asked = bench.receiver.received.length;
  const waiting = async () => (await bench.outbox()).filter((row) => row.state !== 'delivered');
  assert.deepEqual(
    (await waiting()).map((row) => row.booking_id),
    [poison],
  );
  // Without time going by, and few are asked for the sake of one: not each of its batch by itself.
  t.diagnostic(`${asked} POSTs`);
  assert.ok(asked <= 30, `${asked} POSTs`);

  let looks = 0;
  while ((await waiting())[0]?.state === 'waiting' && looks++ < 20) {
    bench.pass((await waiting())[0]?.inMs ?? 0);
    const [fresh] = await bench.book(1);
    await bench.look();
    assert.ok(bench.receiver.received.some((post) => post.messages.some((message) => message.booking_id === fresh)));
    assert.equal((await waiting()).length, 1);
  }
  assert.deepEqual(
    (await waiting()).map((row) => [row.booking_id, row.state]),
    [[poison, 'dead']],
  );
});

const started: Relay[] = [];
after(() => Promise.all(started.map((relay) => relay.stop())));

test('NOTIF-21: a message that is committed after younger ones is not passed by, relays running all the while', async (t) => {
  const bench = await openRelayBench();
  delete bench.options.now;
  const relays = [1, 2].map(() => createRelay(bench.options, ({ cut }) => deliverNotifications(bench.options, cut)));
  started.push(...relays);
  for (const relay of relays) relay.start();
  const tries = countTries(t, 'NOTIF-21', { short: 100, full: 200 });
  const { studio } = bench;
  const users = await studio.addUsers(tries * 2);
  const eventIds = await Promise.all(Array.from({ length: tries }, () => studio.addEvent({ places: 2 })));
  const other = await studio.addEvent({ places: tries });
  let arrivedEarly = 0;
  for (let n = 0; n < tries; n++) {
    const [late, early] = [Number(users[n * 2]), Number(users[n * 2 + 1])];
    await studio.db.transaction().execute(async (trx) => {
      await trx
        .insertInto('bookings')
        .values({ user_id: late, event_id: Number(eventIds[n]) })
        .execute();
      await studio.db.insertInto('bookings').values({ user_id: early, event_id: other }).execute();
      for (const relay of relays) relay.wake();
      // The younger one goes while the older one is not there to be seen.
      const hasCome = () => bench.receiver.received.some((post) => post.messages.some((one) => one.user_id === early));
      const deadline = performance.now() + ENOUGH_MS;
      while (!hasCome() && performance.now() < deadline) await sleep(2);
      arrivedEarly += Number(hasCome());
    });
  }
  for (const relay of relays) relay.wake();
  const deadline = performance.now() + ENOUGH_MS;
  while ((await bench.outbox()).some((row) => row.state === 'waiting') && performance.now() < deadline) await sleep(20);
  assert.equal(new Set(bench.receiver.ids()).size, tries * 2);
  assert.equal(arrivedEarly, tries);
});

test('negative control: a relay that remembers how far it has read passes the late ones by', async () => {
  const { studio } = await openRelayBench();
  const [late = 0, early = 0] = await studio.addUsers(2);
  const [eventId, other] = [await studio.addEvent(), await studio.addEvent()];
  const read = new Set<number>();
  // As text, since a Date would forget the microseconds.
  let cursor = '-infinity';
  const readOn = async () => {
    const { rows } = await sql<{ user_id: number; occurred_at: string }>`
      select user_id, occurred_at::text from outbox
      where destination = 'crm' and occurred_at > ${cursor}::timestamptz order by outbox.occurred_at`.execute(
      studio.db,
    );
    for (const row of rows) {
      read.add(row.user_id);
      cursor = row.occurred_at;
    }
  };
  await studio.db.transaction().execute(async (trx) => {
    await trx.insertInto('bookings').values({ user_id: late, event_id: eventId }).execute();
    await studio.db.insertInto('bookings').values({ user_id: early, event_id: other }).execute();
    await readOn();
  });
  await readOn();
  assert.deepEqual([...read], [early]);
});
