import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from '@samaya/platform/database.ts';
import { type Kysely, sql } from 'kysely';
import type { DB } from '#server/database-types.ts';
import { bookingMessage, createTestApp } from '#server/test-app.ts';

const crm = await createTestApp();

async function rowsOf(bookingId: number) {
  return await crm.app.db
    .selectFrom('booking_notifications')
    .selectAll()
    .where('booking_id', '=', bookingId)
    .orderBy('id')
    .execute();
}

function outcomesOf(answer: { body: { outcomes: { outcome: string }[] } }) {
  return answer.body.outcomes.map((one) => one.outcome);
}

test('a message becomes one row with the seed fields as sent, to do', async () => {
  const message = bookingMessage({ booking_id: 100, seats: 2 });
  const answer = await crm.deliver([message]);
  assert.deepEqual(answer, {
    status: 200,
    body: { outcomes: [{ message_id: message.message_id, outcome: 'stored' }] },
  });
  const [row] = await rowsOf(100);
  assert.deepEqual(
    { ...row, id: undefined, received_at: undefined, stream_position: undefined },
    {
      ...message,
      occurred_at: new Date(message.occurred_at),
      event_date: new Date(message.event_date),
      processed: false,
      processed_at: null,
      processed_by: null,
      superseded: false,
      id: undefined,
      received_at: undefined,
      stream_position: undefined,
    },
  );
});

test('NOTIF-05: the same message twenty times at once is one row', async () => {
  const message = bookingMessage({ booking_id: 101 });
  const answers = await Promise.all(Array.from({ length: 20 }, () => crm.deliver([message])));
  assert.deepEqual(answers.flatMap(outcomesOf).sort(), [...Array(19).fill('duplicate'), 'stored']);
  assert.equal((await rowsOf(101)).length, 1);
});

test('NOTIF-05: the same message twice in one delivery is one row', async () => {
  const message = bookingMessage({ booking_id: 102 });
  await crm.deliver([message, message]);
  assert.equal((await rowsOf(102)).length, 1);
});

test('negative control: without the unique message id twenty deliveries are more than one row', async () => {
  const other = await createTestApp();
  const gate = connect(other.database.ownerUrl, { applicationName: 'test-gate', max: 1, statementTimeoutMs: 0 });
  await gate.pool.query('select pg_advisory_lock(99)');
  await asOwner(
    other.database.ownerUrl,
    `alter table booking_notifications drop constraint booking_notifications_message_unique;
     create function keep_if_unknown(message uuid) returns void language plpgsql as $$
     begin
       if exists (select 1 from booking_notifications where message_id = message) then return; end if;
       -- As long as a busy server may take between the look and the insert: until two have looked.
       perform pg_advisory_xact_lock_shared(99);
       insert into booking_notifications
         (message_id, booking_id, user_name, user_email, event_title, event_date, facilitator_id)
         values (message, 1, 'a', 'b', 'c', now(), 7);
     end $$`,
  );
  const { message_id } = bookingMessage();
  const keep = () => sql`select keep_if_unknown(${message_id}::uuid)`.execute(other.app.db);
  const kept = Promise.all(Array.from({ length: 20 }, keep));
  const countLooked = async () =>
    (
      await gate.pool.query(
        `select 1 from pg_locks where locktype = 'advisory' and not granted
           and database = (select oid from pg_database where datname = current_database())`,
      )
    ).rows.length;
  while ((await countLooked()) < 2) await sleep(10);
  await gate.pool.end();
  await kept;
  const rows = await other.app.db.selectFrom('booking_notifications').select('id').execute();
  assert.ok(rows.length > 1, `${rows.length}`);
});

test('NOTIF-06: in whatever order the versions of a booking come, only the newest is not superseded', async () => {
  const orders = [
    [1, 2, 3],
    [1, 3, 2],
    [2, 1, 3],
    [2, 3, 1],
    [3, 1, 2],
    [3, 2, 1],
  ];
  for (const [index, order] of orders.entries()) {
    for (const together of [true, false]) {
      const booking_id = 200 + index * 2 + Number(together);
      const messages = order.map((version) => bookingMessage({ booking_id, version }));
      if (together) await crm.deliver(messages);
      else for (const message of messages) await crm.deliver([message]);
      const rows = await rowsOf(booking_id);
      assert.equal(rows.length, 3);
      assert.equal(rows.find((row) => row.version === 3)?.superseded, false, `${order}`);
      for (const row of rows) {
        const newerCameBefore = !together && order.indexOf(row.version) > order.indexOf(3);
        if (newerCameBefore) assert.equal(row.superseded, true, `${order} version ${row.version}`);
      }
    }
  }
});

