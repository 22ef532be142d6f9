import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import pg from 'pg';
import { createTestApp } from '#server/test-app.ts';
import { watchPlans } from '#server/test-plans.ts';
import type { EventFilter } from './event-filter-queries.ts';
import { findNearestDays } from './find-nearest-days.ts';
import { listEventChoices } from './list-event-choices.ts';
import { listEventDays } from './list-event-days.ts';
import { listEvents } from './list-events.ts';
import { selectOrganisedEvents } from './organised-event-queries.ts';

const EVENTS = 50_000;

const { app, ownerUrl } = await createTestApp();
const { db, planOf } = watchPlans(app);

before(async () => {
  const owner = new pg.Client({ connectionString: ownerUrl });
  await owner.connect();
  // The words come in one go afterwards: word by word they would take a minute.
  await owner.query(`
    alter table events disable trigger events_note_words;
    insert into facilitators (name, email)
      select 'Facilitator ' || g, g || '@studio.example' from generate_series(1, 100) g;
    insert into events (title, description, event_type, date_time, duration, max_participants, price, facilitator_id,
        practice, level, online, is_active, cancelled_at)
      select 'Yin ' || g || case when g % 10000 = 9999 then ' Ayurveda' else '' end
               || case when g between 7000 and 9000 then ' Nidra' when g > 30000 and g % 10000 <> 9999 then ' Candlelight' else '' end, 'Quiet.',
             case when g % 10000 = 9001 then 'retreat' else 'session' end, now() + (g - 1000) * interval '1 hour', 60, 10,
             case when g % 10000 = 9002 then 0 else 10 end, 1 + g % 100, case when g % 500 = 0 then 'Tài Chi' end,
             case when g % 10000 = 9003 then 'Très lent' else 'All levels' end, g % 10000 = 9004, g % 10000 <> 9005,
             case when g % 10000 = 9006 then now() end
      from generate_series(1, ${EVENTS}) g;
    insert into event_search (event_id, words, date_time)
      select e.id, event_words(e, f.name), e.date_time from events e join facilitators f on f.id = e.facilitator_id;
    alter table events enable trigger events_note_words`);
  await owner.query('vacuum analyze');
  await owner.end();
});

/** Lists a page, then looks at the plan of each question that took. */
async function plan(listing: { search?: string; filter?: EventFilter; after?: string }) {
  const list = () => listEvents(db, { search: '', filter: {}, after: undefined, limit: 20, ...listing });
  const { result, ...plans } = await planOf(list);
  return { ...result, ...plans };
}

/** A month of days that begins in so many. */
async function monthIn(days: number): Promise<{ from: string; to: string }> {
  const { rows } = await app.pool.query(
    "select (now() + $1 * interval '1 day')::date::text as from, (now() + ($1 + 30) * interval '1 day')::date::text as to",
    [days],
  );
  return rows[0];
}

// The one that also holds closed events will do as well, where few are.
const isByStart = (indexes: ReadonlySet<string>) => indexes.has('events_by_start') || indexes.has('events_standing');

test('the list is read from the index by start, on its first page and on later ones', async () => {
  const first = await plan({});
  assert.equal(first.items.length, 20);
  assert.ok(isByStart(first.indexes));
  assert.ok(!first.readWhole.has('events'), 'first page');
  const later = await plan({ after: first.next ?? '' });
  assert.ok(isByStart(later.indexes));
  assert.ok(!later.readWhole.has('events'), 'later page');
  assert.ok(!(await plan({ filter: await monthIn(200) })).readWhole.has('events'));
});

test('a practice and a facilitator have indexes of their own', async () => {
  assert.ok((await plan({ filter: { practice: 'tai chi' } })).indexes.has('events_by_practice'));
  assert.ok(!(await plan({ filter: { facilitator_id: 7 } })).readWhole.has('events'));
});

test('what is rare is found by an index, whichever filter asks for it', async () => {
  const rare: [EventFilter, string][] = [
    [{ event_type: 'retreat' }, 'events_by_type'],
    [{ price_max: 0 }, 'events_by_price'],
    [{ level: 'tres lent' }, 'events_by_level'],
    [{ online: true }, 'events_by_being_online'],
  ];
  for (const [filter, index] of rare) {
    const { items, readWhole, indexes } = await plan({ filter });
    assert.equal(items.length, 5, index);
    assert.ok(indexes.has(index), `${index}: ${[...indexes]}`);
    assert.ok(!readWhole.has('events'), index);
  }
});

test('whoever runs all events finds what is ahead, closed, over or cancelled without reading the rest', async () => {
  for (const [state, count, index] of [
    ['upcoming', 21, 'events_standing'],
    ['closed', 5, 'events_closed'],
    ['past', 21, 'events_standing'],
    ['cancelled', 5, 'events_cancelled'],
  ] as const) {
    const listing = { facilitatorIds: undefined, state, words: [], after: undefined, limit: 21 };
    const { result, readWhole, indexes } = await planOf(() => selectOrganisedEvents(db, listing));
    assert.equal(result.length, count, state);
    assert.ok(indexes.has(index), `${state}: ${[...indexes]}`);
    assert.ok(!readWhole.has('events'), state);
  }
});

test('a rare word is found by the index of words, however far away', async () => {
  const { items, readWhole, indexes } = await plan({ search: 'AYURVÉDA yin' });
  assert.deepEqual(
    items.map(({ title }) => title),
    [9999, 19999, 29999, 39999, 49999].map((number) => `Yin ${number} Ayurveda`),
  );
  assert.ok(indexes.has('event_search_words'));
  readWhole.delete('facilitators');
  assert.deepEqual([...readWhole], []);
});

test('a frequent word is answered from the next events alone', async () => {
  const { items, asked } = await plan({ search: 'yin' });
  assert.equal(items.length, 20);
  assert.equal(asked, 1);
});

test('what many have, though none of the very next, is answered from the next events as well', async () => {
  const { items, asked, readWhole } = await plan({ search: 'yin nidra' });
  assert.equal(items.length, 20);
  assert.equal(items[0]?.title, 'Yin 7000 Nidra');
  assert.equal(asked, 1);
  assert.ok(!readWhole.has('events'));
});

test('of many that are found far away only the first are read', async () => {
  const { items, indexes, readWhole } = await plan({ search: 'yin candlelight' });
  assert.equal(items.length, 20);
  assert.equal(items[0]?.title, 'Yin 30001 Candlelight');
  assert.ok(indexes.has('events_pkey'), `${[...indexes]}`);
  assert.ok(!readWhole.has('events'));
});

test('a week, a month, their neighbours and the choices read no more than they need', async () => {
  const span = await monthIn(400);
  const days = await planOf(() => listEventDays(db, { search: '', filter: {}, ...span, perDay: 3 }));
  assert.equal(days.result.length, 31);
  assert.ok(days.result.every(({ count, events }) => count >= 23 && events.length === 3));
  assert.ok(isByStart(days.indexes));
  assert.ok(!days.readWhole.has('events'), 'month');
  const nearest = await planOf(() =>
    findNearestDays(db, { search: '', filter: {}, before: span.from, after: span.to }),
  );
  assert.ok(!nearest.readWhole.has('events'), 'nearest');
  const choices = await planOf(() => listEventChoices(db, { search: '', filter: { practice: 'tai chi' } }));
  assert.equal(choices.result.isWhole, false);
  assert.ok(!choices.readWhole.has('events'), 'choices');
});
