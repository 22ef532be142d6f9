import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from '@samaya/platform/database.ts';
import { sql } from 'kysely';
import type { DB } from '#server/database-types.ts';
import { type CrmOutlet, deliverNotifications } from './deliver-notifications.ts';
import { deleteArrived } from './outbox-queries.ts';
import { createRelay, type Relay } from './relay.ts';
import { answer, openRelayBench, type RelayBench, refuseAll, takeAll } from './test-receiver.ts';

/** The bench without a clock of its own: relays run by themselves. */
async function openRunning() {
  const bench = await openRelayBench();
  delete bench.options.now;
  delete bench.options.random;
  return bench;
}

const started: Relay[] = [];
after(() => Promise.all(started.map((relay) => relay.stop())));

function startRelay(options: CrmOutlet): Relay {
  const relay = createRelay(options, ({ cut }) => deliverNotifications(options, cut));
  started.push(relay);
  relay.start();
  return relay;
}

async function waitUntil(isSo: () => boolean | Promise<boolean>) {
  const deadline = performance.now() + 30_000;
  while (!(await isSo())) {
    assert.ok(performance.now() < deadline, 'it did not happen in time');
    await sleep(10);
  }
}

async function waitingRows(bench: RelayBench) {
  return (await bench.outbox()).filter((row) => row.state === 'waiting').length;
}

test('what was committed without a word goes within the poll; what the relay is woken for goes at once', async () => {
  const bench = await openRunning();
  const relay = startRelay(bench.options);
  await sleep(200);
  await bench.book(1);
  await waitUntil(() => bench.receiver.received.length === 1);
  let fastest = Number.POSITIVE_INFINITY;
  // The fastest of some: the machine may stand still at any moment, and a poll begins anew after each.
  for (let tries = 2; tries < 20 && fastest >= 500; tries++) {
    await sleep(100);
    await bench.book(1);
    const startedAt = performance.now();
    relay.wake();
    await waitUntil(() => bench.receiver.received.length === tries);
    fastest = Math.min(fastest, performance.now() - startedAt);
  }
  await relay.stop();
  assert.ok(fastest < 500, `${fastest} ms`);
});

test('NOTIF-22: ten relays send 2,000 messages once each', async () => {
  const bench = await openRunning();
  await bench.book(2000);
  const relays = Array.from({ length: 10 }, () => startRelay(bench.options));
  await waitUntil(async () => (await waitingRows(bench)) === 0);
  await Promise.all(relays.map((relay) => relay.stop()));
  assert.equal(bench.receiver.ids().length, 2000);
  assert.equal(new Set(bench.receiver.ids()).size, 2000);
  assert.deepEqual(new Set((await bench.outbox()).map((row) => row.attempts)), new Set([1]));
});

/** Two looks at the outbox, the second while the first is still waiting for its answer; how often each message went. */
async function lookTwiceAtOnce(bench: RelayBench) {
  await bench.book(50);
  const second = Promise.withResolvers<void>();
  bench.receiver.behave = async (post, response, count) => {
    if (count === 1) await second.promise;
    else second.resolve();
    await takeAll(post, response, count);
  };
  const first = bench.look();
  await waitUntil(() => bench.receiver.received.length === 1);
  await bench.look().finally(second.resolve);
  await first;
  return bench.receiver.ids().length / 50;
}

test('what one relay has on its way no other one sends', async () => {
  assert.equal(await lookTwiceAtOnce(await openRelayBench()), 1);
});

test('negative control: without the lease it is sent twice', async () => {
  const bench = await openRelayBench();
  await bench.studio.asOwner(`
    create function forget_lease() returns trigger language plpgsql as
      $$ begin new.next_attempt_at := old.next_attempt_at; return new; end $$;
    create trigger forget_lease before update on outbox for each row execute function forget_lease()`);
  assert.equal(await lookTwiceAtOnce(bench), 2);
});

test('a message whose answer was lost is sent again under its id', async () => {
  const bench = await openRunning();
  await bench.book(3);
  bench.receiver.behave = (post, response, count) => {
    // Taken, and then the line breaks.
    if (count === 1) return void response.destroy();
    return takeAll(post, response, count);
  };
  const relay = startRelay({ ...bench.options, random: () => 1 });
  await waitUntil(async () => (await waitingRows(bench)) === 0);
  await relay.stop();
  assert.equal(new Set(bench.receiver.ids()).size, 3);
  assert.equal(bench.receiver.ids().length, 6);
});