test('a cancellation of a processed booking is a new thing to do', async () => {
  await crm.deliver([bookingMessage({ booking_id: 300 })]);
  await crm.app.db
    .updateTable('booking_notifications')
    .set({ processed: true })
    .where('booking_id', '=', 300)
    .execute();
  await crm.deliver([bookingMessage({ booking_id: 300, version: 2, kind: 'booking.cancelled', status: 'cancelled' })]);
  assert.deepEqual(
    (await rowsOf(300)).map((row) => [row.kind, row.processed]),
    [
      ['booking.confirmed', true],
      ['booking.cancelled', false],
    ],
  );
});

test('what cannot be read or kept is rejected with the reason and spoils no other', async () => {
  const fine = bookingMessage({ booking_id: 400 });
  const emoji = bookingMessage({ booking_id: 401, user_name: '🧘'.repeat(100) });
  const answer = await crm.deliver([
    fine,
    bookingMessage({ booking_id: 402, user_name: 'nul\u0000' }),
    bookingMessage({ booking_id: 403, kind: 'booking.invented' }),
    bookingMessage({ booking_id: 404, user_name: 'x'.repeat(101) }),
    { message_id: 'nothing' },
    'not even an object',
    bookingMessage({ booking_id: 405, user_email: '\ud800' }),
    emoji,
  ]);
  assert.equal(answer.status, 200);
  assert.deepEqual(outcomesOf(answer), [
    'stored',
    'rejected',
    'rejected',
    'rejected',
    'rejected',
    'rejected',
    'rejected',
    'stored',
  ]);
  for (const one of answer.body.outcomes) if (one.outcome === 'rejected') assert.ok(one.reason, JSON.stringify(one));
  assert.equal((await rowsOf(401))[0]?.user_name, emoji.user_name);
  assert.equal((await rowsOf(402)).length, 0);
});

test('a wrong, missing or old signature is refused, and the second secret is accepted while keys rotate', async () => {
  const wrong = [`whsec_${Buffer.alloc(32, 1).toString('base64')}`];
  const message = bookingMessage({ booking_id: 500 });
  const refusals = [
    await crm.deliver([message], { secrets: wrong }),
    await crm.deliver([message], { now: new Date(Date.now() - 301_000) }),
    await crm.deliver([message], { now: new Date(Date.now() + 301_000) }),
    await crm.ask('POST', '/api/v1/booking-notifications', { body: { notifications: [message] } }),
  ];
  for (const { status, body } of refusals) assert.deepEqual([status, body.code], [401, 'bad-signature']);
  assert.equal((await rowsOf(500)).length, 0);
  const rotating = await crm.deliver([message], { secrets: [...wrong, ...crm.app.config.notificationSecrets] });
  assert.equal(rotating.status, 200);
});

test('a delivery that is none is unreadable, one that is too large is refused', async () => {
  assert.equal((await crm.deliver([])).status, 422);
  assert.equal((await crm.deliver(Array(201).fill(1))).status, 422);
  assert.equal((await crm.deliver(['x'.repeat(1024 * 1024)])).status, 413);
});

test('people keep the name booking tells, and who is erased stays erased', async () => {
  const person = { user_id: 900, user_name: 'Bo Lund', user_email: 'bo@home.example' };
  await crm.deliver([bookingMessage({ booking_id: 600, ...person })]);
  const renamed = { message_id: randomUUID(), kind: 'user.changed', occurred_at: '2030-03-01T09:00:00Z', ...person };
  const changed = await crm.deliver([{ ...renamed, user_name: 'Bo Lundgren' }]);
  assert.deepEqual(outcomesOf(changed), ['stored']);
  assert.equal((await rowsOf(600))[0]?.user_name, 'Bo Lundgren');

  const token = await crm.signIn(7, 900);
  const erased = { message_id: randomUUID(), kind: 'user.erased', occurred_at: '2030-03-01T10:00:00Z', user_id: 900 };
  assert.deepEqual(outcomesOf(await crm.deliver([erased])), ['stored']);
  assert.deepEqual(outcomesOf(await crm.deliver([erased])), ['duplicate']);
  await crm.deliver([
    bookingMessage({ booking_id: 600, version: 2, ...person }),
    { ...renamed, message_id: randomUUID() },
  ]);
  for (const row of await rowsOf(600)) {
    assert.deepEqual([row.user_name, row.user_email], ['Deleted person', 'deleted-900@deleted.invalid']);
  }
  assert.equal((await crm.ask('GET', '/api/v1/me', { token })).status, 401);
});

