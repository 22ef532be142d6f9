import { type Kysely, sql } from 'kysely';
import type { DB } from '#server/database-types.ts';
import type { Facilitator } from './facilitator.ts';

/** A facilitator as admins see them. */
export interface FacilitatorAccount extends Facilitator {
  email: string;
  /** The proven person of the same address, who signs in as this facilitator. */
  userId: number | null;
  /** Events ahead that were not cancelled. */
  ahead: number;
}

const COLUMNS = sql`
  f.id, f.name, f.email, f.bio, f.specialties,
  (select u.id from users u where lower(u.email) = lower(f.email) and u.proven_at is not null
    and u.deleted_at is null) as "userId",
  (select count(*)::integer from events e where e.facilitator_id = f.id and e.cancelled_at is null
    and e.date_time > now()) as ahead`;

/** Facilitators in the order they came, at most `limit`, those after the facilitator `afterId`. */
export async function selectFacilitatorAccounts(
  db: Kysely<DB>,
  { afterId, limit }: { afterId: number | undefined; limit: number },
): Promise<FacilitatorAccount[]> {
  const { rows } = await sql<FacilitatorAccount>`
    select ${COLUMNS} from facilitators f where f.id > ${afterId ?? 0} order by f.id limit ${limit}`.execute(db);
  return rows;
}

export async function selectFacilitatorAccount(db: Kysely<DB>, id: number): Promise<FacilitatorAccount | undefined> {
  const { rows } = await sql<FacilitatorAccount>`select ${COLUMNS} from facilitators f where f.id = ${id}`.execute(db);
  return rows[0];
}

/** Every facilitator's name, by name. */
export async function selectFacilitatorNames(db: Kysely<DB>): Promise<{ id: number; name: string }[]> {
  const { rows } = await sql<{ id: number; name: string }>`
    select id, name from facilitators order by search_form(name), id`.execute(db);
  return rows;
}
