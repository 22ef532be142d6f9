import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { sqlState } from './database.ts';

export interface MigrateOptions {
  /** A role that may change the schema. */
  url: string;
  /** Folder of `0001_words.sql`, `0002_words.sql`, … */
  folder: string;
  /** The role the application runs as, when it is not the migrating one: it may read and write rows, nothing else. */
  applicationRole?: string;
}

const CONNECT_MS = 5000;
const UNIQUE_VIOLATION = '23505';
const UNDEFINED_TABLE = '42P01';
// Unique violation in the catalogue, duplicate table, duplicate object.
const LOST_CREATION_RACE = new Set([UNIQUE_VIOLATION, '42P07', '42710']);

/**
 * Brings a database to the newest migration; each runs in one transaction that first takes its own number, so of
 * two processes starting together one migrates and the other waits for it. Answers the numbers it applied.
 * Refuses a database that is newer than the folder.
 */
export async function migrate(options: MigrateOptions): Promise<number[]> {
  const migrations = await listMigrations(options.folder);
  const client = new pg.Client({
    connectionString: options.url,
    application_name: 'samaya-migrate',
    connectionTimeoutMillis: CONNECT_MS,
  });
  // One that breaks between two statements fails the next.
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client
      .query(`
      create table if not exists migrations (
        number integer primary key,
        name text not null,
        applied_at timestamptz not null default now()
      )`)
      .catch(ignoreLostRace);
    const applied = new Set(
      (await client.query('select number from migrations')).rows.map((row) => row.number as number),
    );
    refuseNewerDatabase(applied, migrations);

    const done: number[] = [];
    for (const migration of migrations) {
      if (!applied.has(migration.number) && (await applyOne(client, options.folder, migration)))
        done.push(migration.number);
    }
    await setSequencesRight(client);
    if (options.applicationRole) await grantRows(client, options.applicationRole);
    return done;
  } finally {
    await client.end();
  }
}

/** Whether every migration of the folder has been applied; for readiness. */
export async function isMigrated(pool: pg.Pool, folder: string): Promise<boolean> {
  const newest = (await listMigrations(folder)).at(-1)?.number ?? 0;
  try {
    const { rows } = await pool.query('select max(number) as newest from migrations');
    return rows[0]?.newest === newest;
  } catch (error) {
    if (sqlState(error) === UNDEFINED_TABLE) return false;
    throw error;
  }
}

interface Migration {
  number: number;
  name: string;
}

async function listMigrations(folder: string): Promise<Migration[]> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.sql')).sort();
  return files.map((name, index) => {
    const number = Number.parseInt(name, 10);
    if (number !== index + 1)
      throw new Error(`${join(folder, name)}: migrations are numbered 0001, 0002, … without gaps`);
    return { number, name };
  });
}

function refuseNewerDatabase(applied: Set<number>, migrations: Migration[]) {
  const newest = Math.max(0, ...applied);
  if (newest > migrations.length) {
    throw new Error(
      `The database has migration ${newest}, this version of Samaya knows ${migrations.length}. Start the newer version that wrote it.`,
    );
  }
}

async function applyOne(client: pg.Client, folder: string, { number, name }: Migration): Promise<boolean> {
  const sql = await readFile(join(folder, name), 'utf8');
  await client.query('begin');
  try {
    await client.query('insert into migrations (number, name) values ($1, $2)', [number, name]);
    await client.query(sql);
    await client.query('commit');
    return true;
  } catch (error) {
    await client.query('rollback');
    if (sqlState(error) === UNIQUE_VIOLATION && (error as pg.DatabaseError).table === 'migrations') return false;
    throw new Error(`migration ${name} failed: ${(error as Error).message}`, { cause: error });
  }
}

// Two processes creating the table at once collide in the catalogue; the loser finds it made.
function ignoreLostRace(error: unknown) {
  if (!LOST_CREATION_RACE.has(sqlState(error) ?? '')) throw error;
}

// Rows with explicit ids are allowed, so a sequence may lag behind the ids in its table.
async function setSequencesRight(client: pg.Client) {
  const { rows } = await client.query<{ table: string; column: string; sequence: string }>(`
    select format('%I', c.relname) as table, format('%I', a.attname) as column,
           pg_get_serial_sequence(format('%I', c.relname), a.attname) as sequence
    from pg_class c join pg_attribute a on a.attrelid = c.oid
    where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace and a.attidentity <> ''`);
  for (const { table, column, sequence } of rows) {
    await client.query(
      `select setval('${sequence}', top) from (select max(${column}) as top from ${table}) highest
       where top > (select case when is_called then last_value else last_value - 1 end from ${sequence})`,
    );
  }
}

async function grantRows(client: pg.Client, role: string) {
  const { rows } = await client.query('select current_user = $1 as same, quote_ident($1) as name', [role]);
  if (rows[0].same) return;
  // Two processes that start together would collide in the catalogue. The lock ends with the connection.
  await client.query(`select pg_advisory_lock(hashtext('samaya'), hashtext('grants'))`);
  const name: string = rows[0].name;
  await client.query(`
    grant usage on schema public to ${name};
    grant select, insert, update, delete on all tables in schema public to ${name};
    grant usage, select on all sequences in schema public to ${name};
    revoke insert, update, delete on migrations from ${name}`);
}
