import type { Kysely } from 'kysely';
import type { DB } from '#server/database-types.ts';
import type { EventQuery } from './event-filter.ts';

/** What each view of the events is made from. */
export interface Viewing {
  db: Kysely<DB>;
  params: URLSearchParams;
  query: EventQuery;
  /** The studio's. */
  timeZone: string;
  /** On its clock. */
  today: string;
}
