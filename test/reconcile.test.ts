import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BLOCK_BOOKINGS, digestOf, LAST_ID } from '@samaya/booking-notification/digest.ts';
import { sql } from 'kysely';
import type { BookingTruth } from '../apps/crm/src/server/notifications/ask-booking.ts';
import { reconcileNotifications } from '../apps/crm/src/server/notifications/reconcile-notifications.ts';
import type { Reconciliation } from '../apps/crm/src/server/notifications/reconciliation.ts';
import { listKnownStates } from '../apps/crm/src/server/notifications/reconciliation-queries.ts';
import { type BothApps, startBothApps } from './both-apps.ts';

const both = await startBothApps();
const { booking, crm } = both;
const NOTHING = { healed: 0, waiting: 0, unhealed: 0, extra: 0, ahead: 0 };

/** One comparison; answers what it found, but for the number compared. */
async function reconcile(with_: BookingTruth = crm.app.booking): Promise<Omit<Reconciliation, 'compared'>> {
  const found = await reconcileNotifications({ ...crm.app, booking: with_ }, new Date());
  assert.ok(found);
  const { compared: _compared, ...rest } = found;
  return rest;
}

const rows = (bookingId: number) =>
  crm.app.db
    .selectFrom('booking_notifications')
    .select(['message_id', 'version', 'status', 'kind', 'user_name', 'facilitator_id', 'superseded'])
    .where('booking_id', '=', bookingId)
    .orderBy('id')
    .execute();

async function countRows({ crm: { app } }: BothApps = both): Promise<number> {
  const { count } = await app.db
    .selectFrom('booking_notifications')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  return count;
}

const forget = (bookingIds: readonly number[]) =>
  crm.app.db.deleteFrom('booking_notifications').where('booking_id', 'in', bookingIds).execute();

const maya = await booking.addFacilitator('Maya Lind');
const noah = await booking.addFacilitator('Noah Brandt');
const addEvent = (facilitator = maya) =>
  booking.addEvent({ facilitator_id: facilitator.facilitatorId, max_participants: 10_000 });

test('NOTIF-25: rows lost in CRM are there again after one run, under the ids they had, and an alarm tells of them', async () => {
  const ids = await both.book(await addEvent(), 50);
  await both.tell();
  assert.deepEqual(await reconcile(), NOTHING);
  for (let round = 0; round < 10; round++) {
    const lost = ids.slice(round * 5, round * 5 + 5);
    const before = await Promise.all(lost.map(rows));
    await forget(lost);
    assert.deepEqual(await reconcile(), { ...NOTHING, healed: 5 });
    assert.deepEqual(await Promise.all(lost.map(rows)), before);
    const line = crm.logged().trimEnd().split('\n').at(-1) ?? '';
    const { level, healed, bookings } = JSON.parse(line);
    assert.deepEqual({ level, healed, bookings }, { level: 'error', healed: 5, bookings: lost });
    assert.deepEqual(await reconcile(), NOTHING);
  }
  assert.match(await crm.app.metrics.registry.metrics(), /^reconciliation_healed_total 50$/m);
});

test('negative control: without a run the rows stay lost', async () => {
  const ids = await both.book(await addEvent(), 5);
  await both.tell();
  await forget(ids);
  await both.tell();
  assert.deepEqual(await Promise.all(ids.map(rows)), Array(5).fill([]));
  assert.deepEqual(await reconcile(), { ...NOTHING, healed: 5 });
});

test('what is long swept from the outbox is made anew, and stored once however often it is asked for', async () => {
  const [id = 0] = await both.book(await addEvent(), 1);
  await booking.db.updateTable('bookings').set({ status: 'cancelled' }).where('id', '=', id).execute();
  await both.tell();
  await booking.db.deleteFrom('outbox').where('booking_id', '=', id).execute();
  await forget([id]);
  assert.deepEqual(await reconcile(), { ...NOTHING, healed: 1 });
  const [row, ...others] = await rows(id);
  assert.deepEqual([row?.version, row?.status, row?.kind, others.length], [2, 'cancelled', 'booking.cancelled', 0]);
  await forget([id]);
  assert.deepEqual(await reconcile(), { ...NOTHING, healed: 1 });
  assert.equal((await rows(id))[0]?.message_id, row?.message_id);
});

for (const [what, change] of [
  ['status', { status: 'cancelled' }],
  ['version', { version: 0 }],
  ['facilitator', { facilitator_id: noah.facilitatorId }],
] as const) {
  test(`a row whose ${what} somebody changed stays, and what booking says comes after it`, async () => {
    const [id = 0] = await both.book(await addEvent(), 1);
    await both.tell();
    const change_ = crm.app.db.updateTable('booking_notifications').set(change).where('booking_id', '=', id);
    await change_.execute();
    assert.deepEqual(await reconcile(), { ...NOTHING, healed: 1 });
    const [changed, healed] = await rows(id);
    assert.partialDeepStrictEqual(changed, change);
    assert.partialDeepStrictEqual(healed, {
      version: 1,
      status: 'confirmed',
      facilitator_id: maya.facilitatorId,
      superseded: false,
    });
    assert.deepEqual(await reconcile(), NOTHING);
    // And again, also when somebody changes what was healed.
    await change_.execute();
    assert.deepEqual(await reconcile(), { ...NOTHING, healed: 1 });
  });
}

