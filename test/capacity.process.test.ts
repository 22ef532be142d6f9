import assert from 'node:assert/strict';
import { connect as connectSocket } from 'node:net';
import { test } from 'node:test';
import { connect } from '@samaya/platform/database.ts';
import { countTries } from '@samaya/platform/test-tries.ts';
import { findViolations } from '../apps/booking/src/server/bookings/booking-invariants-queries.ts';
import type { DB } from '../apps/booking/src/server/database-types.ts';
import { sendTogether } from './send-together.ts';
import { countAnswers, openTwoDoors, type TwoDoors } from './two-doors.ts';

// What everybody writes first: a look, the time a busy server may take (here until somebody else has looked as well),
// and only then the insert. And for those who come together no look at all.
const UNGUARDED = `
  alter table events drop constraint events_seats_within_capacity;
  drop index bookings_one_active;
  create or replace function book_place(for_user integer, at_event integer, wanted_seats integer)
    returns setof bookings language plpgsql as $$
    begin
      if (select seats_taken + wanted_seats > max_participants from events where id = at_event) then return; end if;
      perform pg_advisory_xact_lock_shared(at_event);
      while clock_timestamp() < statement_timestamp() + interval '2 seconds'
        and not exists (select from bookings where event_id = at_event)
        and 2 > (select count(*) from pg_locks where locktype = 'advisory' and objid = at_event::oid and database =
          (select oid from pg_database where datname = current_database()))
      loop perform pg_sleep(0.005); end loop;
      return query insert into bookings (user_id, event_id, seats) values (for_user, at_event, wanted_seats) returning *;
    end $$;
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
      from booked $$`;

const doors = await openTwoDoors();
const unguarded = await openTwoDoors(UNGUARDED);

test('CAP-00: the same race without the guard oversells, so the races of this file can see', async (t) => {
  const rounds = countTries(t, 'CAP-00', { short: 50, full: 50 });
  let oversold = 0;
  for await (const { taken } of raceForLastSeat(unguarded, rounds)) if (taken > 1) oversold++;
  assert.ok(oversold >= rounds * 0.9, `${oversold} of ${rounds}`);
});

test('CAP-01: two people want the last seat at one instant, each at another process: one has it', async (t) => {
  for await (const { kinds, taken } of raceForLastSeat(doors, countTries(t, 'CAP-01', { short: 500, full: 500 }))) {
    assert.deepEqual({ kinds, taken }, { kinds: { 201: 1, '409 event-full': 1 }, taken: 1 });
  }
});

async function* raceForLastSeat(at: TwoDoors, rounds: number) {
  const people = await at.addPeople(2);
  for (const eventId of await at.addEvents(Array(rounds).fill(1))) {
    const answers = await at.race(people.map((person) => ({ person, eventId })));
    yield { kinds: countAnswers(answers), taken: await seatsOf(at, eventId) };
  }
}

test('CAP-02: 200 people storm two processes for 10 places', async (t) => {
  for await (const { kinds, taken } of stormForTen(doors, countTries(t, 'CAP-02', { short: 8, full: 50 }))) {
    assert.deepEqual({ kinds, taken }, { kinds: { 201: 10, '409 event-full': 190 }, taken: 10 });
  }
  assert.equal(await deadlocksOf(doors), 0);
});

test('negative control: without the guards the same storm oversells', async () => {
  for await (const { taken } of stormForTen(unguarded, 1)) assert.ok(taken > 10, `${taken}`);
});

async function* stormForTen(at: TwoDoors, rounds: number) {
  const people = await at.addPeople(200);
  for (const eventId of await at.addEvents(Array(rounds).fill(10))) {
    const answers = await at.race(people.map((person) => ({ person, eventId })));
    yield { kinds: countAnswers(answers), taken: await seatsOf(at, eventId) };
  }
}

test('CAP-04: a person who clicks twenty times has one booking', async (t) => {
  for await (const { kinds, taken } of clickTwentyTimes(doors, countTries(t, 'CAP-04', { short: 40, full: 100 }))) {
    assert.deepEqual({ kinds, taken }, { kinds: { 201: 1, '409 already-booked': 19 }, taken: 1 });
  }
});

test('negative control: without the index of active bookings the same person has several', async () => {
  for await (const { taken } of clickTwentyTimes(unguarded, 1)) assert.ok(taken > 1, `${taken}`);
});

async function* clickTwentyTimes(at: TwoDoors, rounds: number) {
  const [person] = await at.addPeople(1);
  assert.ok(person);
  for (const eventId of await at.addEvents(Array(rounds).fill(30))) {
    const clicks = Array.from({ length: 20 }, (_, n) => ({ person, eventId, key: `click-${eventId}-${n}` }));
    const answers = await at.race(clicks);
    yield { kinds: countAnswers(answers), taken: await seatsOf(at, eventId) };
  }
}

