import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from 'csv-parse/sync';
import { sql } from 'kysely';
import { createTestApp } from '#server/test-app.ts';
import { personalDataSchema } from './account-schemas.ts';
import { exportPerson } from './export-person.ts';
import { csvOf, tablesOf } from './personal-data-files.ts';

const studio = await createTestApp();
const { call, db } = studio;
const maya = await studio.addFacilitator('Maya Lind');
const eventId = await studio.addEvent({ facilitator_id: maya.facilitatorId });
await db.insertInto('bookings').values({ user_id: maya.id, event_id: eventId, seats: 2 }).execute();

test('DATA-01: tells a person everything kept about them, and nothing about others', async () => {
  const ana = await studio.addPerson({ password: 'a hash', google_id: 'g-7' });
  await db.insertInto('bookings').values({ user_id: ana.id, event_id: eventId }).execute();
  const { status, body, text, headers } = await call('GET', '/api/v1/me/export', { token: maya.token });
  assert.equal(status, 200);
  assert.match(headers.get('content-disposition') ?? '', /^attachment; filename="samaya-\d+\.json"$/);
  personalDataSchema.parse(body);
  assert.equal(body.users.email, maya.email);
  assert.deepEqual(
    body.facilitators.map(({ id }: { id: number }) => id),
    [maya.facilitatorId],
  );
  assert.deepEqual(
    body.bookings.map(({ event_id, seats, event_title }: Record<string, unknown>) => [event_id, seats, event_title]),
    [[eventId, 2, 'Yin by candlelight']],
  );
  assert.equal(body.sign_ins.length, 1);
  assert.equal(body.outbox.length, 2);
  assert.ok(!text.includes(ana.email) && !text.includes(maya.token) && !text.includes('secret'));
  const other = await call('GET', '/api/v1/me/export', { token: ana.token });
  assert.equal(other.body.users.google_id, 'g-7');
  assert.ok(!other.text.includes('a hash') && !other.text.includes(maya.email));
});

test('DATA-01: forgets no table that is about people', async () => {
  const { rows } = await sql<{ table_name: string }>`
    select distinct c.relname as table_name from pg_constraint k join pg_class c on c.oid = k.conrelid
      where k.contype = 'f' and k.confrelid = 'users'::regclass
    union
    select table_name from information_schema.columns where table_schema = 'public' and column_name = 'user_id'`.execute(
    db,
  );
  const { body } = await call('GET', '/api/v1/me/export', { token: maya.token });
  assert.ok(rows.length >= 3);
  for (const { table_name } of rows) assert.ok(table_name in body, `${table_name} is not in the export`);
});

const TABLES = Object.keys(personalDataSchema.shape).filter((name) => name !== 'exported_at');

/** Columns that tell a person nothing of themselves: secrets, ids of theirs again, and how messages travel. */
const UNTOLD: Readonly<Record<string, readonly string[]>> = {
  users: ['password', 'deleted_at', 'two_step_secret', 'two_step_last', 'passkey_handle'],
  recovery_codes: ['user_id', 'code_hash'],
  passkeys: ['id', 'user_id', 'credential_id', 'public_key', 'counter'],
  facilitators: [],
  bookings: ['user_id', 'version'],
  sign_ins: ['id', 'secret_hash', 'user_id'],
  outbox: [
    ...['id', 'user_id', 'booking_id', 'event_id', 'facilitator_id', 'version', 'status', 'seats'],
    ...['next_attempt_at', 'attempts', 'refusals', 'refused_since', 'dead_at', 'last_error'],
    'unanswered_at',
  ],
  oidc_records: ['id', 'payload', 'grant_id', 'user_code', 'uid', 'user_id', 'consumed_at'],
  assistants: ['id', 'facilitator_id', 'email'],
  audit_trail: ['id', 'actor_id', 'user_id', 'facilitator_id', 'event_id', 'details', 'request_id'],
};

test('DATA-01: forgets no column of these tables but those that tell nothing', async () => {
  for (const [table, untold] of Object.entries(UNTOLD)) {
    const shape = Object.entries(personalDataSchema.shape).find(([name]) => name === table)?.[1];
    assert.ok(shape, table);
    const row = 'element' in shape ? shape.element : shape;
    const told = Object.keys((row as { shape: object }).shape);
    const { rows } = await sql<{ name: string }>`
      select column_name as name from information_schema.columns
      where table_schema = 'public' and table_name = ${table}`.execute(db);
    const kept = rows.map(({ name }) => name).filter((name) => !told.includes(name));
    assert.deepEqual(kept.sort(), [...untold].sort(), table);
  }
  assert.deepEqual(Object.keys(UNTOLD).sort(), [...TABLES].sort(), 'no table is left out');
});

test('DATA-01: as tables it is the same, and nothing in them is a formula', async () => {
  const ana = await studio.addPerson({ name: '=cmd|"/c calc"!A1', proven_at: new Date() });
  await db.insertInto('bookings').values({ user_id: ana.id, event_id: eventId }).execute();
  const data = await exportPerson(db, { userId: ana.id, now: new Date() });
  const tables = tablesOf(data);
  assert.deepEqual(tables.map(({ name }) => name).sort(), [...TABLES].sort());
  for (const table of tables) {
    const file = csvOf(table);
    const [columns = [], ...lines] = parse(file, { bom: true }) as string[][];
    assert.equal(lines.length, table.rows.length, table.name);
    for (const [index, row] of table.rows.entries()) {
      assert.deepEqual(columns, Object.keys(row));
      for (const [at, value] of Object.values(row).entries()) {
        const cell = lines[index]?.[at] ?? assert.fail();
        assert.doesNotMatch(cell, /^[=+\-@\t\r]/, table.name);
        if (value instanceof Date) assert.equal(cell, value.toISOString());
        else if (typeof value === 'string' || typeof value === 'number') assert.ok(cell.endsWith(String(value)), cell);
      }
    }
  }
});

test('somebody who only typed a facilitator’s address is told nothing of the facilitator', async () => {
  await db.updateTable('users').set({ proven_at: null }).where('id', '=', maya.id).execute();
  const { body } = await call('GET', '/api/v1/me/export', { token: maya.token });
  assert.deepEqual(body.facilitators, []);
});