test('negative control: a digest that leaves the status out does not notice that one was changed', async () => {
  const [id = 0] = await both.book(await addEvent(), 1);
  await both.tell();
  await crm.app.db
    .updateTable('booking_notifications')
    .set({ status: 'attended' })
    .where('booking_id', '=', id)
    .execute();
  const withoutStatus: BookingTruth = {
    ...crm.app.booking,
    async digest(question) {
      const { blocks, next } = await crm.app.booking.digest(question);
      const hashed = blocks.map(async (block) => {
        const { bookings } = await crm.app.booking.newest(block);
        const known = await listKnownStates(crm.app.db, { ...block, limit: BLOCK_BOOKINGS });
        const statusOf = new Map(known.map((state) => [state.booking_id, state.status]));
        const states = bookings.map((one) => ({ ...one, status: statusOf.get(one.booking_id) ?? one.status }));
        return { ...block, ...digestOf(states) };
      });
      return { blocks: await Promise.all(hashed), next };
    },
  };
  assert.deepEqual(await reconcile(withoutStatus), NOTHING);
  assert.deepEqual(await reconcile(), { ...NOTHING, healed: 1 });
});

test('a row whose version somebody raised, and rows of others, stay and are told of', async () => {
  const apart = await startBothApps();
  const facilitator = await apart.booking.addFacilitator();
  const [id = 0] = await apart.book(await apart.booking.addEvent({ facilitator_id: facilitator.facilitatorId }), 1);
  await apart.tell();
  const { db } = apart.crm.app;
  await db.updateTable('booking_notifications').set({ version: 9 }).execute();
  await sql`
    insert into booking_notifications (booking_id, user_name, user_email, event_title, event_date, facilitator_id)
    select n, 'Bo', 'bo@home.example', 'Elsewhere', now(), 7 from unnest(array[5000, 5001, ${LAST_ID}::integer]) n`.execute(
    db,
  );
  for (let run = 0; run < 2; run++) {
    const found = await reconcileNotifications(apart.crm.app, new Date());
    assert.deepEqual(found, { ...NOTHING, compared: 1, extra: 3, ahead: 1 });
    assert.equal(await countRows(apart), 4);
  }
  assert.match(apart.crm.logged(), /"level":"warn".*booking knows nothing of/);
  assert.match(await apart.crm.app.metrics.registry.metrics(), /^reconciliation_strangers 4$/m);
  // The booking's next changes are still taken in.
  await apart.booking.db.updateTable('bookings').set({ status: 'cancelled' }).where('id', '=', id).execute();
  await apart.tell();
  assert.equal(await countRows(apart), 5);
});

test('an older version that arrived last is not taken for what is known newest', async () => {
  const [id = 0] = await both.book(await addEvent(), 1);
  await booking.db.updateTable('bookings').set({ status: 'cancelled' }).where('id', '=', id).execute();
  await both.tell();
  await sql`update booking_notifications set id = id + 1000000 where booking_id = ${id} and version = 1`.execute(
    crm.app.db,
  );
  assert.deepEqual(await reconcile(), NOTHING);
});

test('an event that goes to another facilitator leaves nothing to heal, for who has booked and who has cancelled', async () => {
  const event = await addEvent();
  const [cancelled = 0, ...others] = await both.book(event, 3);
  await booking.db.updateTable('bookings').set({ status: 'cancelled' }).where('id', '=', cancelled).execute();
  await both.tell();
  await booking.db.updateTable('events').set({ facilitator_id: noah.facilitatorId }).where('id', '=', event).execute();
  await both.tell();
  assert.deepEqual(await reconcile(), NOTHING);
  const last = await Promise.all([cancelled, ...others].map(async (id) => (await rows(id)).at(-1)?.facilitator_id));
  assert.deepEqual(last, [maya.facilitatorId, noah.facilitatorId, noah.facilitatorId]);
});

test('of a booking that is gone the last word is compared, and healed too', async () => {
  const [id = 0] = await both.book(await addEvent(), 1);
  await booking.db.deleteFrom('bookings').where('id', '=', id).execute();
  await both.tell();
  assert.deepEqual(await reconcile(), NOTHING);
  await crm.app.db.deleteFrom('booking_notifications').where('booking_id', '=', id).where('version', '=', 2).execute();
  assert.deepEqual(await reconcile(), { ...NOTHING, healed: 1 });
  assert.deepEqual(
    (await rows(id)).map((row) => row.status),
    ['confirmed', 'cancelled'],
  );
});

