import { sqlState } from '@samaya/platform/database.ts';
import { PlatformError } from '@samaya/platform/platform-error.ts';
import { type Kysely, sql, type Transaction } from 'kysely';
import type { DB } from '#server/database-types.ts';
import type { Studio } from './studio.ts';

const INVALID_PARAMETER = '22023';

const STUDIO = sql`select name, time_zone as "timeZone", currency, terms from studio`;

export async function selectStudio(db: Kysely<DB>): Promise<Studio> {
  return onlyRow(await sql<Studio>`${STUDIO}`.execute(db));
}

/** The same, locked against another change. */
export async function lockStudio(trx: Transaction<DB>): Promise<Studio> {
  return onlyRow(await sql<Studio>`${STUDIO} for no key update`.execute(trx));
}

function onlyRow({ rows: [studio] }: { rows: Studio[] }): Studio {
  if (!studio) throw new Error('the studio has no row');
  return studio;
}

/** Writes what is configured into the studio's one row, when it differs and nobody changed it by hand. */
export async function takeConfiguredStudio(
  db: Kysely<DB>,
  { name, timeZone, currency }: Omit<Studio, 'terms'>,
): Promise<void> {
  await sql`
    insert into studio (name, time_zone, currency) values (${name}, ${timeZone}, ${currency})
    on conflict (only_row) do update
      set name = excluded.name, time_zone = excluded.time_zone, currency = excluded.currency
      where studio.changed_at is null and (studio.name, studio.time_zone, studio.currency)
        is distinct from (excluded.name, excluded.time_zone, excluded.currency)`.execute(db);
}

/**
 * Writes what somebody set by hand; from then on it wins over what is configured. `invalid` for a time zone that the
 * database does not know: every list asks it for days on the studio's clock.
 */
export async function updateStudio(db: Kysely<DB>, { name, timeZone, currency, terms }: Studio): Promise<void> {
  await sql`select now() at time zone ${timeZone}`.execute(db).catch(refuseZone);
  await sql`
    update studio set name = ${name}, time_zone = ${timeZone}, currency = ${currency}, terms = ${terms},
      changed_at = clock_timestamp()`.execute(db);
}

function refuseZone(error: unknown): never {
  if (sqlState(error) !== INVALID_PARAMETER) throw error;
  throw new PlatformError('invalid', 'The database does not know this time zone.', {
    errors: [{ pointer: '/timeZone', detail: 'is a time zone such as Europe/Lisbon' }],
  });
}
