import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createToken } from '@samaya/platform/opaque-token.ts';
import { countTries, isFullRun, seedOf } from '@samaya/platform/test-tries.ts';
import { createHistory, type Deed, readBooks } from './booking-history.ts';
import { checkHistory } from './check-history.ts';
import { randomOf } from './random.ts';
import { countAnswers, openTwoDoors } from './two-doors.ts';

const CLEAN = { lost: [], phantom: [], duplicate: [], over: [] };

const doors = await openTwoDoors();
const { owner, urls } = doors;
const { rows: organisers } = await owner.query(
  "insert into users (name, email, password, proven_at) values ('Maya Lind', 'maya@studio.example', '!', now()) returning id",
);
const organiser = createToken();
await owner.query(
  "insert into sign_ins (secret_hash, kind, user_id, expires_at) values ($1, 'api', $2, now() + interval '1 day')",
  [organiser.hash, organisers[0].id],
);

test('CAP-03: while people still want to come no place stays empty, however many change their mind', async (t) => {
  const seed = seedOf(t);
  const places = isFullRun ? 100 : 40;
  const tries = countTries(t, 'CAP-03', { short: 2, full: 20 });
  const people = await doors.addPeople(places * 10);
  for (let round = 0; round < tries; round++) {
    const random = randomOf(seed + round);
    const [eventId = 0] = await doors.addEvents([places]);
    const history = createHistory();
    const doorOf = (n: number) => ({ url: String(urls[n % 2]), token: String(people[n]?.token) });
    const refused: number[] = [];
    let next = 0;
    const lane = async () => {
      for (let n = next++; n < people.length; n = next++) {
        const wish = { userId: Number(people[n]?.userId), eventId, seats: 1 };
        const deed = await history.book(doorOf(n), random.below(2) ? { ...wish, key: `r${round}` } : wish);
        const isSorry = deed.outcome === 'ok' && random.below(5) === 0;
        if (isSorry) await history.cancel({ ...doorOf(n), url: String(urls[(n + 1) % 2]) }, deed);
        else if (deed.code === 'event-full') refused.push(n);
      }
    };
    await Promise.all(Array.from({ length: 40 }, lane));
    // Places given back at the very end are there for who asks again; a process may remember "full" for half a second.
    await sleep(600);
    for (const n of refused) {
      const wish = { userId: Number(people[n]?.userId), eventId, seats: 1 };
      if ((await history.book(doorOf(n), wish)).code === 'event-full') break;
    }
    const books = await readBooks(owner);
    const own = { ...books, events: books.events.filter(({ id }) => id === eventId) };
    own.bookings = books.bookings.filter(({ event_id }) => event_id === eventId);
    assert.deepEqual(checkHistory(history.deeds, own), CLEAN, `TEST_SEED=${seed + round}`);
    assert.equal(own.events[0]?.seats_taken, places);
    assert.ok(history.deeds.some(({ does, outcome }) => does === 'cancel' && outcome === 'ok'));
  }
});

test('CAP-10: places taken away while people book: never fewer than are taken, and nobody gets one beyond', async (t) => {
  const tries = countTries(t, 'CAP-10', { short: 15, full: 50 });
  const people = await doors.addPeople(50);
  const outcomes: Record<string, number> = {};
  for (const eventId of await doors.addEvents(Array(tries).fill(50))) {
    const history = createHistory();
    const wishes = people.map((person, n) => ({
      door: { url: String(urls[n % 2]), token: person.token },
      wish: { userId: person.userId, eventId, seats: 1 },
    }));
    const early = await Promise.all(wishes.slice(0, 15).map(({ door, wish }) => history.book(door, wish)));
    assert.ok(early.every(({ outcome }) => outcome === 'ok'));
    const shrink = async (to: number) => {
      const response = await fetch(`${urls[0]}/api/v1/events/${eventId}`, {
        method: 'PATCH',
        headers: { authorization: `Bearer ${organiser.token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ max_participants: to }),
      });
      return { status: response.status, body: (await response.json()) as { code?: string; max_participants?: number } };
    };
    const late = wishes.slice(15).map(({ door, wish }) => history.book(door, wish));
    const changes = await Promise.all([shrink(20), shrink(14), shrink(30)]);
    const booked: Deed[] = [...early, ...(await Promise.all(late))];
    const { 200: changed = 0, '409 seats-taken': kept = 0, ...others } = countAnswers(changes);
    assert.deepEqual([others, changed + kept], [{}, 3]);
    for (const [kind, count] of Object.entries(countAnswers(changes))) outcomes[kind] = (outcomes[kind] ?? 0) + count;
    const { rows } = await owner.query('select max_participants, seats_taken from events where id = $1', [eventId]);
    assert.equal(rows[0].seats_taken, booked.filter(({ outcome }) => outcome === 'ok').length);
    assert.ok(rows[0].seats_taken <= rows[0].max_participants, JSON.stringify(rows));
    assert.ok([50, 20, 30].includes(rows[0].max_participants));
    // Where the race fell is luck: afterwards the line is exactly at the places taken.
    const beyond = await shrink(rows[0].seats_taken - 1);
    assert.deepEqual([beyond.status, beyond.body.code], [409, 'seats-taken']);
    assert.equal((await shrink(rows[0].seats_taken)).status, 200);
  }
  t.diagnostic(JSON.stringify(outcomes));
});
