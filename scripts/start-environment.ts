import { join, resolve } from 'node:path';
import type { Config } from '@samaya/platform/config.ts';
import type { Databases } from '@samaya/platform/embedded-databases.ts';

// Compiled once, kept for the next start: a third of a start is compiling.
const COMPILE_CACHE = join(resolve(import.meta.dirname, '..'), 'node_modules/.cache/node');

/**
 * The environment of one application: the launcher's own, with the addresses of its database. Of the other's it gets
 * the place without a key.
 */
export function environmentFor(name: 'booking' | 'crm', config: Config, databases: Databases): NodeJS.ProcessEnv {
  const isBooking = name === 'booking';
  return {
    ...process.env,
    NODE_COMPILE_CACHE: COMPILE_CACHE,
    DATA_DIR: config.dataDir,
    BOOKING_DATABASE_URL: isBooking ? databases.booking.appUrl : withoutKey(databases.booking.appUrl),
    BOOKING_MIGRATION_URL: isBooking ? databases.booking.ownerUrl : '',
    CRM_DATABASE_URL: isBooking ? withoutKey(databases.crm.appUrl) : databases.crm.appUrl,
    CRM_MIGRATION_URL: isBooking ? '' : databases.crm.ownerUrl,
  };
}

function withoutKey(url: string): string {
  const { hostname, port, pathname } = new URL(url);
  return `postgres://${hostname}${port ? `:${port}` : ''}${pathname}`;
}
