import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTestDatabase } from '@samaya/platform/test-database.ts';
import { book, inParallel } from './book-over-http.ts';
import { rowsOf } from './both-databases.ts';
import { createCrowd } from './crowd.ts';
import { startBooking } from './processes.ts';

/** Two booking processes on one database, and a crowd in front of both. */
async function openDoors(crowd: { places: number[]; people: number }, sabotage?: string) {
  const database = await createTestDatabase('booking');
  const made = await createCrowd(database.ownerUrl, crowd);
  if (sabotage) await rowsOf(database.ownerUrl, sabotage);
  const doors = [await startBooking({ database }), await startBooking({ database })];
  return { database, ...made, doorFor: (index: number) => String(doors[index % doors.length]?.url) };
}

async function twoHundredForTen(sabotage?: string) {
  const { database, people, eventIds, doorFor } = await openDoors({ places: [10], people: 200 }, sabotage);
  const eventId = Number(eventIds[0]);
  const answers = await inParallel(people, 200, ({ token }, index) => book({ url: doorFor(index), token, eventId }));
  const [kept] = await rowsOf(
    database.ownerUrl,
    `select seats_taken, (select count(*)::int from bookings where status = 'confirmed') as rows from events`,
  );
  return {
    booked: answers.filter((answer) => answer.status === 201).length,
    full: answers.filter((answer) => answer.status === 409 && answer.code === 'event-full').length,
    taken: kept?.seats_taken,
    rows: kept?.rows,
  };
}

async function twentyByOne(sabotage?: string) {
  const { database, people, eventIds, doorFor } = await openDoors({ places: [30], people: 1 }, sabotage);
  const token = String(people[0]?.token);
  const eventId = Number(eventIds[0]);
  const answers = await inParallel(Array(20).fill(0), 20, (_, index) => book({ url: doorFor(index), token, eventId }));
  const [kept] = await rowsOf(
    database.ownerUrl,
    `select seats_taken, (select count(*)::int from bookings where status = 'confirmed') as rows from events`,
  );
  return {
    booked: answers.filter((answer) => answer.status === 201).length,
    already: answers.filter((answer) => answer.status === 409 && answer.code === 'already-booked').length,
    taken: kept?.seats_taken,
    rows: kept?.rows,
  };
}

test('200 people at two processes get 10 places, and everybody gets an answer', async () => {
  assert.deepEqual(await twoHundredForTen(), { booked: 10, full: 190, taken: 10, rows: 10 });
});

test('negative control: without the constraint and the look at what is free, the same crowd oversells', async () => {
  const result = await twoHundredForTen(`
    alter table events drop constraint events_seats_within_capacity;
    drop function book_places;
    create function book_places(
      for_users integer[], at_events integer[], wanted_seats integer[], text[], text[], text[]
    ) returns table (
      request integer, outcome text, max_participants integer, seats_left integer,
      id integer, user_id integer, event_id integer, booking_date timestamptz, status text, seats integer, answer text
    ) language sql as $$
      with booked as (
        insert into bookings (user_id, event_id, seats)
          select * from unnest(for_users, at_events, wanted_seats) returning *)
      select row_number() over ()::integer, 'confirmed', 0, 0, id, user_id, event_id, booking_date, status, seats, '{}'
      from booked $$`);
  assert.ok(Number(result.taken) > 10, JSON.stringify(result));
});

test('one person asking 20 times at two processes gets one booking, and one seat is counted', async () => {
  assert.deepEqual(await twentyByOne(), { booked: 1, already: 19, taken: 1, rows: 1 });
});

test('negative control: without the unique index the same person books several times', async () => {
  const result = await twentyByOne(`
    drop index bookings_one_active;
    create or replace function book_place(for_user integer, at_event integer, wanted_seats integer)
      returns setof bookings language plpgsql as $$
      begin
        if exists (select 1 from bookings b where b.user_id = for_user and b.event_id = at_event) then return; end if;
        -- As long as a busy server may take between the look and the insert.
        perform pg_sleep(0.5);
        return query insert into bookings (user_id, event_id, seats) values (for_user, at_event, wanted_seats) returning *;
      end $$`);
  assert.ok(result.booked > 1, JSON.stringify(result));
});