test('CAP-05: a request repeated twenty times at once, and later, is one booking and one answer', async (t) => {
  const [person] = await doors.addPeople(1);
  assert.ok(person);
  const rounds = countTries(t, 'CAP-05', { short: 30, full: 200 });
  for (const eventId of await doors.addEvents(Array(rounds).fill(30))) {
    const wish = { person, eventId, key: `retry-${eventId}` };
    const atOnce = await doors.race(Array(20).fill(wish));
    const kinds = new Set(Object.keys(countAnswers(atOnce)));
    assert.deepEqual([...kinds.difference(new Set(['201', '409 idempotency-in-progress']))], []);
    const later = await doors.race(Array(5).fill(wish));
    assert.ok(later.every(({ status, headers }) => status === 201 && headers['idempotency-replayed'] === 'true'));
    const bodies = [...atOnce.filter(({ status }) => status === 201), ...later].map(({ text }) => text);
    assert.equal(new Set(bodies).size, 1);
    assert.equal(await seatsOf(doors, eventId), 1);
  }
});

test('CAP-06: a key is for one request of one person', async (t) => {
  const [ana, bo] = await doors.addPeople(2);
  assert.ok(ana && bo);
  const rounds = countTries(t, 'CAP-06', { short: 20, full: 50 });
  for (const eventId of await doors.addEvents(Array(rounds).fill(30))) {
    const key = `shared-${eventId}`;
    const [first] = await doors.race([{ person: ana, eventId, key }]);
    const [, otherBody] = await doors.race([
      { person: bo, eventId, key },
      { person: ana, eventId, seats: 2, key },
    ]);
    assert.deepEqual([otherBody?.status, otherBody?.body.code], [422, 'idempotency-mismatch']);
    const [otherPerson] = await doors.race([{ person: bo, eventId, key }]);
    assert.equal(otherPerson?.body.user_id, bo.userId);
    assert.notEqual(otherPerson?.body.id, first?.body.id);
    assert.equal(await seatsOf(doors, eventId), 2);
  }
});

test('CAP-07: what is no key is refused, and books nothing', async (t) => {
  const [person] = await doors.addPeople(1);
  const [eventId] = await doors.addEvents([30]);
  // A list of keys arrives as one value with a comma; some characters end the request before it began.
  const keys = [
    '',
    ' ',
    'k'.repeat(256),
    'a b',
    'é',
    'a\x7f',
    'a, b',
    'a\tb',
    'a\rb',
    'a\0b',
    'a\r\nIdempotency-Key: b',
  ];
  countTries(t, 'CAP-07', { short: keys.length, full: keys.length });
  for (const key of keys) {
    const answer = await sendWithKey(key, { token: String(person?.token), eventId: Number(eventId) });
    assert.match(answer, /^HTTP\/1\.1 400 /, JSON.stringify(key));
  }
  assert.equal(await seatsOf(doors, Number(eventId)), 0);
});

function sendWithKey(key: string, { token, eventId }: { token: string; eventId: number }): Promise<string> {
  const { port } = new URL(doors.urls[0]);
  const body = `{"event_id":${eventId}}`;
  const lines = [
    'POST /api/v1/bookings HTTP/1.1',
    `Host: localhost:${port}`,
    'Connection: close',
    `Authorization: Bearer ${token}`,
    'Content-Type: application/json',
    `Content-Length: ${body.length}`,
    `Idempotency-Key: ${key}`,
  ];
  return new Promise((resolve) => {
    let said = '';
    const socket = connectSocket(Number(port), '127.0.0.1', () => socket.write(`${lines.join('\r\n')}\r\n\r\n${body}`));
    socket
      .setEncoding('latin1')
      .on('data', (text) => {
        said += text;
      })
      // A connection may be reset once it was answered.
      .on('error', () => undefined)
      .on('close', () => resolve(said));
  });
}

test('CAP-12: a booking cancelled twenty times at once gives its seats back once', async (t) => {
  const [person, other] = await doors.addPeople(2);
  assert.ok(person && other);
  const rounds = countTries(t, 'CAP-12', { short: 30, full: 200 });
  for (const eventId of await doors.addEvents(Array(rounds).fill(5))) {
    await doors.race([{ person: other, eventId, seats: 2 }]);
    const [booked] = await doors.race([{ person, eventId, seats: 2 }]);
    const cancels = await sendTogether(
      Array.from({ length: 20 }, (_, n) => cancelRequest(n, person.token, booked?.body.id)),
    );
    assert.deepEqual(countAnswers(cancels), { 200: 20 });
    assert.equal(new Set(cancels.map(({ text }) => text)).size, 1);
    assert.equal(await seatsOf(doors, eventId), 2);
  }
});

