import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { after, test } from 'node:test';
import { createToken } from '@samaya/platform/opaque-token.ts';
import { countTries } from '@samaya/platform/test-tries.ts';
import pg from 'pg';
import { buildPages } from '../scripts/build.ts';
import { isTest, listSourceFiles, readSource } from '../scripts/source-files.ts';
import type { CrowdPerson } from './crowd.ts';
import { type RacingRequest, sendTogether } from './send-together.ts';
import { bookingRequest, openTwoDoors } from './two-doors.ts';

await buildPages({ write: () => undefined });
const { owner, urls, addEvents, addPeople, database } = await openTwoDoors();
const stranger = new pg.Pool({ connectionString: database.appUrl, max: 4 });
stranger.on('error', () => undefined);
after(() => stranger.end());

/** The cookie of somebody's browser. */
async function openPageSignIn(userId: number): Promise<string> {
  const { token, hash } = createToken();
  await owner.query(
    "insert into sign_ins (secret_hash, kind, user_id, expires_at) values ($1, 'page', $2, now() + interval '1 day')",
    [hash, userId],
  );
  return `samaya_booking=${token}`;
}

const { rows: organisers } = await owner.query(
  "insert into users (name, email, password, proven_at) values ('Maya Lind', 'maya@studio.example', '!', now()) returning id",
);
const organiser = await openPageSignIn(organisers[0].id);

interface Comer {
  url: string;
  person: CrowdPerson;
  cookie: string;
  eventId: number;
  /** The event's page. */
  path: string;
}

/** Each way in which a booking can be made; answers whether it was. */
const DOORS: Readonly<Record<string, (comer: Comer) => RacingRequest | (() => Promise<boolean>)>> = {
  'the API': ({ url, person, eventId }) => bookingRequest(url, { person, eventId }),
  'the API with a key': ({ url, person, eventId }) => bookingRequest(url, { person, eventId, key: `door-${eventId}` }),
  'the page of the event': ({ url, cookie, path }) => form(url, `${path}?/book`, { seats: '1', member: '1' }, cookie),
  'the page of the event, as a guest': ({ url, person, path }) =>
    form(url, `${path}?/book`, { seats: '1', name: 'Bo Berg', email: `guest${person.userId}@guests.example` }),
  'the organiser’s list': ({ url, person, eventId }) =>
    form(
      url,
      `/organise/events/${eventId}/roster?/add`,
      { name: 'Bo Berg', email: `listed${person.userId}@guests.example`, places: '1' },
      organiser,
    ),
  'a row in the table':
    ({ person, eventId }) =>
    () =>
      stranger.query('insert into bookings (user_id, event_id) values ($1, $2)', [person.userId, eventId]).then(
        () => true,
        (error: pg.DatabaseError) => {
          assert.equal(error.code, '23514');
          return false;
        },
      ),
};

function form(url: string, path: string, fields: Record<string, string>, cookie?: string): RacingRequest {
  return {
    url,
    path,
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      accept: 'text/html',
      origin: url,
      'sec-fetch-site': 'same-origin',
      ...(cookie !== undefined && { cookie }),
    },
    body: new URLSearchParams(fields).toString(),
  };
}

/** Everybody comes at one instant; answers who got in, and whether somebody was told to come again. */
async function race(comers: readonly { door: string; comer: Comer }[]) {
  const wishes = comers.map(({ door, comer }) => DOORS[door]?.(comer));
  const calls = Promise.all(wishes.map((wish) => (typeof wish === 'function' ? wish() : undefined)));
  const answers = await sendTogether(wishes.filter((wish): wish is RacingRequest => typeof wish === 'object'));
  const inTurn = answers.values();
  let isUndecided = false;
  const isIn = (await calls).map((isIn, n) => {
    if (isIn !== undefined) return isIn;
    const { status = 0, text = '' } = inTurn.next().value ?? {};
    assert.ok([201, 303, 409, 503].includes(status), `${comers[n]?.door}: ${status} ${text.slice(0, 300)}`);
    // Where a process stands still for a second, who waits for it is told to come again, in or not.
    isUndecided ||= status === 503;
    return status < 400;
  });
  return { isIn, isUndecided };
}

for (const door of Object.keys(DOORS)) {
  test(`CAP-23: the last seat is sold once to who come by ${door}, among themselves and beside the API`, async (t) => {
    const rounds = countTries(t, 'CAP-23', { short: 20, full: 100 });
    let undecided = 0;
    const people = await addPeople(3);
    const cookies: string[] = [];
    for (const { userId } of people) cookies.push(await openPageSignIn(userId));
    for (const [round, eventId] of (await addEvents(Array(rounds).fill(1))).entries()) {
      const path = `/e/${eventId}-evening-circle-${round + 1}`;
      const comers = people.map((person, n) => ({
        door: n === 2 ? 'the API' : door,
        comer: { url: String(urls[n % 2]), person, cookie: String(cookies[n]), eventId, path },
      }));
      const { isIn, isUndecided } = await race(comers);
      const { rows } = await owner.query('select seats_taken from events where id = $1', [eventId]);
      const counts = { told: isIn.filter(Boolean).length, taken: rows[0].seats_taken };
      if (isUndecided) {
        undecided++;
        assert.ok(counts.told <= counts.taken && counts.taken <= 1, `${isIn} ${counts.taken}`);
      } else assert.deepEqual(counts, { told: 1, taken: 1 }, `${isIn}`);
    }
    t.diagnostic(`${undecided} of ${rounds} undecided`);
    assert.ok(undecided < rounds / 2, `${undecided} of ${rounds}`);
  });
}

// Whoever makes a booking goes through the desk or the one function behind it. A new place is a new door: race it above.
const MAKERS = [
  'apps/booking/src/routes/e/[event]/book-place.ts',
  'apps/booking/src/server/bookings/add-to-roster.ts',
  'apps/booking/src/server/bookings/book-as-guest.ts',
  'apps/booking/src/server/bookings/booking-api.ts',
  'apps/booking/src/server/bookings/booking-desk.ts',
  'apps/booking/src/server/bookings/create-booking.ts',
  // What the demonstration shows, while nobody else is there.
  'apps/booking/src/server/demo/demo-queries.ts',
  'apps/booking/src/server/demo/seed-demo.ts',
];

test('CAP-23: there is no other place that makes bookings', () => {
  const root = resolve(import.meta.dirname, '..');
  const makes = /desk\.book(Once)?\(|\bcreateBooking\(|insertInto\('bookings'\)|insert into bookings/;
  const found = listSourceFiles(root, 'apps')
    .concat(listSourceFiles(root, 'packages'))
    .filter((path) => /\/src\/.*\.ts$/.test(path) && !isTest(path))
    .filter((path) => makes.test(readSource(root, path)));
  assert.deepEqual(found.sort(), MAKERS);
});
