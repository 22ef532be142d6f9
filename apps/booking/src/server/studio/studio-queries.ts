import { type Kysely, sql } from 'kysely';
import type { DB } from '#server/database-types.ts';
import type { Studio } from './studio.ts';

export async function selectStudio(db: Kysely<DB>): Promise<Studio> {
  const { rows } = await sql<Studio>`
    select name, time_zone as "timeZone", currency, terms from studio`.execute(db);
  const [studio] = rows;
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