test('NOTIF-18: a destination that never answers, or a byte at a time, is cut off in time', async () => {
  const bench = await openRelayBench();
  bench.options.answerMs = 200;
  await bench.book(2);
  bench.receiver.behave = () => {};
  const startedAt = performance.now();
  await bench.look();
  bench.pass(60_000);
  bench.receiver.behave = (_post, response) => {
    response.writeHead(200);
    const drip = setInterval(() => response.write(' '), 20);
    response.on('close', () => clearInterval(drip));
  };
  await bench.look();
  // Uncut they would have gone on for good.
  assert.ok(performance.now() - startedAt < 2000);
  assert.equal((await bench.destination()).probes, 2);
  assert.match(bench.logLines.join(), /no whole answer in 0.2 s/);
});

test('NOTIF-21: a message committed after a younger one is not passed by', async () => {
  const bench = await openRunning();
  const [early, late] = await bench.studio.addUsers(2);
  const eventId = await bench.studio.addEvent();
  const relay = startRelay(bench.options);
  await bench.studio.db.transaction().execute(async (trx) => {
    // This message has the earlier time, and is committed last.
    await trx
      .insertInto('bookings')
      .values({ user_id: Number(early), event_id: await bench.studio.addEvent() })
      .execute();
    await bench.studio.db
      .insertInto('bookings')
      .values({ user_id: Number(late), event_id: eventId })
      .execute();
    relay.wake();
    await waitUntil(() => bench.receiver.ids().length === 1);
  });
  relay.wake();
  await waitUntil(() => bench.receiver.ids().length === 2);
  await relay.stop();
});

test('stopping lets the POST in flight finish, and nothing is sent after it', async () => {
  const bench = await openRunning();
  await bench.book(2);
  bench.receiver.behave = async (...post) => {
    await sleep(300);
    await takeAll(...post);
  };
  const relay = startRelay(bench.options);
  await waitUntil(() => bench.receiver.received.length === 1);
  await relay.stop();
  assert.equal(await waitingRows(bench), 0);
  await bench.book(1);
  relay.wake();
  await sleep(100);
  assert.equal(bench.receiver.received.length, 1);
});

test('what is committed while an answer is waited for does not wait for it', async () => {
  const bench = await openRunning();
  let answerFirst = () => {};
  bench.receiver.behave = async (post, response, count) => {
    if (count === 1) await new Promise<void>((resolve) => (answerFirst = resolve));
    await takeAll(post, response, count);
  };
  const relay = startRelay(bench.options);
  await bench.book(1);
  relay.wake();
  await waitUntil(() => bench.receiver.received.length === 1);
  await bench.book(1);
  relay.wake();
  await waitUntil(() => bench.receiver.received.length === 2);
  answerFirst();
  await relay.stop();
  assert.equal(await waitingRows(bench), 0);
});

test('a relay that starts takes up a destination that had said it is gone', async () => {
  const bench = await openRunning();
  await bench.book(1);
  bench.receiver.behave = refuseAll(410);
  const first = startRelay(bench.options);
  await waitUntil(() => bench.receiver.received.length === 1);
  await first.stop();
  bench.receiver.behave = takeAll;
  const second = startRelay(bench.options);
  await waitUntil(async () => (await waitingRows(bench)) === 0);
  await second.stop();
});

test('DB-01: a database that goes away is waited for', async () => {
  const bench = await openRunning();
  const database = connect<DB>(bench.studio.appUrl, { applicationName: 'doomed', max: 2 });
  const relay = startRelay({ ...bench.options, db: database.kysely });
  await waitUntil(async () => {
    const { rows } = await sql`
      select pg_terminate_backend(pid) from pg_stat_activity
      where application_name = 'doomed' and datname = current_database()`.execute(bench.studio.db);
    return rows.length > 0;
  });
  await bench.book(1);
  await waitUntil(async () => (await waitingRows(bench)) === 0).finally(async () => {
    await relay.stop();
    await database.close();
  });
});

test('what arrived more than a week ago is swept; the last word on a booking that is gone stays', async () => {
  const bench = await openRelayBench();
  const [kept, gone] = await bench.book(2);
  await bench.studio.asOwner(`update bookings set seats = 2`);
  await bench.studio.asOwner(`delete from bookings where id = ${gone}`);
  await bench.look();
  await bench.book(1);
  bench.receiver.behave = ({ ids }, response) =>
    answer(response, 200, { outcomes: ids.map((message_id) => ({ message_id, outcome: 'rejected' })) });
  await bench.look();
  await bench.studio.asOwner(`update outbox set delivered_at = delivered_at - interval '8 days'`);
  assert.equal(await deleteArrived(bench.studio.db, 'crm', 3), 3);
  assert.equal(await deleteArrived(bench.studio.db, 'crm', 100), 1);
  const left = await bench.outbox();
  assert.deepEqual(
    left.map((row) => [row.booking_id, row.state]),
    [
      [gone, 'delivered'],
      [3, 'dead'],
    ],
  );
  assert.ok(!left.some((row) => row.booking_id === kept));
});
