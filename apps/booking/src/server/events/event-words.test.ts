import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import pg from 'pg';
import { createTestApp } from '#server/test-app.ts';

// Registered before the database's own end, which would cut them off.
const clients: pg.Client[] = [];
after(() => Promise.all(clients.map((client) => client.end())));

const { db, ownerUrl, addFacilitator, addPerson, addEvent, call } = await createTestApp();

async function connectAsOwner(): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: ownerUrl });
  clients.push(client);
  await client.connect();
  return client;
}
const [owner, first, second] = await Promise.all([connectAsOwner(), connectAsOwner(), connectAsOwner()]);

async function wordsOf(eventId: number): Promise<string> {
  const row = await db
    .selectFrom('event_search')
    .select('words')
    .where('event_id', '=', eventId)
    .executeTakeFirstOrThrow();
  return row.words;
}

const INSERT = `
  insert into events (title, description, event_type, date_time, duration, max_participants, price, facilitator_id)
  values ('Yin', '', 'session', now() + interval '1 day', 60, 1, 0, $1) returning id`;

/** Until the other connection waits for a lock, or until its work is done: without the lock it does not wait. */
async function untilWaiting(work: Promise<unknown>) {
  let isDone = false;
  work.finally(() => {
    isDone = true;
  });
  while (!isDone) {
    const { rowCount } = await owner.query(
      `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
    );
    if (rowCount) return;
    await setTimeout(10);
  }
}

/** A facilitator is renamed while somebody adds an event of theirs; answers the words the event ends with. */
async function renameWhileAdding(earlier: 'rename' | 'insert'): Promise<string> {
  const { facilitatorId } = await addFacilitator('Beforehand');
  const rename = (client: pg.Client) =>
    client.query(`update facilitators set name = 'Afterwards' where id = $1`, [facilitatorId]);
  const insert = async (client: pg.Client) => Number((await client.query(INSERT, [facilitatorId])).rows[0].id);
  await first.query('begin');
  if (earlier === 'rename') {
    await rename(first);
    const inserted = insert(second);
    await untilWaiting(inserted);
    await first.query('commit');
    return await wordsOf(await inserted);
  }
  const id = await insert(first);
  const renamed = rename(second);
  await untilWaiting(renamed);
  await first.query('commit');
  await renamed;
  return await wordsOf(id);
}

test('an event added while its facilitator is renamed is found by the new name, whichever came first', async () => {
  assert.equal(await renameWhileAdding('rename'), 'afterwards yin');
  assert.equal(await renameWhileAdding('insert'), 'afterwards yin');
});

test('without the lock it would keep the old name', async () => {
  const { rows } = await owner.query(`select pg_get_functiondef('events_note_words'::regproc) as definition`);
  await owner.query(rows[0].definition.replace(' for share', ''));
  try {
    assert.equal(await renameWhileAdding('rename'), 'beforehand yin');
    assert.equal(await renameWhileAdding('insert'), 'beforehand yin');
  } finally {
    await owner.query(rows[0].definition);
  }
});

test('words are those of all that can be searched, each once, and go with their event', async () => {
  const { facilitatorId } = await addFacilitator('Zoë Ångström');
  const id = await addEvent({
    facilitator_id: facilitatorId,
    title: 'Yin YIN yín',
    description: 'Straße\n\ttea',
    summary: 'slow',
    practice: 'Qi',
    place: 'São João',
  });
  assert.equal(await wordsOf(id), 'angstrom joao qi sao slow strasse tea yin zoe');
  await db.updateTable('events').set({ title: 'Nidra', place: null }).where('id', '=', id).execute();
  assert.equal(await wordsOf(id), 'angstrom nidra qi slow strasse tea zoe');
  await db.deleteFrom('events').where('id', '=', id).execute();
  assert.deepEqual(await db.selectFrom('event_search').select('words').where('event_id', '=', id).execute(), []);
});

test('an event that is moved is looked for where it is now', async () => {
  const { facilitatorId } = await addFacilitator();
  const id = await addEvent({ facilitator_id: facilitatorId, date_time: new Date('2031-05-01T10:00:00Z') });
  const startOf = async () =>
    (await owner.query('select date_time from event_search where event_id = $1', [id])).rows[0].date_time.toISOString();
  assert.equal(await startOf(), '2031-05-01T10:00:00.000Z');
  await owner.query(`update events set date_time = '2031-06-01T10:00:00Z' where id = $1`, [id]);
  assert.equal(await startOf(), '2031-06-01T10:00:00.000Z');
});

test('a booking leaves what is searched as it is', async () => {
  const { facilitatorId } = await addFacilitator();
  const id = await addEvent({ facilitator_id: facilitatorId });
  const versionOf = async () =>
    (await owner.query('select ctid, xmin from event_search where event_id = $1', [id])).rows;
  const before = await versionOf();
  const booked = await call('POST', '/api/v1/bookings', { token: (await addPerson()).token, body: { event_id: id } });
  assert.equal(booked.status, 201);
  assert.deepEqual(await versionOf(), before);
});

test('the database refuses an event in no time zone and at no date', async () => {
  const { facilitatorId } = await addFacilitator();
  const constraint = (name: string) => ({ constraint: name });
  const add = (more: object) => addEvent({ facilitator_id: facilitatorId, ...more });
  await assert.rejects(add({ time_zone: 'Mars/Olympus' }), constraint('events_time_zone_known'));
  for (const date_time of ['infinity', '-infinity', '10000-01-01', '0001-12-31 BC']) {
    await assert.rejects(add({ date_time }), constraint('events_date_time_in_calendar'), date_time);
  }
});
