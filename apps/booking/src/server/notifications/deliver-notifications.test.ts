import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { deliverNotifications } from './deliver-notifications.ts';
import { replayDead } from './replay-dead.ts';
import { answer, openRelayBench, type RelayBench, refuseAll, takeAll } from './test-receiver.ts';

const SECOND = 1000;
const HOUR = 3600 * SECOND;

async function states(bench: RelayBench) {
  return (await bench.outbox()).map((row) => row.state);
}

test('NOTIF-24: everything due goes in one signed POST, in the words of the contract, and is not sent again', async () => {
  const bench = await openRelayBench();
  const [first] = await bench.book(3);
  await bench.look();
  await bench.look();
  assert.equal(bench.receiver.received.length, 1);
  const [post] = bench.receiver.received;
  assert.equal(post?.messages.length, 3);
  const { message_id, occurred_at, event_date, event_id, user_id, ...said } = post?.messages[0] ?? { message_id: '' };
  assert.deepEqual(said, {
    kind: 'booking.confirmed',
    version: 1,
    booking_id: first,
    user_name: 'Person 1',
    user_email: 'person1@studio.example',
    event_title: 'Yin by candlelight',
    facilitator_id: bench.studio.facilitatorId,
    event_type: 'session',
    seats: 1,
    status: 'confirmed',
    price: 18.5,
  });
  for (const moment of [occurred_at, event_date]) assert.match(String(moment), /^\d{4}-\d\d-\d\dT.*Z$/);
  assert.deepEqual(await states(bench), ['delivered', 'delivered', 'delivered']);
});

test('a claim takes 200 messages at most', async () => {
  const bench = await openRelayBench();
  await bench.book(450);
  assert.deepEqual(await bench.look(), { isMoreLikely: true });
  assert.deepEqual(await bench.look(), { isMoreLikely: true });
  assert.deepEqual(await bench.look(), { isMoreLikely: false });
  assert.deepEqual(
    bench.receiver.received.map((post) => post.ids.length),
    [200, 200, 50],
  );
  assert.equal(new Set(bench.receiver.ids()).size, 450);
});

test('a body has 512 KiB at most', async () => {
  const bench = await openRelayBench();
  // Control characters take six bytes each in JSON.
  await bench.studio.asOwner(`update events set title = repeat(chr(1), 200)`);
  await bench.book(200);
  await bench.studio.asOwner(`update users set name = repeat(chr(1), 100), email = id || repeat(chr(2), 110)`);
  await bench.look();
  const sizes = bench.receiver.received.map((post) => post.body.length);
  assert.ok(sizes.length > 1, `${sizes}`);
  assert.ok(Math.max(...sizes) <= 512 * 1024, `${sizes}`);
  assert.equal(new Set(bench.receiver.ids()).size, bench.receiver.ids().length);
});

test('the versions of a booking go in their order', async () => {
  const bench = await openRelayBench();
  await bench.book(5);
  await bench.studio.asOwner(`update bookings set seats = 2`);
  await bench.studio.asOwner(`update bookings set status = 'cancelled'`);
  // Whatever the order in which they became due.
  await bench.studio.asOwner(`update outbox set next_attempt_at = now() - version * interval '1 minute'`);
  await bench.look();
  const versions = new Map<number, number[]>();
  for (const { booking_id = 0, version = 0 } of bench.receiver.received.flatMap((post) => post.messages)) {
    versions.set(booking_id, [...(versions.get(booking_id) ?? []), version]);
  }
  assert.deepEqual([...versions.values()], Array(5).fill([1, 2, 3]));
});

test('NOTIF-26: stored, duplicate and superseded have arrived; rejected is dead with the reason', async () => {
  const bench = await openRelayBench();
  await bench.book(4);
  bench.receiver.behave = ({ ids }, response) => {
    const outcomes = ['stored', 'duplicate', 'superseded', 'rejected'];
    answer(response, 200, {
      outcomes: ids.map((message_id, index) => ({ message_id, outcome: outcomes[index], reason: 'too strange' })),
    });
  };
  await bench.look();
  const rows = await bench.outbox();
  assert.deepEqual(
    rows.map((row) => [row.state, row.last_error]),
    [
      ['delivered', null],
      ['delivered', null],
      ['delivered', null],
      ['dead', 'rejected: too strange'],
    ],
  );
});

