import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, test } from 'node:test';
import { connect } from '@samaya/platform/database.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '@samaya/platform/embedded-postgres.ts';
import { migrate } from '@samaya/platform/migrate.ts';
import { pictureSchema } from '@samaya/platform/schema-picture.ts';
import { type AppName, migrationsFolder } from '@samaya/platform/test-database.ts';
import pg from 'pg';
import { findViolations } from '../apps/booking/src/server/bookings/booking-invariants-queries.ts';
import type { DB } from '../apps/booking/src/server/database-types.ts';

// The oldest PostgreSQL that studios may bring. npm has its build for this platform among our dependencies.
if (process.platform === 'linux' && process.arch === 'x64') {
  const folder = mkdtempSync(join(tmpdir(), 'postgres-15-'));
  const server = await startEmbeddedPostgres({
    folder,
    packageName: 'embedded-postgres-15-linux-x64',
    settings: { fsync: 'off' },
  });
  after(async () => {
    await server.stop();
    removeData(folder);
  });

  for (const app of ['booking', 'crm'] as const) {
    test(`${app} has the same schema on PostgreSQL 15 as on the built-in one`, async () => {
      const client = new pg.Client({ connectionString: await migratedDatabase(server, app) });
      await client.connect();
      try {
        const { rows } = await client.query('show server_version_num');
        assert.equal(Math.floor(rows[0].server_version_num / 10_000), 15);
        const committed = readFileSync(resolve(import.meta.dirname, `../apps/${app}/schema.sql`), 'utf8');
        assert.equal(committed.slice(committed.indexOf('\n\n') + 2), await pictureSchema(client));
      } finally {
        await client.end();
      }
    });
  }

  test('on PostgreSQL 15, too, 200 inserts for 10 places give exactly 10', async () => {
    const { pool, kysely, close } = connect<DB>(await migratedDatabase(server, 'booking', 'race'), {
      applicationName: 'test',
      max: 20,
      statementTimeoutMs: 0,
    });
    try {
      await pool.query(`
        insert into facilitators (name, email) values ('Maya Lind', 'maya@studio.example');
        insert into users (name, email, password) select 'P', n || '@studio.example', '!' from generate_series(1, 200) n;
        insert into events (title, description, event_type, date_time, duration, max_participants, price, facilitator_id)
          values ('Yin', 'Hold.', 'session', now() + interval '1 day', 60, 10, 15, 1)`);
      const settled = await Promise.allSettled(
        Array.from({ length: 200 }, (_, n) =>
          pool.query('insert into bookings (user_id, event_id) values ($1, 1)', [n + 1]),
        ),
      );
      assert.equal(settled.filter(({ status }) => status === 'fulfilled').length, 10);
      const { rows } = await pool.query('select seats_taken from events');
      assert.deepEqual(rows, [{ seats_taken: 10 }]);
      assert.deepEqual(await findViolations(kysely), []);
    } finally {
      await close();
    }
  });
} else {
  test('PostgreSQL 15 is tried on linux-x64 only', () => undefined);
}

async function migratedDatabase(server: EmbeddedPostgres, app: AppName, name: string = app): Promise<string> {
  const admin = new pg.Client({ connectionString: server.superuserUrl('postgres') });
  await admin.connect();
  await admin.query(`create database ${name}`).finally(() => admin.end());
  const url = server.superuserUrl(name);
  await migrate({ url, folder: migrationsFolder(app) });
  return url;
}

// As root the data lies where the pointer says.
function removeData(folder: string) {
  try {
    rmSync(readFileSync(join(folder, 'location'), 'utf8'), { recursive: true, force: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  rmSync(folder, { recursive: true, force: true });
}
