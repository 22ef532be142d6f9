import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sql } from 'kysely';
import { admitGuest } from '#server/accounts/admit-guest.ts';
import { claimAccount } from '#server/accounts/claim-account.ts';
import { erasePerson } from '#server/accounts/erase-person.ts';
import { identifyCookie } from '#server/accounts/identify.ts';
import { tellGuestAgain } from '#server/mail/tell-guest-again.ts';
import { createTestApp } from '#server/test-app.ts';
import { guestTokenOf, mailsTo } from '#server/test-mailed-links.ts';
import { countOutcomes } from '#server/test-studio.ts';
import { bookAsGuest } from './book-as-guest.ts';
import { findViolations } from './booking-invariants-queries.ts';
import { cancelBooking } from './cancel-booking.ts';
import { createBooking } from './create-booking.ts';
import { findGuestBooking } from './find-guest-booking.ts';
import { tellHolderAgain } from './tell-holder-again.ts';

const studio = await createTestApp();
const { app, db } = studio;
const { facilitatorId } = await studio.addFacilitator();
const network = '192.0.2.1';
const password = 'quiet mornings';
const now = new Date();
let people = 0;

const newEmail = () => `guest-${++people}@example.org`;
const addEvent = (event: { max_participants?: number; date_time?: Date; is_active?: boolean } = {}) =>
  studio.addEvent({ facilitator_id: facilitatorId, ...event });
const book = (eventId: number, email: string, { name = 'Gus Vega', seats = 1 } = {}) =>
  bookAsGuest(app, { eventId, seats, name, email, network });

async function bookingsOf(email: string) {
  return await db
    .selectFrom('bookings')
    .innerJoin('users', 'users.id', 'bookings.user_id')
    .select(['bookings.id', 'bookings.event_id', 'bookings.seats', 'bookings.status'])
    .where('users.email', '=', email)
    .orderBy('bookings.id')
    .execute();
}

/** Lets the bookings of an address be older than the time in which nobody is written to twice. */
async function age(email: string) {
  await db.transaction().execute(async (trx) => {
    await sql`set local samaya.mail = 'off'`.execute(trx);
    for (const [table, column] of [
      ['bookings', 'booking_date'],
      ['outbox', 'occurred_at'],
    ] as const) {
      await sql`
        update ${sql.table(table)} set ${sql.ref(column)} = ${sql.ref(column)} - interval '11 minutes'
        where user_id = (select id from users where email = ${email})`.execute(trx);
    }
  });
}

test('a guest has a place, an account without a password, and a mail', async () => {
  const email = newEmail();
  const eventId = await addEvent();
  await book(eventId, email, { seats: 2 });
  const [booking] = await bookingsOf(email);
  assert.deepEqual([booking?.event_id, booking?.seats, booking?.status], [eventId, 2, 'confirmed']);
  const user = await db.selectFrom('users').selectAll().where('email', '=', email).executeTakeFirstOrThrow();
  assert.deepEqual([user.name, user.password, user.proven_at], ['Gus Vega', '!', null]);
  assert.deepEqual(await mailsTo(studio, email), ['booking.confirmed']);
});

test('whoever has a place is answered as if it were new, and is written to again, but not over and over', async () => {
  const ana = await studio.addPerson({ name: 'Ana Reis' });
  const eventId = await addEvent();
  await createBooking(db, { userId: ana.id, eventId, seats: 1 });
  const guest = newEmail();
  await book(eventId, guest);
  for (const email of [ana.email, guest]) {
    const before = await mailsTo(studio, email);
    assert.equal(await book(eventId, email, { name: 'Eve', seats: 3 }), undefined);
    assert.deepEqual(await mailsTo(studio, email), before, 'the mail of the booking itself is on its way');
    await age(email);
    for (let i = 0; i < 3; i++) await book(eventId, email, { name: 'Eve', seats: 3 });
    assert.deepEqual(await mailsTo(studio, email), [...before, 'guest.again']);
    await age(email);
    await book(eventId, email);
    assert.deepEqual(await mailsTo(studio, email), [...before, 'guest.again', 'guest.again']);
    assert.equal((await bookingsOf(email)).length, 1);
  }
  const { name } = await db.selectFrom('users').select('name').where('id', '=', ana.id).executeTakeFirstOrThrow();
  assert.equal(name, 'Ana Reis');
});