test('a dead message goes again when it is replayed, under the same id', async () => {
  const bench = await openRelayBench();
  await bench.book(1);
  bench.receiver.behave = ({ ids }, response) =>
    answer(response, 200, { outcomes: ids.map((message_id) => ({ message_id, outcome: 'rejected' })) });
  await bench.look();
  bench.receiver.behave = takeAll;
  assert.equal(await replayDead(bench.studio.db, { ids: ['00000000-0000-4000-8000-000000000000'] }), 0);
  assert.equal(await replayDead(bench.studio.db), 1);
  await bench.look();
  assert.deepEqual(await states(bench), ['delivered']);
  const [before, after] = bench.receiver.ids();
  assert.equal(before, after);
});

test('a message that cannot be said is dead with the reason and spoils no other', async () => {
  const bench = await openRelayBench();
  await bench.book(3);
  await bench.studio.asOwner(`update users set email = '' where id = (select min(user_id) from bookings)`);
  await bench.look();
  const rows = (await bench.outbox()).filter((row) => row.booking_id !== null);
  assert.deepEqual(
    rows.map((row) => row.state),
    ['dead', 'delivered', 'delivered'],
  );
  assert.equal(rows[0]?.last_error, 'cannot be said: user_email has no usable value');
});

test('an event at the end of time cannot be said, and is dead rather than in the way', async () => {
  const bench = await openRelayBench();
  await bench.book(1);
  await bench.studio.asOwner('alter table events drop constraint events_date_time_in_calendar');
  await bench.studio.asOwner(`update events set date_time = 'infinity'`);
  await bench.look();
  assert.deepEqual(new Set(await states(bench)), new Set(['dead']));
});

test('a body that is too large is halved until it fits; a message too large by itself is refused', async () => {
  const bench = await openRelayBench();
  const bookings = await bench.book(40);
  bench.receiver.behave = (post, response, count) => {
    const holdsGiant = post.messages.some((message) => message.booking_id === bookings[17]);
    if (post.ids.length > 10 || holdsGiant) return refuseAll(413)(post, response, count);
    return takeAll(post, response, count);
  };
  await bench.look();
  const rows = await bench.outbox();
  assert.deepEqual(
    rows.filter((row) => row.state !== 'delivered').map((row) => [row.booking_id, row.refusals]),
    [[bookings[17], 1]],
  );
});

test('a refused batch is tried again message by message, and only the bad one is refused again', async () => {
  const bench = await openRelayBench();
  const bookings = await bench.book(12);
  bench.receiver.behave = (post, response, count) =>
    post.messages.some((message) => message.booking_id === bookings[5])
      ? refuseAll(422)(post, response, count)
      : takeAll(post, response, count);
  await bench.look();
  assert.deepEqual(new Set((await bench.outbox()).map((row) => [row.refusals, row.inMs].join())), new Set(['1,5000']));
  bench.pass(5 * SECOND);
  await bench.look();
  const [first, ...singles] = bench.receiver.received;
  assert.equal(first?.ids.length, 12);
  assert.deepEqual(
    singles.map((post) => post.ids.length),
    Array(12).fill(1),
  );
  const left = (await bench.outbox()).filter((row) => row.state === 'waiting');
  assert.deepEqual(
    left.map((row) => [row.booking_id, row.refusals, row.inMs]),
    [[bookings[5], 2, 300_000]],
  );
});

test('NOTIF-03, NOTIF-14: a refused message is tried after 5 s, 5 min, 30 min, 2, 5, 10, 14, 20 and 24 h, and is dead after three days', async () => {
  const bench = await openRelayBench();
  await bench.book(1);
  bench.receiver.behave = refuseAll(400);
  const pauses: number[] = [];
  for (;;) {
    await bench.look();
    const [row] = await bench.outbox();
    if (row?.state === 'dead') break;
    pauses.push(row?.inMs ?? 0);
    bench.pass(row?.inMs ?? 0);
  }
  const minutes = 60 * SECOND;
  assert.deepEqual(pauses, [
    5 * SECOND,
    5 * minutes,
    30 * minutes,
    ...[2, 5, 10, 14, 20, 24].map((hours) => hours * HOUR),
  ]);
  assert.equal(bench.receiver.received.length, 10);
  assert.equal(new Set(bench.receiver.ids()).size, 1);
  assert.equal(new Set(bench.receiver.received.map((post) => post.headers['webhook-timestamp'])).size, 10);
  assert.match(bench.logLines.join(), /refused for three days/);
});

