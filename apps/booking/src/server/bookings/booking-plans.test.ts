import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import pg from 'pg';
import { selectPeople } from '#server/accounts/people-queries.ts';
import { hasBooking } from '#server/events/event-queries.ts';
import { createTestApp } from '#server/test-app.ts';
import { watchPlans } from '#server/test-plans.ts';
import { findPeopleOf } from './booking-batch-queries.ts';
import { listOwnBookings, listRoster } from './booking-queries.ts';
import { selectGone, selectRosterByName, selectRosterFigures } from './roster-queries.ts';
import { selectOwnPlace, selectVisit, selectVisitsAhead, selectVisitsBehind } from './visit-queries.ts';

const PEOPLE = 5000;
const EVENTS = 2000;
const BOOKINGS = 100_000;

const { app, ownerUrl } = await createTestApp();
const { db, planOf } = watchPlans(app);

before(async () => {
  const owner = new pg.Client({ connectionString: ownerUrl });
  await owner.connect();
  // Without triggers, which would take minutes; nothing here depends on what they write.
  await owner.query(`
    alter table bookings disable trigger user;
    alter table events disable trigger user;
    insert into facilitators (name, email) values ('Maya Lind', 'maya@studio.example');
    insert into users (name, email, password)
      select 'Person ' || g, 'person' || g || '@studio.example', '!' from generate_series(1, ${PEOPLE}) g;
    insert into events (title, description, event_type, date_time, duration, max_participants, price, facilitator_id)
      select 'Yin ' || g, 'Quiet.', 'session', now() + (g - 1000) * interval '1 hour', 60, 1000, 10, 1
      from generate_series(1, ${EVENTS}) g;
    insert into bookings (user_id, event_id, status)
      select 1 + g % ${PEOPLE}, 1 + (g / ${PEOPLE} * 97 + g) % ${EVENTS},
             case when g % 10 = 0 then 'cancelled' else 'confirmed' end
      from generate_series(0, ${BOOKINGS} - 1) g`);
  await owner.query('vacuum analyze');
  await owner.end();
});

test('a person’s bookings and an event’s are read without reading everybody’s', async () => {
  const [userId, eventId] = [77, 1500];
  const questions: Record<string, () => Promise<unknown>> = {
    'own bookings': () => listOwnBookings(db, { userId, beforeId: undefined, limit: 21 }),
    'own bookings, a later page': () => listOwnBookings(db, { userId, beforeId: 50_000, limit: 21 }),
    'visits ahead': () => selectVisitsAhead(db, userId, 100),
    'visits behind': () => selectVisitsBehind(db, { userId, before: undefined, limit: 21 }),
    'one visit': () => selectVisit(db, { id: 77, userId }),
    'own place': () => selectOwnPlace(db, { userId, eventId }),
    'whether somebody booked': () => hasBooking(db, { userId, eventId }),
    roster: () => listRoster(db, { eventId, afterId: undefined, limit: 21 }),
    'roster, a later page': () => listRoster(db, { eventId, afterId: 50_000, limit: 21 }),
    'roster by name': () => selectRosterByName(db, { eventId, words: ['person'], after: undefined, limit: 101 }),
    'who has gone': () => selectGone(db, { eventId, words: [], limit: 100 }),
    'figures of a roster': () => selectRosterFigures(db, eventId),
    'whoever booked': () => findPeopleOf(db, eventId, 20_000),
  };
  for (const [what, ask] of Object.entries(questions)) {
    const { asked, readWhole } = await planOf(ask);
    assert.ok(asked > 0, what);
    assert.ok(!readWhole.has('bookings'), `${what} reads all bookings`);
  }
});

test('people are found by parts of their names and addresses without reading all', async () => {
  const found = async (word: string) =>
    await planOf(() => selectPeople(db, { words: [word], beforeId: undefined, limit: 21, adminEmails: [] }));
  const some = await found('PERSON4999');
  assert.deepEqual(
    some.result.map(({ name }) => name),
    ['Person 4999'],
  );
  for (const { indexes, readWhole } of [some, await found('nobody-here')]) {
    assert.ok(indexes.has('users_by_words'));
    assert.ok(!readWhole.has('users') && !readWhole.has('bookings'), [...readWhole].join());
  }
});
