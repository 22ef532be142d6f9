import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { identityOf, openStudio } from '#server/test-studio.ts';
import { findViolations } from './booking-invariants-queries.ts';
import { markMany } from './mark-many.ts';

const studio = await openStudio();
const { db, pool } = studio;
const maya = identityOf(0, { facilitatorId: studio.facilitatorId });

afterEach(async () => assert.deepEqual(await findViolations(db), []));

async function eventWith(statuses: readonly string[], startsIn = '-5 minutes') {
  const eventId = await studio.addEvent({ startsIn, places: 20 });
  const users = await studio.addUsers(statuses.length);
  const { rows } = await pool.query(
    'insert into bookings (user_id, event_id, status) select u, $1, s from unnest($2::int[], $3::text[]) as b (u, s) returning id',
    [eventId, users, statuses],
  );
  return { eventId, ids: rows.map(({ id }) => Number(id)) };
}

async function statusesOf(eventId: number): Promise<string[]> {
  const { rows } = await pool.query('select status from bookings where event_id = $1 order by id', [eventId]);
  return rows.map(({ status }) => status);
}

const all = { from: 'confirmed', to: 'attended' } as const;

test('everybody of whom nothing is noted came, and that is taken back exactly', async () => {
  const { eventId } = await eventWith(['confirmed', 'no_show', 'attended', 'confirmed', 'cancelled', 'waitlisted']);
  const marked = await markMany(db, { eventId, ...all }, maya);
  assert.deepEqual(await statusesOf(eventId), [
    'attended',
    'no_show',
    'attended',
    'attended',
    'cancelled',
    'waitlisted',
  ]);
  assert.equal(marked.length, 2);
  const back = await markMany(db, { eventId, ids: marked, from: 'attended', to: 'confirmed' }, maya);
  assert.deepEqual(back.sort(), marked.sort());
  assert.deepEqual(await statusesOf(eventId), [
    'confirmed',
    'no_show',
    'attended',
    'confirmed',
    'cancelled',
    'waitlisted',
  ]);
});

test('of nobody too early, after a cancelling, at another event or by somebody else', async () => {
  const early = await eventWith(['confirmed'], '40 minutes');
  assert.deepEqual(await markMany(db, { eventId: early.eventId, ...all }, maya), []);
  const off = await eventWith(['confirmed']);
  await pool.query('update events set cancelled_at = now(), is_active = false where id = $1', [off.eventId]);
  assert.deepEqual(await markMany(db, { eventId: off.eventId, ...all }, maya), []);
  const [one, other] = [await eventWith(['confirmed']), await eventWith(['confirmed'])];
  assert.deepEqual(await markMany(db, { eventId: one.eventId, ids: other.ids, ...all }, maya), []);
  await assert.rejects(markMany(db, { eventId: one.eventId, ...all }, identityOf(1)), { code: 'forbidden' });
  assert.deepEqual(await statusesOf(one.eventId), ['confirmed']);
  assert.deepEqual(await statusesOf(other.eventId), ['confirmed']);
});

test('what the table of transitions does not allow changes nothing', async () => {
  const { eventId } = await eventWith(['confirmed']);
  assert.deepEqual(await markMany(db, { eventId, from: 'confirmed', to: 'confirmed' }, maya), []);
});