test('NOTIF-08: a message over which the destination breaks is found, and the good ones go through at once', async () => {
  const bench = await openRelayBench();
  const bookings = await bench.book(200);
  bench.receiver.behave = (post, response, count) =>
    post.messages.some((message) => message.booking_id === bookings[0])
      ? refuseAll(500)(post, response, count)
      : takeAll(post, response, count);
  await bench.look();
  const left = (await bench.outbox()).filter((row) => row.state === 'waiting');
  assert.deepEqual(
    left.map((row) => [row.booking_id, row.refusals]),
    [[bookings[0], 1]],
  );
  assert.equal((await bench.destination()).down_since, null);
  // Alone and refused before, it is no reason to think that nobody is there.
  bench.pass(5 * SECOND);
  await bench.look();
  assert.equal((await bench.destination()).down_since, null);
  assert.equal((await bench.outbox())[0]?.refusals, 2);
});

test('a message without an outcome is sent again, alone', async () => {
  const bench = await openRelayBench();
  await bench.book(3);
  bench.receiver.behave = ({ ids }, response) =>
    answer(response, 200, { outcomes: [{ message_id: ids[0], outcome: 'stored' }] });
  await bench.look();
  assert.deepEqual(await states(bench), ['delivered', 'waiting', 'waiting']);
  bench.pass(5 * SECOND);
  await bench.look();
  assert.deepEqual(await states(bench), ['delivered', 'delivered', 'delivered']);
  assert.deepEqual(
    bench.receiver.received.map((post) => post.ids.length),
    [3, 1, 1],
  );
});

/** A destination that answers the first POST only after its lease has ended and another relay took the row. */
async function answerLate(bench: RelayBench) {
  const [booking] = await bench.book(1);
  const late = Promise.withResolvers<void>();
  bench.receiver.behave = async (post, response, count) => {
    if (count === 1) await late.promise;
    else return refuseAll(422)(post, response, count);
    answer(response, 200, { outcomes: [{ message_id: post.ids[0], outcome: 'rejected', reason: 'late' }] });
  };
  const slow = bench.look();
  while (bench.receiver.received.length === 0) await sleep(5);
  bench.pass(30 * SECOND);
  await bench.look();
  late.resolve();
  await slow;
  return { booking, rows: await bench.outbox() };
}

test('NOTIF-23: an answer that comes after the lease has ended changes nothing any more', async () => {
  const { rows } = await answerLate(await openRelayBench());
  assert.deepEqual(
    rows.map((row) => [row.state, row.attempts, row.refusals]),
    [['waiting', 2, 1]],
  );
});

test('negative control: without the attempt number a late answer settles a row that is somebody else’s', async () => {
  const bench = await openRelayBench();
  await bench.studio.asOwner(`
    create function forget_attempt() returns trigger language plpgsql as
      $$ begin new.attempts := 1; return new; end $$;
    create trigger forget_attempt before update on outbox for each row execute function forget_attempt()`);
  const { rows } = await answerLate(bench);
  assert.deepEqual(
    rows.map((row) => row.state),
    ['dead'],
  );
});

test('a stop in the middle of a POST hands the rows back and blames nobody', async () => {
  const bench = await openRelayBench();
  await bench.book(3);
  bench.receiver.behave = () => {};
  const stop = new AbortController();
  const looking = deliverNotifications(bench.options, stop.signal);
  while (bench.receiver.received.length === 0) await sleep(5);
  stop.abort();
  await looking;
  const rows = await bench.outbox();
  assert.deepEqual(
    rows.map((row) => [row.state, row.inMs]),
    Array(3).fill(['waiting', 0]),
  );
  assert.equal((await bench.destination()).down_since, null);
});
