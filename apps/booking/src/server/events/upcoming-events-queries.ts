import { type Kysely, sql } from 'kysely';
import type { DB } from '#server/database-types.ts';

/** An event as somebody who may want to come sees it. */
export interface UpcomingEvent {
  id: number;
  title: string;
  event_type: string;
  date_time: Date;
  /** Minutes. */
  duration: number;
  time_zone: string;
  place: string | null;
  online: boolean;
  price: number;
  currency: string;
  max_participants: number;
  seats_left: number;
  facilitator: { id: number; name: string };
}

/** Active events that have not started, soonest first; those after the event `afterId`, that have all of `words`. */
export async function selectUpcomingEvents(
  db: Kysely<DB>,
  { words, afterId, limit }: { words: readonly string[]; afterId: number | null; limit: number },
): Promise<UpcomingEvent[]> {
  const { rows } = await sql<UpcomingEvent>`
    select e.id, e.title, e.event_type, e.date_time, e.duration, e.time_zone, e.place, e.online, e.price, e.currency,
           e.max_participants, e.max_participants - e.seats_taken as seats_left,
           json_build_object('id', f.id, 'name', f.name) as facilitator
    from events e join facilitators f on f.id = e.facilitator_id
    where e.is_active and e.cancelled_at is null and e.date_time > clock_timestamp()
      and (${afterId}::integer is null
           or (e.date_time, e.id) > (select last.date_time, last.id from events last where last.id = ${afterId}))
      and not exists (
        select from unnest(${words}::text[]) as wanted (word)
        where strpos(
          unaccent(lower(concat_ws(' ', e.title, e.event_type, e.practice, e.summary, e.place, f.name))),
          unaccent(lower(wanted.word))) = 0)
    order by e.date_time, e.id
    limit ${limit}`.execute(db);
  return rows;
}
