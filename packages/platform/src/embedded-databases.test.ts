import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { before, test } from 'node:test';
import pg from 'pg';
import { readConfig } from './config.ts';
import { type Databases, openDatabases } from './embedded-databases.ts';
import { migrate } from './migrate.ts';
import { completeConfig } from './secrets.ts';
import { createDataFolder } from './test-data-folder.ts';
import { countTries } from './test-tries.ts';

const folder = createDataFolder();
const config = completeConfig(readConfig({ DATA_DIR: folder }));
let databases: Databases;

before(async () => {
  databases = await openDatabases(config);
  for (const app of ['booking', 'crm'] as const) {
    await migrate({
      url: databases[app].ownerUrl,
      folder: resolve(import.meta.dirname, `../../../apps/${app}/migrations`),
      applicationRole: `${app}_app`,
    });
  }
});

async function ask(url: string, statement: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  try {
    await client.connect();
    return (await client.query(statement)).rows;
  } finally {
    await client.end();
  }
}

function inDatabase(url: string, name: string): string {
  const other = new URL(url);
  other.pathname = `/${name}`;
  return other.href;
}

test('DB-18: each role opens its own database and no other', async () => {
  for (const [app, other] of [
    ['booking', 'crm'],
    ['crm', 'booking'],
  ] as const) {
    for (const url of [databases[app].appUrl, databases[app].ownerUrl]) {
      assert.deepEqual(await ask(url, 'select current_database()::text as name'), [{ name: app }]);
      for (const closed of [other, 'postgres', 'template1']) {
        await assert.rejects(ask(inDatabase(url, closed), 'select 1'), /permission denied for database/);
      }
    }
  }
});

test('DB-18: an application may work with rows, not with the schema', async () => {
  const { appUrl } = databases.booking;
  assert.deepEqual(await ask(appUrl, 'select id from users'), []);
  await assert.rejects(ask(appUrl, 'create table mine (id integer)'), /permission denied for schema public/);
  await assert.rejects(ask(appUrl, 'create temp table mine (id integer)'), /permission denied to create temporary/);
  await assert.rejects(ask(appUrl, 'create schema mine'), /permission denied for database/);
  await assert.rejects(ask(appUrl, 'drop table users'), /must be owner of table users/);
  await assert.rejects(ask(appUrl, 'alter table users add mine integer'), /must be owner of table users/);
  await assert.rejects(ask(appUrl, 'set role booking_owner'), /permission denied to set role/);
});

// What a stolen password of an application must not open.
const BEYOND_ROWS = [
  'create role mine superuser',
  'create database mine',
  "alter role current_user password 'x' superuser",
  'alter system set fsync = off',
  "copy users to program 'cat'",
  "copy users from program 'echo'",
  "copy users to '/tmp/users.csv'",
  "select pg_read_file('postgresql.conf')",
  "select pg_read_file('/etc/passwd')",
  "select pg_ls_dir('.')",
  "select lo_import('/etc/passwd')",
  'select pg_reload_conf()',
  'select pg_switch_wal()',
  'create extension dblink',
  'create trusted language plperl',
  'alter table bookings disable trigger all',
  "set session_replication_role = 'replica'",
  'alter table events drop constraint events_seats_within_capacity',
  'drop index bookings_one_active',
  'truncate bookings',
  'select rolpassword from pg_authid',
  'set session authorization postgres',
  "create function mine() returns void language plpgsql as 'begin end'",
];

test('DB-18: nor may it leave its rows, switch off what guards them, or touch what others do', async (t) => {
  const { appUrl, ownerUrl } = databases.booking;
  countTries(t, 'DB-18', { short: BEYOND_ROWS.length + 2, full: BEYOND_ROWS.length + 2 });
  for (const statement of BEYOND_ROWS) {
    await assert.rejects(
      ask(appUrl, statement),
      (error) => error instanceof pg.DatabaseError && ['42501', '0A000', '42710', '58P01'].includes(String(error.code)),
      statement,
    );
  }
  // Somebody else's work: as the owner of the schema it migrates, as the superuser it waits for a standby.
  const other = new pg.Client({ connectionString: ownerUrl });
  await other.connect();
  const pid = (await other.query('select pg_backend_pid() as pid')).rows[0].pid;
  for (const end of ['pg_cancel_backend', 'pg_terminate_backend']) {
    await assert.rejects(ask(appUrl, `select ${end}(${pid})`), /permission denied to (cancel query|terminate process)/);
  }
  await other.end();
});

test('an application may read which migrations were applied, not change it', async () => {
  const { appUrl } = databases.booking;
  assert.notEqual((await ask(appUrl, 'select number from migrations')).length, 0);
  await assert.rejects(ask(appUrl, 'delete from migrations'), /permission denied for table migrations/);
  await assert.rejects(ask(appUrl, 'update migrations set number = 0'), /permission denied for table migrations/);
  await assert.rejects(
    ask(appUrl, "insert into migrations values (999, 'mine')"),
    /permission denied for table migrations/,
  );
});

test('finds a running server, and what is in it, a second time', async () => {
  await ask(databases.crm.ownerUrl, 'create table kept (id integer)');
  const again = await openDatabases(config);
  assert.equal(again.server?.started, false);
  assert.equal(again.server?.pid, databases.server?.pid);
  await again.close();
  assert.deepEqual(await ask(databases.crm.ownerUrl, 'select * from kept'), []);
});

test('lets the applications in with new passwords when the keys were made anew', async () => {
  const databasePasswords = { bookingOwner: 'a', bookingApp: 'b', crmOwner: 'c', crmApp: 'd' };
  const anew = await openDatabases({ ...config, databasePasswords });
  assert.deepEqual(await ask(anew.booking.appUrl, 'select 1 as one'), [{ one: 1 }]);
  await assert.rejects(ask(databases.booking.appUrl, 'select 1'), /password authentication failed/);
  databases = await openDatabases(config);
});

test('starts no server when the databases are elsewhere', async () => {
  const urls = { BOOKING_DATABASE_URL: 'postgres://a@127.0.0.1:9/b', CRM_DATABASE_URL: 'postgres://c@127.0.0.1:9/d' };
  const elsewhere = await openDatabases({ ...completeConfig(readConfig({ ...urls, DATA_DIR: folder })) });
  assert.equal(elsewhere.server, undefined);
  assert.equal(elsewhere.booking.ownerUrl, urls.BOOKING_DATABASE_URL);
});