test('what is on its way is not missing, and arrives once', async () => {
  await both.hold();
  const ids = await both.book(await addEvent(), 3);
  assert.deepEqual(await reconcile(), { ...NOTHING, waiting: 3 });
  await both.tell();
  assert.deepEqual(
    (await Promise.all(ids.map(rows))).map((told) => told.length),
    [1, 1, 1],
  );
  assert.deepEqual(await reconcile(), NOTHING);
});

test('a message that CRM had refused for good is had again when it is compared', async () => {
  await both.hold();
  const [id = 0] = await both.book(await addEvent(), 1);
  await booking.db.updateTable('outbox').set({ dead_at: new Date() }).where('booking_id', '=', id).execute();
  assert.deepEqual(await reconcile(), { ...NOTHING, healed: 1 });
  assert.equal((await rows(id)).length, 1);
  await booking.db.updateTable('outbox').set({ dead_at: null }).where('booking_id', '=', id).execute();
  await both.tell();
  assert.equal((await rows(id)).length, 1);
});

test('a booking that cannot be said is told of each time, and holds up nobody', async () => {
  const [silent = 0, fine = 0] = await both.book(await addEvent(), 2);
  await both.tell();
  // Nor is it told of in another way meanwhile.
  await both.hold();
  const nameless = sql<number>`(select user_id from bookings where id = ${silent})`;
  const before = await booking.db.selectFrom('users').select('email').where('id', '=', nameless).executeTakeFirst();
  await booking.db.updateTable('users').set({ email: '' }).where('id', '=', nameless).execute();
  await booking.db.deleteFrom('outbox').where('kind', '=', 'user.changed').execute();
  await forget([silent, fine]);
  assert.deepEqual(await reconcile(), { ...NOTHING, healed: 1, unhealed: 1 });
  assert.deepEqual(await reconcile(), { ...NOTHING, unhealed: 1 });
  await booking.db
    .updateTable('users')
    .set({ email: before?.email ?? '' })
    .where('id', '=', nameless)
    .execute();
  await both.tell();
  assert.deepEqual(await reconcile(), { ...NOTHING, healed: 1 });
});

test('comparing again and again while people book, cancel and leave finds nothing amiss and doubles nothing', async () => {
  const apart = await startBothApps();
  const facilitator = await apart.booking.addFacilitator();
  const event = await apart.booking.addEvent({ facilitator_id: facilitator.facilitatorId, max_participants: 10_000 });
  let [turns, runs, isOver] = [0, 0, false];
  const changing = Promise.all(
    Array.from({ length: 4 }, async (_, worker) => {
      for (; !isOver; turns++) {
        const [id = 0, other = 0] = await apart.book(event, 3);
        await apart.booking.db.updateTable('bookings').set({ status: 'cancelled' }).where('id', '=', id).execute();
        if (worker === 0) await apart.booking.db.deleteFrom('bookings').where('id', '=', other).execute();
        apart.booking.app.relay.wake();
      }
    }),
  );
  try {
    // Each goes on until the other has come round often enough, whichever is the slower.
    for (; turns < 100 || runs < 5; runs++) {
      const found = await Promise.race([reconcileNotifications(apart.crm.app, new Date()), changing]);
      assert.partialDeepStrictEqual(found, { healed: 0, unhealed: 0, extra: 0, ahead: 0 });
    }
  } finally {
    isOver = true;
  }
  await changing;
  await apart.tell();
  const { told } = await apart.booking.db
    .selectFrom('outbox')
    .select(({ fn }) => fn.countAll<number>().as('told'))
    .where('destination', '=', 'crm')
    .where('booking_id', 'is not', null)
    .executeTakeFirstOrThrow();
  assert.equal(await countRows(apart), told);
});

test('two processes that compare at the same time: one does', async () => {
  // Who compares is at it until the others were refused, or until another compares too.
  const others = Promise.withResolvers<void>();
  let [comparing, refused] = [0, 0];
  const runs = [1, 2, 3].map(async () => {
    let isNew = true;
    const digest: BookingTruth['digest'] = async (question) => {
      if (isNew && ++comparing > 1) others.resolve();
      isNew = false;
      await others.promise;
      return await crm.app.booking.digest(question);
    };
    const found = await reconcileNotifications({ ...crm.app, booking: { ...crm.app.booking, digest } }, new Date());
    if (!found && ++refused === 2) others.resolve();
    return found;
  });
  assert.equal((await Promise.all(runs)).filter(Boolean).length, 1);
  assert.ok(await reconcileNotifications(crm.app, new Date()));
});

test('while booking is away nothing is compared, and nothing noted', async () => {
  const runs = () => crm.app.db.selectFrom('reconciliations').select('id').execute();
  const before = (await runs()).length;
  const away: BookingTruth = {
    digest: () => Promise.reject(Object.assign(new Error('away'), { code: 'booking-away' })),
    newest: () => Promise.reject(new Error('never asked')),
  };
  await assert.rejects(reconcileNotifications({ ...crm.app, booking: away }, new Date()), { code: 'booking-away' });
  assert.equal((await runs()).length, before);
  // And the lock is free again.
  assert.ok(await reconcileNotifications(crm.app, new Date()));
});
