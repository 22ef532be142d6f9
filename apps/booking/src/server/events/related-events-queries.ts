import { type Kysely, sql } from 'kysely';
import type { DB } from '#server/database-types.ts';
import type { EventInBrief } from './event.ts';
import { IN_ORDER, isOpen } from './event-filter-queries.ts';
import { BRIEF_EVENT_COLUMNS } from './event-queries.ts';

// So many of the next events are looked through for what is like one of them.
const NEXT = 500;

/** When the same is held again by the same facilitator. */
export async function selectOtherDates(db: Kysely<DB>, event: EventInBrief, limit: number): Promise<EventInBrief[]> {
  const { rows } = await sql<EventInBrief>`
    select ${BRIEF_EVENT_COLUMNS} from events e join facilitators f on f.id = e.facilitator_id
    where ${isOpen({})} and e.facilitator_id = ${event.facilitator_id} and e.title = ${event.title} and e.id <> ${event.id}
    ${IN_ORDER} limit ${limit}`.execute(db);
  return rows;
}

/** Something else, each only with its next date; what has practice, type or facilitator in common comes first. */
export async function selectSimilarEvents(db: Kysely<DB>, event: EventInBrief, limit: number): Promise<EventInBrief[]> {
  const { rows } = await sql<EventInBrief>`
    with next as (
      select e.id, e.title, e.practice, e.facilitator_id, e.event_type, e.date_time from events e
      where ${isOpen({})} ${IN_ORDER} limit ${NEXT}),
    alike as (
      select id, date_time, row_number() over (partition by title, facilitator_id order by date_time, id) as place,
        coalesce(search_form(practice) = search_form(${event.practice}), false)::int * 2
          + (event_type = ${event.event_type})::int + (facilitator_id = ${event.facilitator_id})::int as likeness
      from next where (title, facilitator_id) <> (${event.title}, ${event.facilitator_id}))
    select ${BRIEF_EVENT_COLUMNS}
    from alike join events e on e.id = alike.id join facilitators f on f.id = e.facilitator_id
    where alike.place = 1 order by alike.likeness desc, e.date_time, e.id limit ${limit}`.execute(db);
  return rows;
}