test('whoever signed out everywhere at booking is out here too, and what they booked keeps their name', async () => {
  const person = { user_id: 901, user_name: 'Kim Ro', user_email: 'kim@home.example' };
  await crm.deliver([bookingMessage({ booking_id: 601, ...person })]);
  const token = await crm.signIn(7, 901);
  const out = { message_id: randomUUID(), kind: 'user.signed_out', occurred_at: '2030-03-01T10:00:00Z', user_id: 901 };
  assert.deepEqual(outcomesOf(await crm.deliver([out])), ['stored']);
  assert.equal((await crm.ask('GET', '/api/v1/me', { token })).status, 401);
  const later = await crm.signIn(7, 901);
  assert.deepEqual(outcomesOf(await crm.deliver([out])), ['duplicate']);
  assert.equal((await crm.ask('GET', '/api/v1/me', { token: later })).status, 200);
  assert.equal((await rowsOf(601))[0]?.user_name, 'Kim Ro');
});

test('a changed facilitator signs in anew', async () => {
  const token = await crm.signIn(70);
  const other = await crm.signIn(71);
  const message = {
    message_id: randomUUID(),
    kind: 'facilitator.changed',
    occurred_at: '2030-03-01T10:00:00Z',
    facilitator_id: 70,
    facilitator_name: 'Maya Lind',
    facilitator_email: 'maya.lind@studio.example',
  };
  await crm.deliver([message]);
  assert.equal((await crm.ask('GET', '/api/v1/me', { token })).status, 401);
  assert.equal((await crm.ask('GET', '/api/v1/me', { token: other })).status, 200);
});

/** Somebody who follows a facilitator's rows by position. */
function createReader({ db }: typeof crm.app, facilitatorId: number) {
  const read = new Set<number>();
  let position = 0;
  return {
    read,
    async follow() {
      const rows = await db
        .selectFrom('booking_notifications')
        .select(['id', 'stream_position'])
        .where('facilitator_id', '=', facilitatorId)
        .where('stream_position', '>', position)
        .orderBy('stream_position')
        .execute();
      for (const row of rows) {
        read.add(row.id);
        position = row.stream_position;
      }
    },
  };
}

const insertRow = (bookingId: number, facilitatorId: number) =>
  sql`insert into booking_notifications (booking_id, user_name, user_email, event_title, event_date, facilitator_id)
      values (${bookingId}, 'a', 'b', 'c', now(), ${facilitatorId})`;

/** Ten writers at once, and a reader who follows by position; answers how many rows the reader missed. */
async function missedByReader(app: typeof crm.app): Promise<number> {
  const { read, follow } = createReader(app, 77);
  const writers = Array.from({ length: 10 }, async (_, writer) => {
    for (let i = 0; i < 20; i++) {
      await app.db.transaction().execute(async (trx) => {
        await insertRow(writer * 100 + i, 77).execute(trx);
        // Holds the transaction open a little, as a slow commit does.
        await sql`select pg_sleep(${0.004 * ((writer + i) % 4)})`.execute(trx);
      });
    }
  });
  let writing = true;
  const done = Promise.all(writers).then(() => {
    writing = false;
  });
  while (writing) await follow();
  await done;
  await follow();
  return 200 - read.size;
}

/** The same with two writers, the second of whom overtakes the first where it can, and a look before the first ends. */
async function missedWhenOvertaken(app: typeof crm.app): Promise<number> {
  const { read, follow } = createReader(app, 78);
  let isDone = false;
  let overtaking: Promise<void> | undefined;
  await app.db.transaction().execute(async (trx) => {
    await insertRow(1, 78).execute(trx);
    overtaking = insertRow(2, 78)
      .execute(app.db)
      .then(() => {
        isDone = true;
      });
    while (!isDone && !(await isWaitedFor(trx))) await sleep(5);
    await follow();
  });
  await overtaking;
  await follow();
  return 2 - read.size;
}

/** Whether somebody waits for what this transaction has locked. */
async function isWaitedFor(trx: Kysely<DB>): Promise<boolean> {
  const { rows } = await sql`
    select 1 from pg_locks where not granted and pg_backend_pid() = any (pg_blocking_pids(pid))`.execute(trx);
  return rows.length > 0;
}

test('who follows by position misses nothing while ten write, or when one wants to overtake another', async () => {
  assert.equal(await missedByReader(crm.app), 0);
  assert.equal(await missedWhenOvertaken(crm.app), 0);
});

test('negative control: with positions from a plain sequence the same reader misses one', async () => {
  const other = await createTestApp();
  await asOwner(
    other.database.ownerUrl,
    `create sequence positions; grant usage on positions to public;
     create or replace function booking_notifications_arrive() returns trigger language plpgsql as
       $$ begin new.stream_position := nextval('positions'); return new; end $$`,
  );
  assert.equal(await missedWhenOvertaken(other.app), 1);
});

async function asOwner(ownerUrl: string, statement: string) {
  const owner = connect(ownerUrl, { applicationName: 'test-owner' });
  await owner.pool.query(statement);
  await owner.close();
}
