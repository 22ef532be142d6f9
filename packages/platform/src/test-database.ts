import { createHash, randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { after } from 'node:test';
import pg from 'pg';
import { type EmbeddedPostgres, startEmbeddedPostgres } from './embedded-postgres.ts';
import { migrate } from './migrate.ts';

/** The server that tests share; `npm test` starts and stops it, a test run by itself starts it and leaves it running. */
export const TEST_POSTGRES = {
  folder: resolve(import.meta.dirname, '../../../data/test-postgres'),
  settings: { fsync: 'off', max_connections: '400' },
};

export type AppName = 'booking' | 'crm';

export interface TestDatabase {
  /** Address as the role that owns the schema. */
  ownerUrl: string;
  /** Address as the role the application runs as. */
  appUrl: string;
  name: string;
  drop(): Promise<void>;
}

const ROLES = { owner: 'test_owner', app: 'test_app' };
const PASSWORD = 'test';

/** A fresh, migrated database of one application, dropped when the test file (or the running test) ends. */
export async function createTestDatabase(app: AppName): Promise<TestDatabase> {
  const database = await cloneDatabase(app);
  after(() => database.drop());
  return database;
}

/** The same for scripts, which drop it themselves. Cloned from a template migrated once, so it costs some 30 ms. */
export async function cloneDatabase(app: AppName): Promise<TestDatabase> {
  const server = await startEmbeddedPostgres(TEST_POSTGRES);
  const folder = migrationsFolder(app);
  const template = `template_${app}_${hashOf(folder)}`;
  const name = `test_${app}_${randomBytes(6).toString('hex')}`;
  await asSuperuser(server, async (admin) => {
    await makeTemplate(admin, server, template, folder);
    await admin.query(`create database ${name} template ${template} owner ${ROLES.owner}`);
  });
  return {
    name,
    ownerUrl: urlFor(server, ROLES.owner, name),
    appUrl: urlFor(server, ROLES.app, name),
    drop: () => asSuperuser(server, (admin) => admin.query(`drop database if exists ${name} with (force)`)),
  };
}

export function migrationsFolder(app: AppName): string {
  return resolve(import.meta.dirname, `../../../apps/${app}/migrations`);
}

async function asSuperuser(server: EmbeddedPostgres, work: (admin: pg.Client) => Promise<unknown>): Promise<void> {
  const admin = new pg.Client({ connectionString: server.superuserUrl('postgres') });
  await admin.connect();
  try {
    await work(admin);
  } finally {
    await admin.end();
  }
}

async function makeTemplate(admin: pg.Client, server: EmbeddedPostgres, template: string, folder: string) {
  // One test file makes the template, the others wait for it here.
  await admin.query('select pg_advisory_lock(hashtext($1))', [template]);
  try {
    const { rowCount } = await admin.query('select 1 from pg_database where datname = $1', [template]);
    if (rowCount) return;
    for (const role of Object.values(ROLES)) {
      await admin.query(
        `do $$ begin create role ${role} login password '${PASSWORD}'; exception when duplicate_object or unique_violation then null; end $$`,
      );
    }
    const unfinished = `unfinished_${randomBytes(4).toString('hex')}`;
    await admin.query(`create database ${unfinished} owner ${ROLES.owner}`);
    await migrate({ url: urlFor(server, ROLES.owner, unfinished), folder, applicationRole: ROLES.app });
    await admin.query(`alter database ${unfinished} rename to ${template}`);
  } finally {
    await admin.query('select pg_advisory_unlock(hashtext($1))', [template]);
  }
}

function urlFor(server: EmbeddedPostgres, role: string, database: string): string {
  return `postgres://${role}:${PASSWORD}@127.0.0.1:${server.port}/${database}`;
}

function hashOf(folder: string): string {
  const hash = createHash('sha256');
  for (const file of readdirSync(folder).sort()) hash.update(file).update(readFileSync(join(folder, file)));
  return hash.digest('hex').slice(0, 12);
}
