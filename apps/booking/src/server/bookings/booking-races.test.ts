import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { cancelEvent } from '#server/events/cancel-event.ts';
import { countOutcomes, identityOf, openStudio, type Studio } from '#server/test-studio.ts';
import { findViolations } from './booking-invariants-queries.ts';
import { cancelBooking } from './cancel-booking.ts';
import { createBooking } from './create-booking.ts';

const studio = await openStudio({ connections: 20 });

const withoutCapacity = async () => {
  const other = await openStudio({ connections: 20 });
  await other.asOwner('alter table events drop constraint events_seats_within_capacity');
  return other;
};
const withoutCounting = async () => {
  const other = await openStudio({ connections: 20 });
  await other.asOwner('alter table bookings disable trigger bookings_count_inserted');
  return other;
};
const withoutOneActive = async () => {
  const other = await openStudio({ connections: 20 });
  // The index itself stays, since book_place names it; it only no longer refuses.
  await other.asOwner(`drop index bookings_one_active;
    create or replace function book_place(for_user integer, at_event integer, wanted_seats integer) returns setof bookings
    language sql as $$ insert into bookings (user_id, event_id, seats) values (for_user, at_event, wanted_seats) returning * $$`);
  return other;
};

/** Work on connections of somebody who knows only the tables. They end with it: other tests need theirs too. */
async function asStranger<Result>(
  { appUrl }: Studio,
  work: (client: pg.Pool) => Promise<Result>,
  options = '',
): Promise<Result> {
  const client = new pg.Pool({ connectionString: appUrl, max: 20, ...(options && { options }) });
  client.on('error', () => undefined);
  return await work(client).finally(() => client.end());
}

/**
 * Holds an event's row until so many of those at work wait for a lock, then does something to it and lets go: so they
 * meet, however the machine runs.
 */
