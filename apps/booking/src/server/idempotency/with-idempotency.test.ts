import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { connect } from '@samaya/platform/database.ts';
import type { ReadyAnswer } from '@samaya/platform/ready-answer.ts';
import type { Kysely } from 'kysely';
import { findViolations } from '#server/bookings/booking-invariants-queries.ts';
import { createBooking } from '#server/bookings/create-booking.ts';
import type { DB } from '#server/database-types.ts';
import { countOutcomes, openStudio } from '#server/test-studio.ts';
import { forgetOldAnswers } from './idempotency-queries.ts';
import { type RepeatableRequest, withIdempotency } from './with-idempotency.ts';

const studio = await openStudio({ connections: 20 });
const { db, pool } = studio;

function request(key: string | null, more: Partial<RepeatableRequest> = {}): RepeatableRequest {
  return { owner: 'user:1', key, method: 'POST', path: '/api/v1/bookings', rawBody: Buffer.from('{}'), ...more };
}

let made = 0;
const count = async () => ({ made: ++made, word: 'Übung ☯' });

async function answerOf(asked: Promise<ReadyAnswer>) {
  const { status, body, headers } = await asked;
  return { status, body, replayed: headers['idempotency-replayed'] };
}

test('CAP-05: repeats the first answer byte for byte and does the work once', async () => {
  const first = await answerOf(withIdempotency(db, request('once'), count));
  const before = made;
  const second = await answerOf(withIdempotency(db, request('once'), count));
  assert.equal(made, before);
  assert.deepEqual(second, { ...first, replayed: 'true' });
  assert.equal(first.status, 201);
});

test('without a key every request is a new one', async () => {
  const before = made;
  await withIdempotency(db, request(null), count);
  await withIdempotency(db, request(null), count);
  assert.equal(made, before + 2);
});

test('CAP-06: one person never meets another’s key', async () => {
  await withIdempotency(db, request('shared'), count);
  const other = await answerOf(withIdempotency(db, request('shared', { owner: 'user:2' }), count));
  assert.equal(other.replayed, undefined);
});

test('CAP-06: refuses a key used for another body, method or path', async () => {
  await withIdempotency(db, request('used'), count);
  for (const other of [{ rawBody: Buffer.from('{ }') }, { method: 'PUT' }, { path: '/api/v1/users' }]) {
    await assert.rejects(withIdempotency(db, request('used', other), count), { code: 'idempotency-mismatch' });
  }
});

test('CAP-07: takes keys of 1 to 255 visible characters', async () => {
  for (const key of ['', ' ', 'a b', 'é', 'a\n', 'k'.repeat(256)]) {
    await assert.rejects(withIdempotency(db, request(key), count), { code: 'bad-idempotency-key' });
  }
  assert.equal((await withIdempotency(db, request('~!k'.repeat(85)), count)).status, 201);
});

test('waits for the first request, then has its answer', async () => {
  let goOn = () => {};
  const gate = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  const first = answerOf(
    withIdempotency(db, request('slow'), async () => {
      await gate;
      return { slow: true };
    }),
  );
  const second = answerOf(withIdempotency(db, request('slow'), count));
  setTimeout(goOn, 200);
  assert.equal((await second).body, (await first).body);
});

test('says that the first request is still running after a second', async () => {
  let goOn = () => {};
  const gate = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  let isRunning = () => {};
  const running = new Promise<void>((resolve) => {
    isRunning = resolve;
  });
  const first = withIdempotency(db, request('stuck'), async () => {
    isRunning();
    await gate;
    return {};
  });
  await running;
  // As patient as the application.
  const hurried = connect<DB>(studio.appUrl, { applicationName: 'test' });
  after(hurried.close);
  await assert.rejects(withIdempotency(hurried.kysely, request('stuck'), count), { code: 'idempotency-in-progress' });
  goOn();
  assert.equal((await first).status, 201);
});

test('a refusal stores nothing: the key is evaluated anew', async () => {
  const eventId = await studio.addEvent({ places: 1 });
  const [ana = 0, ben = 0] = await studio.addUsers(2);
  await createBooking(db, { userId: ben, eventId, seats: 1 });
  const bookWithKey = () =>
    createBooking(
      db,
      { userId: ana, eventId, seats: 1 },
      (book) => withIdempotency(db, request('again'), book as (trx: Kysely<DB>) => Promise<unknown>) as Promise<never>,
    );
  await assert.rejects(bookWithKey(), { code: 'event-full' });
  const { rows } = await pool.query("select count(*)::int from idempotency_keys where key = 'again'");
  assert.equal(rows[0].count, 0);
  await pool.query('update events set max_participants = 2 where id = $1', [eventId]);
  assert.equal(((await bookWithKey()) as unknown as Response).status, 201);
});

async function bookTwentyTimes(key: string | null) {
  const eventId = await studio.addEvent();
  const users = await studio.addUsers(20);
  let next = 0;
  // Each call books for another person, so nothing but the key holds them together.
  const outcomes = await countOutcomes(
    users.map(() =>
      withIdempotency(db, request(key), (trx) => createBooking(trx, { userId: users[next++] ?? 0, eventId, seats: 1 })),
    ),
  );
  return { outcomes, taken: await studio.seatsTaken(eventId) };
}

test('CAP-05: twenty requests with one key at once book once', async () => {
  assert.deepEqual(await bookTwentyTimes('burst'), { outcomes: { ok: 20 }, taken: 1 });
  assert.deepEqual(await findViolations(db), []);
});

test('… and without the key they all book', async () => {
  assert.equal((await bookTwentyTimes(null)).taken, 10);
});

test('CAP-09: keeps answers for a day', async () => {
  const first = await answerOf(withIdempotency(db, request('old'), count));
  const age = (interval: string) =>
    pool.query("update idempotency_keys set created_at = created_at - $1::interval where key = 'old'", [interval]);
  await age('23 hours 59 minutes');
  assert.equal((await answerOf(withIdempotency(db, request('old'), count))).body, first.body);
  await age('2 minutes');
  const anew = await answerOf(withIdempotency(db, request('old', { rawBody: Buffer.from('{"new":1}') }), count));
  assert.equal(anew.replayed, undefined);
  await age('25 hours');
  assert.ok((await forgetOldAnswers(db)) >= 1);
});
