import { type Kysely, sql } from 'kysely';
import type { DB } from '#server/database-types.ts';

export interface EventChoices {
  practices: string[];
  facilitators: { id: number; name: string }[];
}

// So many of the next events say what there is; looking through all of them would take long and offer little more.
const NEXT = 2000;

/** The practices and the facilitators of the next events, by name. */
export async function selectEventChoices(db: Kysely<DB>): Promise<EventChoices> {
  const { rows } = await sql<EventChoices>`
    with next as (
      select practice, facilitator_id from events
      where is_active and cancelled_at is null and date_time > now()
      order by date_time, id limit ${NEXT})
    select
      coalesce((select json_agg(practice order by practice)
        from (select min(practice) as practice from next where practice is not null group by search_form(practice)) p),
        '[]') as practices,
      coalesce((select json_agg(json_build_object('id', f.id, 'name', f.name) order by f.name, f.id)
        from facilitators f where f.id in (select facilitator_id from next)), '[]') as facilitators`.execute(db);
  return rows[0] ?? { practices: [], facilitators: [] };
}