test('a form sent twenty times at once books once, and writes once', async () => {
  const email = newEmail();
  const eventId = await addEvent({ max_participants: 30 });
  const outcomes = await countOutcomes(
    Array.from({ length: 20 }, (_, i) => book(eventId, email, { seats: 1 + (i % 3) })),
  );
  assert.deepEqual(outcomes, { ok: 20 });
  assert.equal((await bookingsOf(email)).length, 1);
  assert.deepEqual(await mailsTo(studio, email), ['booking.confirmed']);
  await age(email);
  await countOutcomes(Array.from({ length: 20 }, () => book(eventId, email)));
  assert.deepEqual(await mailsTo(studio, email), ['booking.confirmed', 'guest.again']);
  assert.deepEqual(await findViolations(db), []);
});

test('two processes that are asked for the same place at once write once', async () => {
  const email = newEmail();
  const eventId = await addEvent();
  await book(eventId, email);
  await age(email);
  const userId = await admitGuest(db, { name: 'Gus', email });
  await Promise.all(Array.from({ length: 20 }, () => tellHolderAgain(db, { userId, eventId })));
  assert.deepEqual(await mailsTo(studio, email), ['booking.confirmed', 'guest.again']);
});

test('… and without the lock on the booking the second would not see the first', async () => {
  const email = newEmail();
  const eventId = await addEvent();
  await book(eventId, email);
  const place = { userId: await admitGuest(db, { name: 'Gus', email }), eventId };
  await db.transaction().execute(async (one) => {
    await tellGuestAgain(one, place);
    await db.transaction().execute((other) => tellGuestAgain(other, place));
  });
  assert.deepEqual(await mailsTo(studio, email), ['booking.confirmed', 'guest.again', 'guest.again']);
});

test('… and twenty guests with addresses of their own book twenty times', async () => {
  const eventId = await addEvent({ max_participants: 30 });
  const outcomes = await countOutcomes(Array.from({ length: 20 }, () => book(eventId, newEmail())));
  assert.deepEqual(outcomes, { ok: 20 });
  const { seats_taken } = await db
    .selectFrom('events')
    .select('seats_taken')
    .where('id', '=', eventId)
    .executeTakeFirstOrThrow();
  assert.equal(seats_taken, 20);
});

test('what takes no more is refused to all alike, also to whoever has a place, and leaves no trace', async () => {
  const holder = newEmail();
  const cases: [Parameters<typeof addEvent>[0], number, string, (eventId: number) => Promise<unknown>][] = [
    [{ max_participants: 1 }, 1, 'event-full', async () => undefined],
    [{ max_participants: 2 }, 2, 'not-enough-seats', async () => undefined],
    [{ max_participants: 3 }, 4, 'too-many-seats', async () => undefined],
    [
      {},
      1,
      'event-inactive',
      (id) => db.updateTable('events').set({ is_active: false }).where('id', '=', id).execute(),
    ],
    [
      {},
      1,
      'event-started',
      (id) =>
        db
          .updateTable('events')
          .set({ date_time: sql<Date>`now() - interval '1 minute'` })
          .where('id', '=', id)
          .execute(),
    ],
  ];
  for (const [event, seats, code, change] of cases) {
    const eventId = await addEvent(event);
    await book(eventId, holder);
    await change(eventId);
    await age(holder);
    const [mailsBefore, usersBefore] = [await mailsTo(studio, holder), await countUsers()];
    const refusals = [];
    for (const email of [holder, newEmail()]) {
      const refused = await book(eventId, email, { seats }).then(
        () => assert.fail(code),
        (error) => error,
      );
      refusals.push({ code: refused.code, message: refused.message });
    }
    assert.equal(refusals[0]?.code, code);
    assert.deepEqual(refusals[0], refusals[1]);
    assert.deepEqual(await mailsTo(studio, holder), mailsBefore);
    assert.equal(await countUsers(), usersBefore);
  }
  await assert.rejects(book(999_999, holder), { code: 'not-found' });
});

async function countUsers() {
  const { count } = await db.selectFrom('users').select(db.fn.countAll<string>().as('count')).executeTakeFirstOrThrow();
  return Number(count);
}

test('guests who want the last place at once get one of it', async () => {
  const eventId = await addEvent({ max_participants: 1 });
  const outcomes = await countOutcomes(Array.from({ length: 10 }, () => book(eventId, newEmail())));
  assert.deepEqual(outcomes, { ok: 1, 'event-full': 9 });
});

test('a guest who cancelled books anew, within the day and more than once', async () => {
  const email = newEmail();
  const eventId = await addEvent();
  for (let i = 0; i < 3; i++) {
    await book(eventId, email);
    const { visit } = (await findGuestBooking(app, await guestTokenOf(studio, email))) ?? assert.fail();
    await cancelBooking(db, visit.id, { userId: visit.user_id, isAdmin: false, facilitatorId: null, assists: [] });
  }
  await book(eventId, email);
  const statuses = (await bookingsOf(email)).map(({ status }) => status);
  assert.deepEqual(statuses, ['cancelled', 'cancelled', 'cancelled', 'confirmed']);
});