async function whileHeld<Result>(
  { pool }: Studio,
  { eventId, waiting, meanwhile = 'select $1::int' }: { eventId: number; waiting: number; meanwhile?: string },
  work: () => Promise<Result>,
): Promise<Result> {
  const holder = await pool.connect();
  // Another one, since a transaction sees what the others do as it was at its first look.
  const watcher = await pool.connect();
  try {
    await holder.query('begin');
    await holder.query('select 1 from events where id = $1 for no key update', [eventId]);
    const result = work();
    const deadline = performance.now() + 30_000;
    for (let here = 0; here < waiting; await sleep(5)) {
      assert.ok(performance.now() < deadline, `${here} of ${waiting} wait`);
      const { rows } = await watcher.query(
        `select count(*)::int as here from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
      );
      here = rows[0].here;
    }
    await holder.query(meanwhile, [eventId]);
    await holder.query('commit');
    return await result;
  } finally {
    holder.release();
    watcher.release();
  }
}

async function holdingSeats({ pool }: Studio, eventId: number): Promise<number> {
  const { rows } = await pool.query(
    'select coalesce(sum(seats), 0)::int as seats from bookings where event_id = $1 and holds_seat(status)',
    [eventId],
  );
  return rows[0].seats;
}

const insert = 'insert into bookings (user_id, event_id) values ($1, $2)';

async function insertByStrangers(at: Studio) {
  const eventId = await at.addEvent({ places: 10 });
  const users = await at.addUsers(200);
  const outcomes = await asStranger(at, (client) =>
    countOutcomes(users.map((userId) => client.query(insert, [userId, eventId]))),
  );
  return { outcomes, holding: await holdingSeats(at, eventId), violations: await findViolations(at.db) };
}

test('CAP-23: 200 inserts by the data model on 20 connections for 10 places give exactly 10', async () => {
  assert.deepEqual(await insertByStrangers(studio), { outcomes: { ok: 10, 23514: 190 }, holding: 10, violations: [] });
});

test('… and without the capacity constraint they oversell', async () => {
  const { holding, violations } = await insertByStrangers(await withoutCapacity());
  assert.equal(holding, 200);
  assert.deepEqual(
    violations.map(({ invariant }) => invariant),
    ['seats taken are between none and all'],
  );
});

test('… and without the counting trigger they oversell unnoticed by the counter', async () => {
  const { holding, violations } = await insertByStrangers(await withoutCounting());
  assert.equal(holding, 200);
  assert.ok(
    violations.some(({ invariant }) => invariant === 'seats taken are the seats of the bookings that hold them'),
  );
});

async function bookLastSeat(at: Studio) {
  const eventId = await at.addEvent({ places: 1 });
  const users = await at.addUsers(50);
  return await countOutcomes(users.map((userId) => createBooking(at.db, { userId, eventId, seats: 1 })));
}

test('CAP-01: 50 people want the last seat: one has it, the others are told that all are taken', async () => {
  assert.deepEqual(await bookLastSeat(studio), { ok: 1, 'event-full': 49 });
  assert.deepEqual(await findViolations(studio.db), []);
});

test('… and without the capacity constraint all 50 have it', async () => {
  assert.deepEqual(await bookLastSeat(await withoutCapacity()), { ok: 50 });
});

async function bookAgainAndAgain(at: Studio) {
  const eventId = await at.addEvent({ places: 30 });
  const [userId = 0] = await at.addUsers(1);
  const outcomes = await countOutcomes(
    Array.from({ length: 20 }, () => createBooking(at.db, { userId, eventId, seats: 1 })),
  );
  return { outcomes, taken: await at.seatsTaken(eventId) };
}

test('CAP-04: one person asking 20 times at once has one booking, counted once', async () => {
  assert.deepEqual(await bookAgainAndAgain(studio), { outcomes: { ok: 1, 'already-booked': 19 }, taken: 1 });
  assert.deepEqual(await findViolations(studio.db), []);
});

test('… and without the index of active bookings has 20', async () => {
  assert.deepEqual(await bookAgainAndAgain(await withoutOneActive()), { outcomes: { ok: 20 }, taken: 20 });
});

async function cancelWhileBooking(at: Studio) {
  const eventId = await at.addEvent({ places: 15 });
  const users = await at.addUsers(40);
  const book = (userId: number) => createBooking(at.db, { userId, eventId, seats: 1 });
  const early = await Promise.all(users.slice(0, 10).map(book));
  const outcomes = await countOutcomes([
    ...users.slice(10).map(book),
    ...early.flatMap(({ id, user_id }) => [
      cancelBooking(at.db, id, identityOf(user_id)),
      cancelBooking(at.db, id, identityOf(user_id)),
    ]),
  ]);
  return { outcomes, taken: await at.seatsTaken(eventId), holding: await holdingSeats(at, eventId) };
}

/** Two bookings that both wait for the event's row. */
async function bookTogether(at: Studio) {
  const eventId = await at.addEvent();
  const users = await at.addUsers(2);
  await whileHeld(at, { eventId, waiting: 2 }, () =>
    Promise.all(users.map((userId) => createBooking(at.db, { userId, eventId, seats: 1 }))),
  );
  return { taken: await at.seatsTaken(eventId), holding: await holdingSeats(at, eventId) };
}

test('CAP-13: bookings and cancellations crossing each other leave the counter exact', async () => {
  const { outcomes, taken, holding } = await cancelWhileBooking(studio);
  assert.deepEqual(Object.keys(outcomes).sort(), ['event-full', 'ok']);
  assert.equal(taken, holding);
  assert.deepEqual(await bookTogether(studio), { taken: 2, holding: 2 });
  assert.deepEqual(await findViolations(studio.db), []);
});

test('… and do not where bookings are looked at instead of what changed being added', async () => {
  const other = await openStudio({ connections: 20 });
  // What is looked at is what stood there before the wait for the event's row.
  await other.asOwner(`
    create function count_by_looking() returns trigger language plpgsql security definer as $$
      begin
        update events set seats_taken =
            (select coalesce(sum(seats), 0) from bookings where event_id = events.id and holds_seat(status))
          where id in (select event_id from new_rows);
        return null;
      end $$;
    drop trigger bookings_count_inserted on bookings;
    drop trigger bookings_count_updated on bookings;
    create trigger bookings_count_inserted after insert on bookings
      referencing new table as new_rows for each statement execute function count_by_looking();
    create trigger bookings_count_updated after update on bookings
      referencing new table as new_rows for each statement execute function count_by_looking()`);
  assert.deepEqual(await bookTogether(other), { taken: 1, holding: 2 });
});

async function bookWhileCancelling(at: Studio) {
  let leftOver = 0;
  for (let round = 0; round < 15; round++) {
    const eventId = await at.addEvent({ places: 40 });
    const users = await at.addUsers(18);
    const work = users.map((userId) => createBooking(at.db, { userId, eventId, seats: 1 }));
    work.splice(6, 0, cancelEvent(at.db, eventId, identityOf(0, { isAdmin: true })) as Promise<never>);
    const outcomes = await countOutcomes(work);
    assert.deepEqual(
      Object.keys(outcomes).filter((code) => code !== 'ok' && code !== 'event-inactive'),
      [],
    );
    leftOver += await holdingSeats(at, eventId);
  }
  return leftOver;
}

/** Bookings that found the event open and wait for its row while it is cancelled; answers how many hold a seat. */
async function bookBehindCancelling(at: Studio) {
  const eventId = await at.addEvent();
  const users = await at.addUsers(4);
  const meanwhile = 'update events set cancelled_at = now(), is_active = false where id = $1';
  await whileHeld(at, { eventId, waiting: 4, meanwhile }, () =>
    countOutcomes(users.map((userId) => createBooking(at.db, { userId, eventId, seats: 1 }))),
  );
  return await holdingSeats(at, eventId);
}

test('an event cancelled while people book keeps no booking that holds a seat', async () => {
  assert.equal(await bookWhileCancelling(studio), 0);
  assert.equal(await bookBehindCancelling(studio), 0);
  assert.deepEqual(await findViolations(studio.db), []);
});

test('… and without the second look of book_place it keeps those that waited', async () => {
  const other = await openStudio({ connections: 20 });
  await other.asOwner(`
    create or replace function book_place(for_user integer, at_event integer, wanted_seats integer) returns setof bookings
    language sql as $$
      insert into bookings (user_id, event_id, seats)
        select for_user, e.id, wanted_seats from events e where e.id = at_event and e.is_active and e.cancelled_at is null
        on conflict (event_id, user_id) where holds_seat(status) or status = 'waitlisted' do nothing
        returning * $$`);
  assert.equal(await bookBehindCancelling(other), 4);
});

/** All hold their first events and wait for the one in the middle before any goes on. */
async function insertInOppositeOrders(at: Studio, people: number) {
  const events: number[] = [];
  for (let n = 0; n < 6; n++) events.push(await at.addEvent({ places: 100 }));
  const users = await at.addUsers(people);
  const middle = { eventId: events[2] ?? 0, waiting: Math.min(people, 20) };
  return await asStranger(at, (client) =>
    whileHeld(at, middle, () =>
      countOutcomes(
        users.map((userId, n) =>
          client.query(
            `insert into bookings (user_id, event_id)
             select $1, event from unnest($2::int[]) with ordinality as wanted (event, place) order by place`,
            [userId, n % 2 === 0 ? events : events.toReversed()],
          ),
        ),
      ),
    ),
  );
}

test('CAP-21: inserts over several events in opposite orders never wait for each other in a ring', async () => {
  assert.deepEqual(await insertInOppositeOrders(studio, 60), { ok: 60 });
  assert.deepEqual(await findViolations(studio.db), []);
});

test('… and without one order of locks they do', async () => {
  const other = await openStudio({ connections: 20 });
  // Counting row by row locks the events in the order of the rows.
  await other.asOwner(`
    create function count_row() returns trigger language plpgsql security definer as
      $$ begin update events set seats_taken = seats_taken + 1 where id = new.event_id; return null; end $$;
    drop trigger bookings_count_inserted on bookings;
    create trigger bookings_count_inserted after insert on bookings for each row execute function count_row()`);
  const { '40P01': deadlocks = 0 } = await insertInOppositeOrders(other, 6);
  assert.ok(deadlocks > 0);
});

async function changeInOppositeOrders(at: Studio, people: number) {
  const events: number[] = [];
  for (let n = 0; n < 3; n++) events.push(await at.addEvent({ places: 100 }));
  const users = await at.addUsers(people);
  // A statement comes by a person's rows in the order in which they were written.
  for (const [n, userId] of users.entries()) {
    const inOrder = n % 2 === 0 ? events : events.toReversed();
    await at.pool.query(`${insert}, ($1, $3), ($1, $4)`, [userId, ...inOrder]);
  }
  const middle = { eventId: events[1] ?? 0, waiting: Math.min(people, 20) };
  const outcomes = await asStranger(at, (client) =>
    whileHeld(at, middle, () =>
      countOutcomes(users.map((userId) => client.query('update bookings set seats = 2 where user_id = $1', [userId]))),
    ),
  );
  return { outcomes, taken: await Promise.all(events.map((eventId) => at.seatsTaken(eventId))) };
}

test('CAP-21: changes of bookings at several events in opposite orders do not either', async () => {
  assert.deepEqual(await changeInOppositeOrders(studio, 40), { outcomes: { ok: 40 }, taken: [80, 80, 80] });
  assert.deepEqual(await findViolations(studio.db), []);
});

test('… and without one order of locks they do too', async () => {
  const other = await openStudio({ connections: 20 });
  await other.asOwner(`
    create function count_changed_row() returns trigger language plpgsql security definer as
      $$ begin update events set seats_taken = seats_taken + new.seats - old.seats where id = new.event_id; return null; end $$;
    drop trigger bookings_count_updated on bookings;
    create trigger bookings_count_updated after update on bookings for each row execute function count_changed_row()`);
  const { '40P01': deadlocks = 0 } = (await changeInOppositeOrders(other, 6)).outcomes;
  assert.ok(deadlocks > 0);
});

async function insertAtLevel(at: Studio, level: string) {
  const eventId = await at.addEvent({ places: 10 });
  const users = await at.addUsers(60);
  const insertUntilDecided = async (client: pg.Pool, userId: number) => {
    for (;;) {
      try {
        return await client.query(insert, [userId, eventId]);
      } catch (error) {
        if ((error as { code?: string }).code !== '40001') throw error;
      }
    }
  };
  const outcomes = await asStranger(
    at,
    (client) => countOutcomes(users.map((userId) => insertUntilDecided(client, userId))),
    `-c default_transaction_isolation=${level.replace(' ', '\\ ')}`,
  );
  return { outcomes, holding: await holdingSeats(at, eventId) };
}

for (const level of ['repeatable read', 'serializable']) {
  test(`CAP-17: clients at ${level} sell no more than there is, and may repeat what the database refused`, async () => {
    assert.deepEqual(await insertAtLevel(studio, level), { outcomes: { ok: 10, 23514: 50 }, holding: 10 });
    assert.deepEqual(await findViolations(studio.db), []);
  });

  test(`… and without the capacity constraint, ${level} does not keep them from it`, async () => {
    assert.deepEqual(await insertAtLevel(await withoutCapacity(), level), { outcomes: { ok: 60 }, holding: 60 });
  });
}
