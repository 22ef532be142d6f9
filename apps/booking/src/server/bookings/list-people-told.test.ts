import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cancelEvent } from '#server/events/cancel-event.ts';
import { changeEvent } from '#server/events/change-event.ts';
import { TOLD_FIELDS, toldChanges } from '#server/events/event.ts';
import { getOwnEvent } from '#server/events/get-event.ts';
import { identityOf, openStudio } from '#server/test-studio.ts';
import { BOOKING_STATUSES } from './booking.ts';
import { listPeopleTold } from './list-people-told.ts';

const studio = await openStudio();
const { db, pool } = studio;
const admin = identityOf(0, { isAdmin: true });

async function eventWithEverybody() {
  const eventId = await studio.addEvent({ places: 20 });
  const users = await studio.addUsers(BOOKING_STATUSES.length);
  await pool.query(
    'insert into bookings (user_id, event_id, status) select u, $1, s from unnest($2::int[], $3::text[]) as b (u, s)',
    [eventId, users, BOOKING_STATUSES],
  );
  await pool.query('delete from outbox');
  return eventId;
}

async function told(eventId: number): Promise<string[]> {
  const { rows } = await pool.query(
    `select u.name from outbox o join users u on u.id = o.user_id
     where o.destination = 'crm' and o.event_id = $1 order by search_form(u.name), o.booking_id`,
    [eventId],
  );
  return rows.map(({ name }) => name);
}

test('who is said to be told of a change are those whom the change then tells', async () => {
  const eventId = await eventWithEverybody();
  const { count, names } = await listPeopleTold(db, { eventId, of: 'change' }, admin);
  await changeEvent(db, eventId, { title: 'Yin at noon' }, admin);
  assert.deepEqual(names, await told(eventId));
  assert.equal(count, 5);
});

test('who is said to be told of a cancellation are those whom it then tells', async () => {
  const eventId = await eventWithEverybody();
  const { count, names } = await listPeopleTold(db, { eventId, of: 'cancellation' }, admin);
  await cancelEvent(db, eventId, admin);
  assert.deepEqual(names, await told(eventId));
  assert.equal(count, 4);
});

test('a large event counts everybody and names some; an empty one names nobody', async () => {
  const eventId = await studio.addEvent({ places: 100 });
  assert.deepEqual(await listPeopleTold(db, { eventId, of: 'change' }, admin), { count: 0, names: [] });
  await pool.query('insert into bookings (user_id, event_id) select unnest($2::int[]), $1', [
    eventId,
    await studio.addUsers(60),
  ]);
  const { count, names } = await listPeopleTold(db, { eventId, of: 'change' }, admin);
  assert.deepEqual([count, names.length], [60, 50]);
  await assert.rejects(listPeopleTold(db, { eventId, of: 'change' }, identityOf(0)), { code: 'forbidden' });
});

test('the fields of which people are told are those of the database', async () => {
  const other = await pool.query(
    "insert into facilitators (name, email) values ('Noah', 'noah@studio.example') returning id",
  );
  const changes = {
    title: 'Yin at noon',
    description: 'Other words.',
    date_time: new Date('2031-05-01T10:00:00Z'),
    duration: 90,
    max_participants: 30,
    price: 9,
    place: 'The attic',
    online: true,
    practice: 'Yin',
    level: 'Everyone',
    summary: 'Quiet.',
    is_active: false,
    facilitator_id: Number(other.rows[0].id),
  };
  for (const [field, value] of Object.entries(changes)) {
    const eventId = await eventWithEverybody();
    const event = await getOwnEvent(db, eventId, admin);
    const announced = toldChanges(event, { [field]: value });
    await changeEvent(db, eventId, { [field]: value }, admin);
    assert.equal((await told(eventId)).length > 0, announced.length > 0, field);
    assert.equal(
      announced.length > 0,
      TOLD_FIELDS.some((one) => one === field),
      field,
    );
  }
  const event = await getOwnEvent(db, await eventWithEverybody(), admin);
  assert.deepEqual(toldChanges(event, { title: event.title, date_time: new Date(event.date_time), place: null }), []);
});
