import type { Kysely } from 'kysely';
import type { DB } from '#server/database-types.ts';
import type { EventInBrief } from './event.ts';
import { selectOtherDates, selectSimilarEvents } from './related-events-queries.ts';

const OTHER_DATES = 6;
const SIMILAR = 3;

/** What else somebody who looks at an event may like: the same on other dates, and what is like it. */
export async function listRelatedEvents(
  db: Kysely<DB>,
  event: EventInBrief,
): Promise<{ otherDates: EventInBrief[]; similar: EventInBrief[] }> {
  const [otherDates, similar] = await Promise.all([
    selectOtherDates(db, event, OTHER_DATES),
    selectSimilarEvents(db, event, SIMILAR),
  ]);
  return { otherDates, similar };
}
