import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { connect, isDatabaseAway, sqlState } from './database.ts';
import { createTestDatabase } from './test-database.ts';

const { appUrl } = await createTestDatabase('crm');
const { pool, close } = connect(appUrl, { applicationName: 'test' });
after(close);

test('what was rolled back for another transaction’s sake may be asked again', async () => {
  await pool.query("insert into rate_limits (key) values ('one'), ('two')");
  const lockBoth = async (keys: string[]) => {
    const client = await pool.connect();
    try {
      await client.query("set lock_timeout = '10s'");
      await client.query('begin');
      for (const key of keys) {
        await client.query('select 1 from rate_limits where key = $1 for update', [key]);
      }
      await client.query('commit');
      return undefined;
    } catch (error) {
      await client.query('rollback');
      return error;
    } finally {
      client.release();
    }
  };
  let error: unknown;
  while (error === undefined)
    error = (await Promise.all([lockBoth(['one', 'two']), lockBoth(['two', 'one'])])).find(Boolean);
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
