import { type Kysely, sql } from 'kysely';
import type { DB } from '#server/database-types.ts';

export interface StudioSettings {
  name: string;
  timeZone: string;
  currency: string;
}

/** Writes the studio's one row, when it differs. */
export async function updateStudio(db: Kysely<DB>, { name, timeZone, currency }: StudioSettings): Promise<void> {
  await sql`
    insert into studio (name, time_zone, currency) values (${name}, ${timeZone}, ${currency})
    on conflict (only_row) do update
      set name = excluded.name, time_zone = excluded.time_zone, currency = excluded.currency
      where (studio.name, studio.time_zone, studio.currency)
        is distinct from (excluded.name, excluded.time_zone, excluded.currency)`.execute(db);
}
