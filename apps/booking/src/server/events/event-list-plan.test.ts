import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import type { DB } from '#server/database-types.ts';
import { createTestApp } from '#server/test-app.ts';
import type { EventFilter } from './event-filter-queries.ts';
import { findNearestDays } from './find-nearest-days.ts';
import { listEventChoices } from './list-event-choices.ts';
import { listEventDays } from './list-event-days.ts';
import { listEvents } from './list-events.ts';

const EVENTS = 50_000;

const { app, ownerUrl } = await createTestApp();
const asked: { sql: string; parameters: readonly unknown[] }[] = [];
const db = new Kysely<DB>({
  dialect: new PostgresDialect({ pool: app.pool }),
  log: ({ query }) => void asked.push(query),
});

before(async () => {
  const owner = new pg.Client({ connectionString: ownerUrl });
  await owner.connect();
  // The words come in one go afterwards: word by word they would take a minute.
  await owner.query(`
    alter table events disable trigger events_note_words;
    insert into facilitators (name, email)
      select 'Facilitator ' || g, g || '@studio.example' from generate_series(1, 100) g;
    insert into events (title, description, event_type, date_time, duration, max_participants, price, facilitator_id, practice)
      select 'Yin ' || g || case when g % 10000 = 9999 then ' Ayurveda' else '' end, 'Quiet.', 'session',
             now() + (g - 1000) * interval '1 hour', 60, 10, 10, 1 + g % 100, case when g % 500 = 0 then 'Tài Chi' end
      from generate_series(1, ${EVENTS}) g;
    insert into event_search (event_id, words)
      select e.id, event_words(e, f.name) from events e join facilitators f on f.id = e.facilitator_id;
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

/** Does something, then asks for the plan of each question that took: which tables it reads whole, which indexes it uses. */
async function planOf<Result>(ask: () => Promise<Result>) {
  asked.length = 0;
  const result = await ask();
  const plans = [];
  for (const { sql, parameters } of [...asked]) {
    const { rows } = await app.pool.query(`explain (format json) ${sql}`, [...parameters]);
    plans.push(JSON.stringify(rows));
  }
  const all = plans.join('\n');
  return {
    result,
    readWhole: [...all.matchAll(/"Seq Scan"[^}]*?"Relation Name":"(\w+)"/g)].map((match) => match[1]),
    indexes: new Set([...all.matchAll(/"Index Name":"(\w+)"/g)].map((match) => match[1])),
  };
}

test('the list is read from the index by start, on its first page and on later ones', async () => {
  const first = await plan({});
  assert.equal(first.items.length, 20);
  assert.ok(first.indexes.has('events_by_start'));
  assert.ok(!first.readWhole.includes('events'), 'first page');
  const later = await plan({ after: first.next ?? '' });
  assert.ok(later.indexes.has('events_by_start'));
  assert.ok(!later.readWhole.includes('events'), 'later page');
  assert.ok(!(await plan({ filter: { from: '2027-06-01', to: '2027-06-30' } })).readWhole.includes('events'));
});

test('a practice and a facilitator have indexes of their own', async () => {
  assert.ok((await plan({ filter: { practice: 'tai chi' } })).indexes.has('events_by_practice'));
  assert.ok(!(await plan({ filter: { facilitator_id: 7 } })).readWhole.includes('events'));
});

test('a rare word is found by the index of words, however far away', async () => {
  const { items, readWhole, indexes } = await plan({ search: 'AYURVÉDA yin' });
  assert.deepEqual(
    items.map(({ title }) => title),
    [9999, 19999, 29999, 39999, 49999].map((number) => `Yin ${number} Ayurveda`),
  );
  assert.ok(indexes.has('event_search_words'));
  assert.deepEqual(
    readWhole.filter((table) => table !== 'facilitators'),
    [],
  );
});

test('a frequent word is answered from the next events alone', async () => {
  const { items } = await plan({ search: 'yin' });
  assert.equal(items.length, 20);
  assert.equal(asked.length, 1);
});

test('a week, a month, their neighbours and the choices read no more than they need', async () => {
  const { rows } = await app.pool.query(
    "select (now() + interval '400 days')::date::text as from, (now() + interval '430 days')::date::text as to",
  );
  const span = rows[0];
  const days = await planOf(() => listEventDays(db, { search: '', filter: {}, ...span, perDay: 3 }));
  assert.equal(days.result.length, 31);
  assert.ok(days.result.every(({ count, events }) => count >= 23 && events.length === 3));
  assert.ok(days.indexes.has('events_by_start'));
  assert.ok(!days.readWhole.includes('events'), 'month');
  const nearest = await planOf(() =>
    findNearestDays(db, { search: '', filter: {}, before: span.from, after: span.to }),
  );
  assert.ok(!nearest.readWhole.includes('events'), 'nearest');
  const choices = await planOf(() => listEventChoices(db, { search: '', filter: { practice: 'tai chi' } }));
  assert.equal(choices.result.isWhole, false);
  assert.ok(!choices.readWhole.includes('events'), 'choices');
});
