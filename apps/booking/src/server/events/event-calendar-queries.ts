import { type Kysely, sql } from 'kysely';
import type { DB } from '#server/database-types.ts';
import type { EventInBrief } from './event.ts';
import { type EventFilter, IN_ORDER, isBetween, isFoundBy, matches } from './event-filter-queries.ts';
import { BRIEF_EVENT_COLUMNS } from './event-queries.ts';

/** An event, and how often what a calendar shows of it has changed. */
export interface CalendarEvent extends EventInBrief {
  revision: number;
}

// Longer than anything lasts that is still going on; what began before is not looked for.
const LOOKED_BACK = '62 days';

/**
 * What a public calendar shows: events that are not over, and those that were cancelled after somebody had booked.
 * (One that nobody had booked may never have been public; it is simply not there.)
 */
export async function selectCalendarEvents(
  db: Kysely<DB>,
  words: readonly string[],
  { filter, limit }: { filter: EventFilter; limit: number },
): Promise<CalendarEvent[]> {
  const isAsked = sql`e.date_time > now() - ${LOOKED_BACK}::interval
    and e.date_time + make_interval(mins => e.duration) > now()
    and ${isBetween(filter)} and ${matches(filter)} and ${isFoundBy(words)}`;
  const { rows } = await sql<CalendarEvent>`
    select ${BRIEF_EVENT_COLUMNS}, e.revision
    from (
      (select e.id from events e
        where e.is_active and e.cancelled_at is null and ${isAsked} ${IN_ORDER} limit ${limit})
      union all
      (select e.id from events e
        where e.cancelled_at is not null and ${isAsked} and exists (select from bookings b where b.event_id = e.id)
        ${IN_ORDER} limit ${limit})
    ) shown join events e on e.id = shown.id join facilitators f on f.id = e.facilitator_id
    ${IN_ORDER} limit ${limit}`.execute(db);
  return rows;
}
