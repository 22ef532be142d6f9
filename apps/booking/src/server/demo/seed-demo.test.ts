import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sql } from 'kysely';
import { findViolations } from '#server/bookings/booking-invariants-queries.ts';
import { createTestApp } from '#server/test-app.ts';
import { DEMO_ACCOUNTS, DEMO_FACILITATORS, DEMO_PASSWORD } from './demo-people.ts';
import { seedDemo } from './seed-demo.ts';

const DAY_MS = 86_400_000;
const studio = await createTestApp();
const { app, call, db } = studio;
const now = new Date();
const started = performance.now();
const { eventsAdded } = await seedDemo(app, { now });
const seedingMs = performance.now() - started;

async function countRows() {
  const { rows } = await sql<Record<string, number>>`
    select (select count(*) from users) as users, (select count(*) from facilitators) as facilitators,
           (select count(*) from events) as events, (select count(*) from bookings) as bookings,
           (select count(*) from outbox) as outbox`.execute(db);
  return rows[0];
}

test('fills a studio worth looking at', async (t) => {
  t.diagnostic(`${eventsAdded} events in ${Math.round(seedingMs)} ms`);
  const events = await db
    .selectFrom('events')
    .innerJoin('facilitators', 'facilitators.id', 'events.facilitator_id')
    .selectAll('events')
    .select('facilitators.email as led_by')
    .execute();
  const upcoming = events.filter((event) => event.date_time > now);
  const sessions = upcoming.filter((event) => event.event_type === 'session');
  assert.ok(sessions.length >= 40 && sessions.length <= 50, `${sessions.length}`);
  assert.equal(upcoming.filter((event) => event.event_type === 'retreat').length, 3);
  assert.ok(events.some((event) => event.date_time < now));
  assert.ok(upcoming.some((event) => event.seats_taken === event.max_participants));
  assert.ok(upcoming.some((event) => event.seats_taken === event.max_participants - 1));
  assert.equal(upcoming.filter((event) => event.cancelled_at !== null).length, 1);
  assert.ok(new Set(events.map((event) => event.time_zone)).size >= 2);
  assert.deepEqual([...new Set(events.map((event) => event.currency))].sort(), ['EUR', 'IDR']);
  assert.equal(new Set(events.map((event) => event.led_by)).size, DEMO_FACILITATORS.length);
  assert.ok(upcoming.some((event) => event.led_by === 'maya@samaya.example' && event.event_type === 'retreat'));
  assert.deepEqual(await findViolations(db), []);
});

test('every account signs in, with the rights it was promised', async () => {
  assert.equal(DEMO_ACCOUNTS.length, 254);
  const rights: Record<string, [isAdmin: boolean, isFacilitator: boolean]> = {
    'admin@samaya.example': [true, false],
    'maya@samaya.example': [false, true],
    'noah@samaya.example': [false, true],
    'ana@samaya.example': [false, false],
    'p001@samaya.example': [false, false],
    'p250@samaya.example': [false, false],
  };
  for (const [email, [isAdmin, isFacilitator]] of Object.entries(rights)) {
    const { status, body } = await call('POST', '/api/v1/sessions', { body: { email, password: DEMO_PASSWORD } });
    assert.equal(status, 201, email);
    assert.deepEqual([body.user.is_admin, body.user.facilitator_id !== null], [isAdmin, isFacilitator], email);
  }
  const unproven = await db.selectFrom('users').select('id').where('proven_at', 'is', null).execute();
  assert.deepEqual(unproven, []);
});

test('the first yin class with a free place is Maya’s, within a week', async () => {
  const { status, body, text } = await call('GET', '/api/v1/events?q=yin&available=true&limit=1');
  assert.equal(status, 200, text);
  const [yin] = body.items;
  assert.deepEqual([yin.facilitator.name, yin.title], ['Maya Lindqvist', 'Yin by lamplight']);
  assert.ok(yin.seats_left > 0 && Date.parse(yin.date_time) < now.getTime() + 7 * DAY_MS);
});