test('CAP-13: a cancellation and ten who wait for the place, at once: it is taken once at most', async (t) => {
  const [holder, ...waiting] = await doors.addPeople(11);
  assert.ok(holder);
  const rounds = countTries(t, 'CAP-13', { short: 40, full: 200 });
  let handedOn = 0;
  for (const eventId of await doors.addEvents(Array(rounds).fill(1))) {
    const [booked] = await doors.race([{ person: holder, eventId }]);
    const [cancelled, ...answers] = await sendTogether([
      cancelRequest(0, holder.token, booked?.body.id),
      ...waiting.map((person, n) => ({
        url: String(doors.urls[n % 2]),
        path: '/api/v1/bookings',
        token: person.token,
        body: { event_id: eventId },
      })),
    ]);
    assert.equal(cancelled?.status, 200);
    const { 201: taken = 0, '409 event-full': refused = 0, ...others } = countAnswers(answers);
    assert.deepEqual([others, taken + refused, taken <= 1], [{}, 10, true]);
    assert.equal(await seatsOf(doors, eventId), taken);
    handedOn += taken;
  }
  t.diagnostic(`${handedOn} of ${rounds} places were handed on`);
});

test('CAP-13: a place given back before ten come for it is had by one of them', async () => {
  const [holder, ...waiting] = await doors.addPeople(11);
  const [eventId = 0] = await doors.addEvents([1]);
  assert.ok(holder);
  const [booked] = await doors.race([{ person: holder, eventId }]);
  const [cancelled] = await sendTogether([cancelRequest(1, holder.token, booked?.body.id)]);
  assert.equal(cancelled?.status, 200);
  const answers = await doors.race(waiting.map((person) => ({ person, eventId })));
  assert.deepEqual(countAnswers(answers), { 201: 1, '409 event-full': 9 });
  assert.equal(await seatsOf(doors, eventId), 1);
});

function cancelRequest(n: number, token: string, id: number) {
  return { url: String(doors.urls[n % 2]), path: `/api/v1/bookings/${id}/cancel`, token, body: '{}' };
}

test('CAP-15: seats that are no number of seats are refused, and more than there are get none', async (t) => {
  const [person, other] = await doors.addPeople(2);
  assert.ok(person && other);
  const [eventId = 0] = await doors.addEvents([5]);
  const amounts = ['0', '-1', '-0', '1.5', '"1"', 'NaN', '1e400', '[1]', '{}', 'true', 'null', '0.1e0', '1e-9', '""'];
  countTries(t, 'CAP-15', { short: amounts.length + 5, full: amounts.length + 5 });
  const ask = async (who: typeof person, seats: string, event = eventId) => {
    const [answer] = await sendTogether([
      {
        url: doors.urls[0],
        path: '/api/v1/bookings',
        token: who.token,
        body: `{"event_id":${event},"seats":${seats}}`,
      },
    ]);
    return `${answer?.status} ${answer?.body?.code ?? ''}`.trim();
  };
  for (const amount of amounts) assert.match(await ask(person, amount), /^4(00 bad-request|22 invalid)$/, amount);
  for (const amount of ['6', '1e9', '9007199254740991']) assert.equal(await ask(person, amount), '422 too-many-seats');
  assert.equal(await seatsOf(doors, eventId), 0);
  assert.equal(await ask(other, '3'), '201');
  assert.equal(await ask(person, '3'), '409 not-enough-seats');
  assert.equal(await seatsOf(doors, eventId), 3);
});

test('after all of it the books are right', async () => {
  const database = connect<DB>(doors.database.appUrl, { applicationName: 'test', statementTimeoutMs: 30_000 });
  assert.deepEqual(await findViolations(database.kysely).finally(() => database.close()), []);
  assert.equal(await deadlocksOf(doors), 0);
});

async function seatsOf({ owner }: TwoDoors, eventId: number): Promise<number> {
  const { rows } = await owner.query(
    `select e.seats_taken, coalesce(sum(b.seats) filter (where holds_seat(b.status)), 0)::int as held
     from events e left join bookings b on b.event_id = e.id where e.id = $1 group by e.id`,
    [eventId],
  );
  assert.equal(rows[0].seats_taken, rows[0].held);
  return rows[0].held;
}

async function deadlocksOf({ owner }: TwoDoors): Promise<number> {
  const { rows } = await owner.query('select deadlocks::int from pg_stat_database where datname = current_database()');
  return rows[0].deadlocks;
}
