import { createServer } from 'node:net';
import type { Config } from '@samaya/platform/config.ts';
import pg from 'pg';

/** Why a start cannot go on: a sentence with the way out. */
export class StartProblem extends Error {
  override name = 'StartProblem';
}

const OLDEST_POSTGRES = 15;
const CONNECT_MS = 5000;

/** Throws a StartProblem when one of the two ports cannot be listened on. */
export async function checkPorts(config: Config): Promise<void> {
  for (const [setting, port] of [
    ['BOOKING_PORT', config.bookingPort],
    ['CRM_PORT', config.crmPort],
  ] as const) {
    const code = await tryListen(config.host, port);
    if (code !== undefined) throw new StartProblem(describePort(code, { setting, port, host: config.host }));
  }
}

async function tryListen(host: string, port: number): Promise<string | undefined> {
  const server = createServer();
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, host, resolve);
    });
    await new Promise((resolve) => server.close(resolve));
    return undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? 'unknown';
  }
}

function describePort(code: string, { setting, port, host }: { setting: string; port: number; host: string }): string {
  if (code === 'EADDRINUSE') return `Port ${port} is taken. Stop what uses it, or set ${setting} to another.`;
  if (code === 'EACCES') return `Port ${port} is not allowed for this user. Set ${setting} to one above 1023.`;
  return `HOST ${host} cannot be listened on (${code}). Set HOST to an address of this machine, such as 127.0.0.1.`;
}

/** Throws a StartProblem when a database that the settings name cannot be used: away, closed, or too old. */
export async function checkDatabases(config: Config): Promise<void> {
  const urls = new Map([
    [config.bookingDatabaseUrl, 'BOOKING_DATABASE_URL'],
    [config.crmDatabaseUrl, 'CRM_DATABASE_URL'],
  ]);
  for (const [setting, url] of [
    ['BOOKING_MIGRATION_URL', config.bookingMigrationUrl],
    ['CRM_MIGRATION_URL', config.crmMigrationUrl],
  ] as const) {
    if (!urls.has(url)) urls.set(url, setting);
  }
  for (const [url, setting] of urls) if (url) await checkDatabase(setting, url);
}

async function checkDatabase(setting: string, url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: CONNECT_MS });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query('show server_version_num');
    const major = Math.floor(Number(rows[0]?.server_version_num) / 10_000);
    if (major < OLDEST_POSTGRES) {
      throw new StartProblem(
        `${setting} leads to PostgreSQL ${major}; ${OLDEST_POSTGRES} is the oldest that works. Upgrade it, or leave the setting out for the built-in one.`,
      );
    }
  } catch (error) {
    if (error instanceof StartProblem) throw error;
    throw new StartProblem(describeDatabase(error as Error, setting, url), { cause: error });
  } finally {
    client.end().catch(() => undefined);
  }
}

function describeDatabase(error: Error, setting: string, url: string): string {
  const { hostname, port, pathname, username } = new URL(url);
  const place = `${hostname || 'localhost'}:${port || 5432}`;
  const code = error instanceof pg.DatabaseError ? error.code : undefined;
  if (code === '28P01' || code === '28000') {
    return `${setting}: the PostgreSQL at ${place} does not let the user ${username || '(none)'} in. Correct user and password in the setting.`;
  }
  if (code === '3D000') {
    return `${setting}: there is no database ${pathname.slice(1)} at ${place}. Create it, or correct the setting.`;
  }
  if (code !== undefined) return `${setting}: the PostgreSQL at ${place} refuses: ${error.message}.`;
  const why = (error as NodeJS.ErrnoException).code ?? error.message;
  return `${setting}: no PostgreSQL answers at ${place} (${why}). Start it, or correct the setting.`;
}
