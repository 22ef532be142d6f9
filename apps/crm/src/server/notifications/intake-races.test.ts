import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type BookingMessage, bookingMessageSchema } from '@samaya/booking-notification/message.ts';
import type { Transaction } from 'kysely';
import type { DB } from '#server/database-types.ts';
import { bookingMessage, createTestApp } from '#server/test-app.ts';
import { erasePerson, insertMessages, lockTouched } from './intake-queries.ts';

const crm = await createTestApp();
const { db } = crm.app;

type Work = (trx: Transaction<DB>) => Promise<unknown>;

/** Runs `first`, and `second` before it is committed; where one waits for the other, until it would have been done. */
async function overlap(first: Work, second: Work, { waits }: { waits: boolean }) {
  const isDone = Promise.withResolvers<void>();
  const mayEnd = Promise.withResolvers<void>();
  const slow = db.transaction().execute(async (trx) => {
    await first(trx);
    isDone.resolve();
    await mayEnd.promise;
  });
  await Promise.race([isDone.promise, slow]);
  const quick = db.transaction().execute(second);
  await (waits ? Promise.race([quick, sleep(200)]) : quick);
  mayEnd.resolve();
  await Promise.all([slow, quick]);
}

const insertMessage = (trx: Transaction<DB>, one: BookingMessage): Promise<unknown> => insertMessages(trx, [one]);

/** The same without the lock on the person. */
const insertUnlocked = (trx: Transaction<DB>, one: BookingMessage): Promise<unknown> =>
  trx.insertInto('booking_notifications').values(one).execute();

const message = (changes: Record<string, unknown>) => bookingMessageSchema.parse(bookingMessage(changes));
const rowsOf = (userId: number) =>
  db
    .selectFrom('booking_notifications')
    .select(['version', 'user_name', 'superseded'])
    .where('user_id', '=', userId)
    .orderBy('version')
    .execute();

/** A person is erased while the very first message about them is being kept. */
async function eraseDuringFirstMessage(userId: number, insert: typeof insertMessage, lock: Work) {
  const first = message({ user_id: userId, booking_id: userId, facilitator_id: userId });
  await overlap(
    (trx) => insert(trx, first),
    async (trx) => {
      await lock(trx);
      await erasePerson(trx, userId);
    },
    { waits: insert === insertMessage },
  );
  return (await rowsOf(userId)).map((row) => row.user_name);
}

test('a person erased while the first message about them is kept stays erased', async () => {
  const lock: Work = (trx) => lockTouched(trx, { userIds: [4001], facilitatorIds: [], changedUserIds: [4001] });
  assert.deepEqual(await eraseDuringFirstMessage(4001, insertMessage, lock), ['Deleted person']);
});

test('negative control: without the lock on the person they come back', async () => {
  const lock: Work = async () => {};
  assert.notDeepEqual(await eraseDuringFirstMessage(4002, insertUnlocked, lock), ['Deleted person']);
});

/** An older version arrives while a newer one, which went to another facilitator, is being kept. */
async function olderDuringNewer(userId: number, insert: typeof insertMessage) {
  const version = (number: number) =>
    message({ user_id: userId, booking_id: userId, version: number, facilitator_id: userId + number });
  await overlap(
    (trx) => insert(trx, version(2)),
    (trx) => insert(trx, version(1)),
    { waits: insert === insertMessage },
  );
  return (await rowsOf(userId)).map((row) => row.superseded);
}

test('an older version is superseded also when the newer one is just being kept for another facilitator', async () => {
  assert.deepEqual(await olderDuringNewer(5001, insertMessage), [true, false]);
});

test('negative control: without the lock on the person nobody notices', async () => {
  assert.deepEqual(await olderDuringNewer(5002, insertUnlocked), [false, false]);
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
