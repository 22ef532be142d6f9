import pg from 'pg';
import type { Log } from './log.ts';

const AGAIN_MS = 1000;

/**
 * Listens to a PostgreSQL channel on a connection of its own, which is opened again when it breaks. What was notified
 * meanwhile is lost: a notification is a hint, and whoever listens also looks by the clock. `onHint` gets the payload,
 * which is empty after the connection was opened.
 */
export function listen(options: {
  databaseUrl: string;
  channel: string;
  onHint: (payload: string) => void;
  log: Log;
}): { close(): Promise<void> } {
  let closed = false;
  let client: pg.Client | undefined;
  let again: NodeJS.Timeout | undefined;

  const open = async () => {
    const opened = new pg.Client({
      connectionString: options.databaseUrl,
      application_name: 'samaya-listen',
      keepAlive: true,
      connectionTimeoutMillis: 5000,
    });
    client = opened;
    opened.on('error', () => undefined);
    opened.on('notification', ({ payload }) => options.onHint(payload ?? ''));
    opened.on('end', () => {
      if (!closed) again = setTimeout(open, AGAIN_MS);
    });
    try {
      await opened.connect();
      await opened.query(`listen ${pg.escapeIdentifier(options.channel)}`);
      options.onHint('');
    } catch (error) {
      if (!closed) options.log.warn({ err: error, channel: options.channel }, 'cannot listen, trying again');
      await opened.end().catch(() => undefined);
    }
  };
  void open();
  return {
    async close() {
      closed = true;
      clearTimeout(again);
      await client?.end().catch(() => undefined);
    },
  };
}
