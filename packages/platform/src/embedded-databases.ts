import { join } from 'node:path';
import pg from 'pg';
import { type EmbeddedPostgres, startEmbeddedPostgres } from './embedded-postgres.ts';
import type { CompleteConfig } from './secrets.ts';

/** Addresses of one application's database. */
export interface DatabaseUrls {
  /** As the role that owns the schema. */
  ownerUrl: string;
  /** As the role the application runs as. */
  appUrl: string;
}

export interface Databases {
  booking: DatabaseUrls;
  crm: DatabaseUrls;
  /** The built-in server; undefined when the databases are on another. */
  server: EmbeddedPostgres | undefined;
  /** Stops the built-in server if this call started it. */
  close(): Promise<void>;
}

const APPS = ['booking', 'crm'] as const;
type App = (typeof APPS)[number];

/**
 * Answers the addresses of both databases: those of the settings or, without them, of the built-in PostgreSQL in
 * `DATA_DIR`, which it starts, or finds running, and in which it makes the databases and their roles if they are missing.
 */
export async function openDatabases(config: CompleteConfig): Promise<Databases> {
  const { bookingDatabaseUrl, crmDatabaseUrl } = config;
  if (bookingDatabaseUrl && crmDatabaseUrl) {
    return {
      booking: { appUrl: bookingDatabaseUrl, ownerUrl: config.bookingMigrationUrl ?? bookingDatabaseUrl },
      crm: { appUrl: crmDatabaseUrl, ownerUrl: config.crmMigrationUrl ?? crmDatabaseUrl },
      server: undefined,
      close: async () => undefined,
    };
  }
  const server = await startEmbeddedPostgres({ folder: join(config.dataDir, 'postgresql') });
  const passwords = {
    booking: { owner: config.databasePasswords.bookingOwner, app: config.databasePasswords.bookingApp },
    crm: { owner: config.databasePasswords.crmOwner, app: config.databasePasswords.crmApp },
  };
  try {
    for (const app of APPS) await makeDatabase(server, app, passwords[app]);
  } catch (error) {
    if (server.started) await server.stop();
    throw error;
  }
  const url = (app: App, kind: 'owner' | 'app') =>
    `postgres://${app}_${kind}:${passwords[app][kind]}@127.0.0.1:${server.port}/${app}`;
  return {
    booking: { ownerUrl: url('booking', 'owner'), appUrl: url('booking', 'app') },
    crm: { ownerUrl: url('crm', 'owner'), appUrl: url('crm', 'app') },
    server,
    close: async () => {
      if (server.started) await server.stop();
    },
  };
}

async function makeDatabase(server: EmbeddedPostgres, app: App, passwords: { owner: string; app: string }) {
  const admin = new pg.Client({ connectionString: server.superuserUrl('postgres') });
  await admin.connect();
  try {
    // Two starts may do this at once.
    await admin.query("select pg_advisory_lock(hashtext('samaya: make databases'))");
    await makeRole(admin, `${app}_owner`, passwords.owner);
    await makeRole(admin, `${app}_app`, passwords.app);
    const { rowCount } = await admin.query('select 1 from pg_database where datname = $1', [app]);
    if (!rowCount) await admin.query(`create database ${app} owner ${app}_owner`);
    // Every role may open every database unless told otherwise.
    await admin.query(`revoke all on database ${app}, postgres, template1 from public`);
    await admin.query(`grant connect on database ${app} to ${app}_owner, ${app}_app`);
  } finally {
    await admin.end();
  }
}

// The password is set each time: the keys in DATA_DIR may have been made anew.
async function makeRole(admin: pg.Client, role: string, password: string) {
  const { rowCount } = await admin.query('select 1 from pg_roles where rolname = $1', [role]);
  const attributes = 'login nosuperuser nocreatedb nocreaterole noreplication nobypassrls';
  await admin.query(
    `${rowCount ? 'alter' : 'create'} role ${role} ${attributes} password ${admin.escapeLiteral(password)}`,
  );
}