test('Ana has bookings of every kind, and Maya people to welcome', async () => {
  const { rows } = await sql<{ status: string; is_past: boolean }>`
    select b.status, e.date_time < ${now} as is_past from bookings b
    join users u on u.id = b.user_id join events e on e.id = b.event_id where u.email = 'ana@samaya.example'`.execute(
    db,
  );
  const kinds = rows.map(({ status, is_past }) => `${is_past ? 'past' : 'upcoming'} ${status}`).sort();
  assert.deepEqual(kinds, [
    'past attended',
    'upcoming cancelled',
    'upcoming confirmed',
    'upcoming confirmed',
    'upcoming confirmed',
  ]);
  const { rows: told } = await sql<{ kinds: string[] }>`
    select array_agg(distinct o.kind order by o.kind) as kinds from outbox o
    join events e on e.id = o.event_id join facilitators f on f.id = e.facilitator_id
    where f.email = 'maya@samaya.example'`.execute(db);
  assert.deepEqual(told[0]?.kinds, ['booking.attended', 'booking.confirmed']);
});

test('the participants p001 to p200 are free for whatever is tried with them', async () => {
  const { rows } = await sql`
    select 1 from bookings b join users u on u.id = b.user_id where u.email between 'p001' and 'p201'`.execute(db);
  assert.equal(rows.length, 0);
});

test('starting again adds nothing, and undoes nothing', async () => {
  const some = await db.selectFrom('events').select('id').where('date_time', '>', now).orderBy('id').limit(2).execute();
  const [first, second] = some;
  assert.ok(first && second);
  await db.updateTable('bookings').set({ status: 'cancelled' }).where('event_id', '=', first.id).execute();
  await db
    .updateTable('events')
    .set({ is_active: false, date_time: new Date(now.getTime() + DAY_MS) })
    .where('id', '=', second.id)
    .execute();
  await db.updateTable('users').set({ name: 'Ana Costa Lima' }).where('email', '=', 'ana@samaya.example').execute();
  const before = await countRows();
  assert.deepEqual(await seedDemo(app, { now }), { eventsAdded: 0 });
  // A minute later, unless another day begins with it.
  const later = new Date(now.getTime() + 60_000);
  const dayOf = (moment: Date) => moment.toLocaleDateString('en', { timeZone: app.config.studio.timeZone });
  const soon = dayOf(later) === dayOf(now) ? later : now;
  assert.deepEqual(await seedDemo(app, { now: soon }), { eventsAdded: 0 });
  assert.deepEqual(await countRows(), before);
  const ana = await db.selectFrom('users').select('name').where('email', '=', 'ana@samaya.example').executeTakeFirst();
  assert.equal(ana?.name, 'Ana Costa Lima');
});

test('starting again two weeks later adds the days that came into sight, and no second retreat', async () => {
  const other = await createTestApp();
  await seedDemo(other.app, { now });
  // Two weeks pass: everything moves into the past by as much.
  await sql`
    update events set date_time = date_time - interval '14 days', import_key = 'moved ' ||
      regexp_replace(import_key, '[^:]*$', '') || (right(import_key, 10)::date - 14)`.execute(other.db);
  await sql`update events set import_key = substr(import_key, 7)`.execute(other.db);
  const { eventsAdded: added } = await seedDemo(other.app, { now });
  assert.ok(added >= 20 && added <= 30, `${added}`);
  const { rows } = await sql<{ title: string }>`
    select title from events where event_type = 'retreat' group by title having count(*) > 1`.execute(other.db);
  assert.deepEqual(rows, []);
  const { rows: twice } = await sql`
    select title from events group by title, date_time having count(*) > 1`.execute(other.db);
  assert.deepEqual(twice, []);
  const ana = await other.call('POST', '/api/v1/sessions', {
    body: { email: 'ana@samaya.example', password: DEMO_PASSWORD },
  });
  assert.equal(ana.status, 201);
  assert.deepEqual(await findViolations(other.db), []);
});

test('of two processes that start at once, one fills the studio', async () => {
  const other = await createTestApp();
  const added = await Promise.all([1, 2, 3].map(() => seedDemo(other.app, { now })));
  assert.equal(added.filter((result) => result.eventsAdded > 0).length, 1);
  assert.deepEqual(await findViolations(other.db), []);
});
