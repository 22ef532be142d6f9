import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { connect } from './database.ts';
import { findDatabaseFaults } from './readiness.ts';
import { createTestDatabase, migrationsFolder } from './test-database.ts';

const { appUrl } = await createTestDatabase('crm');
const database = connect(appUrl, { applicationName: 'test' });
const readOnly = connect(`${appUrl}?options=-c%20default_transaction_read_only%3Don`, { applicationName: 'test' });
const gone = connect('postgres://nobody:nothing@127.0.0.1:1/none', { applicationName: 'test' });
after(async () => {
  for (const { close } of [database, readOnly, gone]) await close();
});

test('a migrated database that can be written is ready', async () => {
  assert.deepEqual(await findDatabaseFaults(database.pool, migrationsFolder('crm')), []);
});

test('OBS-06: one that is away, read-only or of another version is not', async () => {
  assert.deepEqual(await findDatabaseFaults(gone.pool, migrationsFolder('crm')), ['the database does not answer']);
  assert.deepEqual(await findDatabaseFaults(readOnly.pool, migrationsFolder('crm')), ['the database is read-only']);
  assert.deepEqual(await findDatabaseFaults(database.pool, migrationsFolder('booking')), [
    'the database is not migrated',
  ]);
});
