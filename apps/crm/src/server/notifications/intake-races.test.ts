import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { bookingMessageSchema } from '@samaya/booking-notification/message.ts';
import type { Transaction } from 'kysely';
import type { DB } from '#server/database-types.ts';
import { bookingMessage, createTestApp } from '#server/test-app.ts';
import { erasePerson, insertMessages, lockTouched } from './intake-queries.ts';

const crm = await createTestApp();
const { db } = crm.app;

type Work = (trx: Transaction<DB>) => Promise<unknown>;

/** Runs `first`, and `second` before it is committed; each with the locks of a delivery about `userId`, or without. */
async function overlap(userId: number, withLocks: boolean, first: Work, second: Work) {
  const run = (work: Work, pauseMs: number) =>
    db.transaction().execute(async (trx) => {
      if (withLocks) await lockTouched(trx, { userIds: [userId], facilitatorIds: [], changedUserIds: [userId] });
      await work(trx);
      await sleep(pauseMs);
    });
  const slow = run(first, 200);
  await sleep(50);
  await Promise.all([slow, run(second, 0)]);
}

const message = (changes: Record<string, unknown>) => bookingMessageSchema.parse(bookingMessage(changes));
const rowsOf = (userId: number) =>
  db
    .selectFrom('booking_notifications')
    .select(['version', 'user_name', 'superseded'])
    .where('user_id', '=', userId)
    .orderBy('version')
    .execute();

/** A person is erased while the very first message about them is being kept. */
async function eraseDuringFirstMessage(userId: number, withLocks: boolean) {
  const first = message({ user_id: userId, booking_id: userId, facilitator_id: userId });
  await overlap(
    userId,
    withLocks,
    (trx) => insertMessages(trx, [first]),
    (trx) => erasePerson(trx, userId),
  );
  return (await rowsOf(userId)).map((row) => row.user_name);
}

test('a person erased while the first message about them is kept stays erased', async () => {
  assert.deepEqual(await eraseDuringFirstMessage(4001, true), ['Deleted person']);
});

test('negative control: without the lock on the person they come back', async () => {
  assert.notDeepEqual(await eraseDuringFirstMessage(4002, false), ['Deleted person']);
});

/** An older version arrives while a newer one, which went to another facilitator, is being kept. */
async function olderDuringNewer(userId: number, withLocks: boolean) {
  const version = (number: number) =>
    message({ user_id: userId, booking_id: userId, version: number, facilitator_id: userId + number });
  await overlap(
    userId,
    withLocks,
    (trx) => insertMessages(trx, [version(2)]),
    (trx) => insertMessages(trx, [version(1)]),
  );
  return (await rowsOf(userId)).map((row) => row.superseded);
}

test('an older version is superseded also when the newer one is just being kept for another facilitator', async () => {
  assert.deepEqual(await olderDuringNewer(5001, true), [true, false]);
});

test('negative control: without the lock on the person nobody notices', async () => {
  assert.deepEqual(await olderDuringNewer(5002, false), [false, false]);
});

test('who was renamed is called so in messages from before that arrive late, and an older change changes nothing', async () => {
  const at = (hour: number) => `2030-03-01T${String(hour).padStart(2, '0')}:00:00Z`;
  const renamed = (hour: number, user_name: string) => ({
    message_id: randomUUID(),
    kind: 'user.changed',
    occurred_at: at(hour),
    user_id: 6001,
    user_name,
    user_email: 'bo@home.example',
  });
  const outcomes: string[] = [];
  for (const sent of [
    renamed(10, 'Bo Lund'),
    bookingMessage({ user_id: 6001, booking_id: 6001, occurred_at: at(9), user_name: 'Before' }),
    bookingMessage({ user_id: 6001, booking_id: 6001, version: 2, occurred_at: at(11), user_name: 'After' }),
    renamed(8, 'Long ago'),
  ]) {
    const { body } = await crm.deliver([sent]);
    outcomes.push(body.outcomes[0].outcome);
  }
  assert.deepEqual(outcomes, ['stored', 'stored', 'stored', 'superseded']);
  assert.deepEqual(
    (await rowsOf(6001)).map((row) => row.user_name),
    ['Bo Lund', 'After'],
  );
});

test('deliveries that touch the same people and facilitators in every order wait, and none is lost', async () => {
  const ids = [7001, 7002, 7003, 7004];
  const delivery = (shift: number) =>
    ids.flatMap((_, index) => {
      const id = ids[(index + shift) % ids.length];
      const other = ids[(index + shift + 1) % ids.length];
      return [
        bookingMessage({ user_id: id, booking_id: 7000 + shift * 10 + index, facilitator_id: other }),
        {
          message_id: randomUUID(),
          kind: 'user.changed',
          occurred_at: new Date().toISOString(),
          user_id: other,
          user_name: `Name ${shift}`,
          user_email: 'x@home.example',
        },
      ];
    });
  const answers = await Promise.all(Array.from({ length: 12 }, (_, shift) => crm.deliver(delivery(shift))));
  assert.deepEqual(new Set(answers.map((answer) => answer.status)), new Set([200]));
});
