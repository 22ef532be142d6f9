import { Socket } from 'node:net';
import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';

export interface Database<Schema> {
  /** For hot statements and functions, with named prepared statements. */
  pool: pg.Pool;
  /** For everything else. */
  kysely: Kysely<Schema>;
  close(): Promise<void>;
}

export interface ConnectOptions {
  applicationName: string;
  /** Connections at most. */
  max?: number;
  /** Milliseconds one statement may take; 0 for none. */
  statementTimeoutMs?: number;
  /** Milliseconds to wait for what somebody else has locked; a second when left out. */
  lockTimeoutMs?: number;
  /** Called when an idle connection breaks; the pool replaces it by itself. */
  onConnectionLost?: (error: Error) => void;
}

const INT8 = 20;
// Longer than the server lets a statement run, or a transaction rest: who says nothing for so long is gone.
const SILENCE_MS = 3000;
const READ_ONLY = '25006';

/** Opens a pool on `url`. Nothing is connected until the first statement. bigint columns arrive as numbers. */
export function connect<Schema>(url: string, options: ConnectOptions): Database<Schema> {
  const pool = new pg.Pool({
    connectionString: url,
    application_name: options.applicationName,
    max: options.max ?? 10,
    connectionTimeoutMillis: 1000,
    idleTimeoutMillis: 60_000,
    maxLifetimeSeconds: 300,
    keepAlive: true,
    keepAliveInitialDelayMillis: 5000,
    statement_timeout: options.statementTimeoutMs ?? 3000,
    lock_timeout: options.lockTimeoutMs ?? 1000,
    idle_in_transaction_session_timeout: 5000,
    types: {
      getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
        oid === INT8 && format !== 'binary'
          ? Number
          : pg.types.getTypeParser(oid, format)) as typeof pg.types.getTypeParser,
    },
  });
  pool.on('error', (error) => options.onConnectionLost?.(error));
  // The pool listens to idle connections only. One that breaks between two statements of a transaction would end the
  // process; without it the next statement fails, and its caller learns why.
  pool.on('connect', (client) => client.on('error', () => undefined));
  if (options.statementTimeoutMs !== 0) cutSilentConnections(pool, (options.statementTimeoutMs ?? 3000) + SILENCE_MS);
  leaveReadOnlyServers(pool);
  const kysely = new Kysely<Schema>({ dialect: new PostgresDialect({ pool }) });
  return { pool, kysely, close: () => kysely.destroy() };
}

/**
 * A connection whose other end vanished without a word (a cable, a firewall, a frozen server) would keep its request
 * waiting for a quarter of an hour. The server's own timeouts cannot be heard over it, so this end watches too.
 */
function cutSilentConnections(pool: pg.Pool, silenceMs: number): void {
  pool.on('connect', (client) => {
    const { stream } = client.connection;
    if (!(stream instanceof Socket)) return;
    stream.on('timeout', () => {
      // One that holds a lock for others and waits for no answer may say nothing as long as it likes.
      const { readyForQuery: isAtRest } = client as { readyForQuery?: boolean };
      if (!isAtRest) stream.destroy();
    });
  });
  const watch = (client: pg.PoolClient, milliseconds: number) => {
    const { stream } = client.connection;
    if (stream instanceof Socket) stream.setTimeout(milliseconds);
  };
  pool.on('acquire', (client) => watch(client, silenceMs));
  pool.on('release', (_error, client) => watch(client, 0));
}

/** After a switchover a connection may still lead to the former primary; it is replaced rather than used again. */
function leaveReadOnlyServers(pool: pg.Pool): void {
  const left = new WeakSet<pg.PoolClient>();
  pool.on('connect', (client) => {
    client.connection.on('errorMessage', ({ code }: { code?: string }) => {
      if (code === READ_ONLY) left.add(client);
    });
  });
  // The pool keeps no client that is ending.
  pool.on('release', (_error, client) => {
    if (left.has(client)) void client.end();
  });
}

/** The SQLSTATE of an error raised by PostgreSQL, e.g. `23505`. */
export function sqlState(error: unknown): string | undefined {
  return error instanceof pg.DatabaseError ? error.code : undefined;
}

/** The name of the constraint an error is about. */
export function violatedConstraint(error: unknown): string | undefined {
  return error instanceof pg.DatabaseError ? error.constraint : undefined;
}

// Class 08: connection; 53: out of connections or memory; 57: shutdown, cancel, not yet ready; 55P03: lock timeout;
// 40: rolled back for another transaction's sake; 25006: read-only standby.
const AWAY_STATES = /^(08|40|53|57)|^(55P03|25006)$/;
const AWAY_SOCKET_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EHOSTUNREACH',
  'EAI_AGAIN',
]);
const AWAY_MESSAGES =
  /^(Connection terminated|timeout exceeded when trying to connect|timeout expired|Client has encountered a connection error|Cannot use a pool after)/;

/** Whether an error says that the database is away or too busy, so that asking again later may help. */
export function isDatabaseAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const state = sqlState(error);
  if (state !== undefined) return AWAY_STATES.test(state);
  if (error instanceof AggregateError && error.errors.some(isDatabaseAway)) return true;
  return AWAY_SOCKET_CODES.has((error as NodeJS.ErrnoException).code ?? '') || AWAY_MESSAGES.test(error.message);
}

const ROLLED_BACK_STATES = new Set(['40001', '40P01']);
const MOST_TRIES = 5;

/**
 * Runs a transaction, and runs it again when PostgreSQL rolled it back for another one's sake (a deadlock, or a conflict
 * where it was told to serialise): five times at most. `work` must do nothing else than that one transaction.
 */
export async function againIfRolledBack<Result>(work: () => Promise<Result>): Promise<Result> {
  for (let tries = 1; ; tries++) {
    try {
      return await work();
    } catch (error) {
      if (tries === MOST_TRIES || !ROLLED_BACK_STATES.has(sqlState(error) ?? '')) throw error;
    }
  }
}