test('an erased address books as somebody new', async () => {
  const email = newEmail();
  const eventId = await addEvent();
  await book(eventId, email);
  const token = await guestTokenOf(studio, email);
  const { visit } = (await findGuestBooking(app, token)) ?? assert.fail();
  await erasePerson(db, visit.user_id);
  assert.equal(await findGuestBooking(app, token), undefined);
  await book(eventId, email);
  assert.deepEqual(
    (await bookingsOf(email)).map(({ status }) => status),
    ['confirmed'],
  );
  assert.notEqual((await bookingsOf(email))[0]?.id, visit.id);
});

test('whoever is erased between being found and being booked is somebody new in the same breath', async () => {
  const email = newEmail();
  const eventId = await addEvent();
  let erased = 0;
  const desk: typeof app.desk = {
    ...app.desk,
    async bookOnce(wanted, request) {
      if (erased++ === 0) await erasePerson(db, wanted.userId);
      return await app.desk.bookOnce(wanted, request);
    },
  };
  await bookAsGuest({ ...app, desk }, { eventId, seats: 1, name: 'Gus', email, network });
  assert.equal((await bookingsOf(email)).length, 1);
});

test('RATE-07: twenty-one bookings an hour from one network are one too many', async () => {
  const limited = await createTestApp({ RATE_LIMITS: 'on' });
  const { facilitatorId: leader } = await limited.addFacilitator();
  const eventId = await limited.addEvent({ facilitator_id: leader, max_participants: 50 });
  const from = (email: string, where: string) =>
    bookAsGuest(limited.app, { eventId, seats: 1, name: 'G', email, network: where });
  for (let i = 0; i < 20; i++) await from(`g${i}@example.org`, '192.0.2.1');
  await assert.rejects(from('g20@example.org', '192.0.2.1'), { code: 'too-many-requests' });
  await from('g20@example.org', '192.0.2.2');
});

test('a guest claims all bookings of the address by the link in one mail, once of twenty tries', async () => {
  const email = newEmail();
  await book(await addEvent(), email);
  await book(await addEvent(), email);
  const token = await guestTokenOf(studio, email);
  const settled = await Promise.allSettled(
    Array.from({ length: 20 }, (_, i) =>
      claimAccount(app, { token, password: `${password} ${i}`, agent: undefined, now }),
    ),
  );
  const claimed = settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  assert.equal(claimed.length, 1);
  for (const one of settled) if (one.status === 'rejected') assert.equal(one.reason.code, 'link-ended');
  const [entered] = claimed;
  assert.ok(entered && 'token' in entered);
  const identity = await identifyCookie(db, entered.token, []);
  assert.deepEqual([identity?.email, identity?.isProven], [email, true]);
  const found = await findGuestBooking(app, token);
  assert.equal(found?.hasAccount, true, 'the link leads to signing in from now on');
});

test('… and if it were not noted, the link would give it away again and again', async () => {
  const email = newEmail();
  await book(await addEvent(), email);
  const token = await guestTokenOf(studio, email);
  for (let i = 0; i < 3; i++) {
    await claimAccount(app, { token, password: `${password} ${i}`, agent: undefined, now });
    await sql`update users set password = '!', proven_at = null where email = ${email}`.execute(db);
  }
});

test('the link of another booking, person or address opens nothing', async () => {
  const [one, other] = [newEmail(), newEmail()];
  const eventId = await addEvent();
  await book(eventId, one);
  await book(eventId, other);
  const token = await guestTokenOf(studio, one);
  const forged = `${token.split('.')[0]}.${(await guestTokenOf(studio, other)).split('.')[1]}`;
  for (const wrong of [forged, '', 'x', `${token}x`, '7']) {
    assert.equal(await findGuestBooking(app, wrong), undefined, wrong);
    await assert.rejects(claimAccount(app, { token: wrong, password, agent: undefined, now }), { code: 'link-ended' });
  }
  await sql`update users set email = 'moved@example.org' where email = ${one}`.execute(db);
  assert.equal(await findGuestBooking(app, token), undefined);
});

test('two who come with one new address at once are one person', async () => {
  for (let round = 0; round < 5; round++) {
    const email = newEmail();
    const ids = await Promise.all(Array.from({ length: 10 }, (_, i) => admitGuest(db, { name: `G ${i}`, email })));
    assert.equal(new Set(ids).size, 1);
  }
});
