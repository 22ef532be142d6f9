import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { createTestDatabase } from '@samaya/platform/test-database.ts';
import pg from 'pg';
import { createHistory, readBooks } from './booking-history.ts';
import { checkHistory, resolveUnknown, type Verdict } from './check-history.ts';
import { createCrowd } from './crowd.ts';
import { startBooking } from './processes.ts';

const CLEAN: Verdict = { lost: [], phantom: [], duplicate: [], over: [] };

const database = await createTestDatabase('booking');
const { people, eventIds } = await createCrowd(database.ownerUrl, { places: [2, 2, 100], people: 10 });
const owner = new pg.Client({ connectionString: database.ownerUrl });
// The database is dropped first.
owner.on('error', () => undefined);
await owner.connect();
after(() => owner.end());
const booking = await startBooking({ database });
const { url } = booking;
const history = createHistory();

// A small day: five want two places each, some change their mind; keys are repeated, and some send none.
for (const [n, { token, userId }] of people.entries()) {
  const door = { url, token };
  const wish = { userId, eventId: Number(eventIds[n % 2]), seats: 1, key: 'first' };
  const booked = await history.book(door, wish);
  await history.book(door, wish);
  await history.book(door, { userId, eventId: Number(eventIds[2]), seats: 2 });
  if (n % 3 === 0 && booked.outcome === 'ok') await history.cancel(door, booked);
}
// From here on nobody else holds a lock of the tables that are tampered with.
await booking.stop();
// One who never learnt what became of the request, and one whose request never arrived.
const [unsure] = history.deeds;
assert.ok(unsure?.bookingId);
const deeds = [
  ...history.deeds.filter((deed) => deed.key !== unsure.key || deed.userId !== unsure.userId),
  { ...unsure, outcome: 'unknown' as const, bookingId: undefined as never },
  { ...unsure, key: 'never arrived', outcome: 'unknown' as const, bookingId: undefined as never },
];

test('a history that the books bear out is clean, and what nobody knew is found by its key', async () => {
  const books = await readBooks(owner);
  assert.deepEqual(checkHistory(history.deeds, books), CLEAN);
  assert.deepEqual(resolveUnknown(deeds, books), { kept: 1, gone: 1 });
  assert.deepEqual(
    history.deeds.filter(({ outcome }) => outcome === 'refused').map(({ code }) => code),
    Array(8).fill('event-full'),
  );
});

const FIRST = 'select min(id) from bookings where holds_seat(status)';
const COPY = `insert into bookings (user_id, event_id, seats)
  select user_id, event_id, seats from bookings where id = (${FIRST})`;
const UNGUARDED = `alter table bookings disable trigger user; alter table events disable trigger user;
  alter table events drop constraint events_seats_within_capacity; drop index bookings_one_active;`;

const TAMPERED: readonly [what: string, statement: string, found: Partial<Record<keyof Verdict, RegExp>>][] = [
  ['a booking that vanished', `delete from bookings where id = (${FIRST})`, { lost: /was promised and is gone/ }],
  [
    'a booking that was cancelled behind its person’s back',
    `update bookings set status = 'cancelled' where id = (${FIRST})`,
    { lost: /is cancelled, and nobody asked for that/ },
  ],
  [
    'a seat that was taken away',
    'update bookings set seats = 1 where id = (select max(id) from bookings)',
    { lost: /was promised as 2 at event \d+, and is 1/ },
  ],
  [
    'a cancellation that did not last',
    "update events set max_participants = 99 where true; update bookings set status = 'confirmed' where id = (select max(id) from bookings where status = 'cancelled')",
    { lost: /was cancelled and holds its seat/ },
  ],
  [
    'a booking out of nowhere',
    `with stranger as (insert into users (name, email, password) values ('S', 's@crowd.example', '!') returning id)
     insert into bookings (user_id, event_id) select id, ${eventIds[2]} from stranger`,
    { phantom: /was never asked for/ },
  ],
  [
    'a booking of somebody who was told no',
    `insert into idempotency_keys (owner, key, fingerprint, status, body)
     select 'user:' || ${people[9]?.userId}, 'first', '', 201, json_build_object('id', max(id)) from bookings`,
    { phantom: /was told event-full, and has booking/ },
  ],
  ['one person twice', `${UNGUARDED} ${COPY}`, { phantom: /never asked/, duplicate: /has bookings/, over: /counts/ }],
  [
    'more sold than there are',
    `${UNGUARDED} update events set max_participants = 1 where id = ${eventIds[0]}`,
    { over: /has 1 places and sold 2[\s\S]*has 1 places and had sold \d at one moment/ },
  ],
  [
    'a counter that drifted',
    `${UNGUARDED} update events set seats_taken = seats_taken + 1 where id = ${eventIds[0]}`,
    { over: /sold 2 places and counts 3/ },
  ],
];

for (const [what, statement, found] of TAMPERED) {
  test(`negative control: ${what} is found`, async () => {
    await owner.query('begin');
    const verdict = await owner
      .query(statement)
      .then(() => readBooks(owner))
      .then((books) => checkHistory(history.deeds, books))
      .finally(() => owner.query('rollback'));
    for (const kind of Object.keys(CLEAN) as (keyof Verdict)[]) {
      if (found[kind]) assert.match(verdict[kind].join('\n'), found[kind]);
      else assert.deepEqual(verdict[kind], [], kind);
    }
  });
}

test('negative control: answers that contradict each other are found, whatever the books say', async () => {
  const books = await readBooks(owner);
  const [first, second] = history.deeds.filter(({ key, outcome }) => key === 'first' && outcome === 'ok');
  assert.ok(first?.bookingId && second);
  const twice = checkHistory([...history.deeds, { ...first, key: 'another' }], books);
  assert.match(twice.duplicate.join('\n'), /was promised to \d+ first and \d+ another/);
  const moved = checkHistory([...history.deeds, { ...first, bookingId: first.bookingId + 1 }], books);
  assert.match(moved.duplicate.join('\n'), /first was promised bookings/);
});
