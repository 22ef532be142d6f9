import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type pg from 'pg';
import { connect, isDatabaseAway, sqlState } from './database.ts';
import { createTestDatabase } from './test-database.ts';

const { appUrl } = await createTestDatabase('crm');
const { pool, close } = connect(appUrl, { applicationName: 'test' });
after(close);

test('what was rolled back for another transaction’s sake may be asked again', async () => {
  await pool.query("insert into rate_limits (key) values ('one'), ('two')");
  const clients = [await pool.connect(), await pool.connect()] as const;
  const lock = (client: pg.PoolClient, key: string) =>
    client.query('select 1 from rate_limits where key = $1 for update', [key]);
  for (const [index, client] of clients.entries()) {
    await client.query("set lock_timeout = '20s'; set statement_timeout = '20s'");
    await client.query('begin');
    await lock(client, index === 0 ? 'one' : 'two');
  }
  const [one, two] = clients;
  // Whoever is rolled back lets the other go on.
  const waits = [lock(one, 'two'), lock(two, 'one')];
  const outcomes = await Promise.allSettled(waits);
  const error = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []))[0];
  for (const client of clients) {
    await client.query('rollback');
    client.release();
  }
  assert.equal(sqlState(error), '40P01');
  assert.ok(isDatabaseAway(error));
});

test('a refused statement is no reason to ask again', async () => {
  for (const statement of ['select nonsense', 'select 1/0', 'insert into rate_limits (key) values (null)']) {
    await assert.rejects(pool.query(statement), (error) => !isDatabaseAway(error));
  }
});

test('a server that is not there is away', async () => {
  const nowhere = connect('postgres://nobody@127.0.0.1:1/nothing', { applicationName: 'test' });
  await assert.rejects(nowhere.pool.query('select 1'), isDatabaseAway);
  await nowhere.close();
});
