import { join, resolve } from 'node:path';
import { connect, type Database } from '@samaya/platform/database.ts';
import type { Databases } from '@samaya/platform/embedded-databases.ts';
import { findDatabaseFaults } from '@samaya/platform/readiness.ts';
import type { DB as BookingTables } from '../apps/booking/src/server/database-types.ts';
import type { DB as CrmTables } from '../apps/crm/src/server/database-types.ts';
import { type Finding, ok, wrong } from './doctor-finding.ts';
import { checkPostgresVersion } from './doctor-machine.ts';

const APPS = join(resolve(import.meta.dirname, '..'), 'apps');
// Invariants are counted through whole tables.
const STATEMENT_MS = 60_000;
const WRITTEN_TABLE = { booking: 'bookings', crm: 'booking_notifications' };
const NAMES = { booking: 'booking', crm: 'CRM' };

/** Connections of the roles that the applications run as. */
export interface Open {
  booking: Database<BookingTables>;
  crm: Database<CrmTables>;
  close(): Promise<void>;
}

export function connectBoth(urls: Pick<Databases, 'booking' | 'crm'>): Open {
  const options = { applicationName: 'samaya-doctor', max: 4, statementTimeoutMs: STATEMENT_MS };
  const booking = connect<BookingTables>(urls.booking.appUrl, options);
  const crm = connect<CrmTables>(urls.crm.appUrl, options);
  return {
    booking,
    crm,
    async close() {
      await booking.close();
      await crm.close();
    },
  };
}

/** Whether an application's database is there, takes writes, is migrated, and is no old PostgreSQL. */
export async function checkDatabase(open: Open, app: 'booking' | 'crm'): Promise<Finding[]> {
  const { pool } = open[app];
  const [fault] = await findDatabaseFaults(pool, join(APPS, app, 'migrations'));
  if (fault !== undefined) return [wrong(`${NAMES[app]}: ${fault}`, mendOf(fault, app))];
  const { rows } = await pool.query<{ version: number; writes: boolean }>(
    `select current_setting('server_version_num')::integer as version,
            (select bool_and(has_table_privilege($1, right_)) from unnest(array['insert', 'update', 'delete']) right_)
              as writes`,
    [WRITTEN_TABLE[app]],
  );
  const [row] = rows;
  const text = `the database of ${NAMES[app]} answers, takes writes and is migrated`;
  if (row?.writes) return [ok(text), checkPostgresVersion(NAMES[app], row.version)];
  return [
    wrong(
      `${NAMES[app]}: its role may not write to ${WRITTEN_TABLE[app]}`,
      `start ${NAMES[app]} once with ${app.toUpperCase()}_MIGRATION_URL of the owning role, which grants it`,
    ),
  ];
}

function mendOf(fault: string, app: 'booking' | 'crm'): string {
  const setting = `${app.toUpperCase()}_DATABASE_URL`;
  if (fault.includes('read-only')) return `${setting} leads to a standby; let it lead to the primary`;
  if (fault.includes('migrated')) return 'start the newest version of the application that ran here, which migrates it';
  return `check ${setting}, and that PostgreSQL runs and lets its user in`;
}
