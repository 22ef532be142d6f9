import { type Kysely, sql } from 'kysely';
import type { DB } from '#server/database-types.ts';
import { isOpen } from './event-filter-queries.ts';

export interface EventAddress {
  id: number;
  title: string;
}

/** Events ahead whose ids are from `from` up to but not including `until`. */
export async function selectEventAddresses(
  db: Kysely<DB>,
  { from, until, limit }: { from: number; until: number; limit: number },
): Promise<EventAddress[]> {
  const { rows } = await sql<EventAddress>`
    select e.id, e.title from events e
    where ${isOpen({})} and e.id >= ${from} and e.id < ${until} order by e.id limit ${limit}`.execute(db);
  return rows;
}

/** Which parts of `size` ids have events ahead: 0 for the ids below it, and so on. */
export async function selectEventParts(db: Kysely<DB>, size: number): Promise<number[]> {
  const { rows } = await sql<{ part: number }>`
    select distinct e.id / ${size}::integer as part from events e where ${isOpen({})} order by 1`.execute(db);
  return rows.map(({ part }) => part);
}
