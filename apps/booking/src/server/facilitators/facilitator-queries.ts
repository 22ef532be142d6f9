import { sqlState } from '@samaya/platform/database.ts';
import { type Kysely, sql, type Transaction } from 'kysely';
import type { DB } from '#server/database-types.ts';
import { BookingError } from '#server/errors.ts';
import { CANARY_DOMAIN, type Facilitator } from './facilitator.ts';

const COLUMNS = ['id', 'name', 'bio', 'specialties'] as const;
const UNIQUE_VIOLATION = '23505';

export async function selectFacilitator(db: Kysely<DB>, id: number): Promise<Facilitator | undefined> {
  return await db.selectFrom('facilitators').select(COLUMNS).where('id', '=', id).executeTakeFirst();
}

/** Facilitators in the order they came, at most `limit`, those after the facilitator `afterId`. */
export async function selectFacilitators(
  db: Kysely<DB>,
  { afterId, limit }: { afterId: number | undefined; limit: number },
): Promise<Facilitator[]> {
  let query = db.selectFrom('facilitators').select(COLUMNS).where('email', 'not like', `%@${CANARY_DOMAIN}`);
  if (afterId !== undefined) query = query.where('id', '>', afterId);
  return await query.orderBy('id').limit(limit).execute();
}

export interface FacilitatorFields {
  name: string;
  email: string;
  bio?: string | null | undefined;
  specialties?: string | null | undefined;
}

/** Adds a facilitator; `email-taken` when there is one at the address. */
export async function insertFacilitator(db: Kysely<DB>, fields: FacilitatorFields): Promise<Facilitator> {
  return await db
    .insertInto('facilitators')
    .values(fields)
    .returning(COLUMNS)
    .executeTakeFirstOrThrow()
    .catch(refuseTakenEmail);
}

/** A facilitator's fields, locked against another change. */
export async function lockFacilitator(trx: Transaction<DB>, id: number): Promise<FacilitatorFields | undefined> {
  return await trx
    .selectFrom('facilitators')
    .select(['name', 'email', 'bio', 'specialties'])
    .where('id', '=', id)
    .forNoKeyUpdate()
    .executeTakeFirst();
}

/** Changes the fields given; `undefined` when there is no such facilitator, `email-taken` as above. */
export async function updateFacilitator(
  db: Kysely<DB>,
  id: number,
  changes: Partial<FacilitatorFields>,
): Promise<Facilitator | undefined> {
  return await db
    .updateTable('facilitators')
    .set(changes)
    .where('id', '=', id)
    .returning(COLUMNS)
    .executeTakeFirst()
    .catch(refuseTakenEmail);
}

/** Gives the facilitator of an address another one, unless it is another facilitator's. */
export async function updateFacilitatorEmail(
  trx: Transaction<DB>,
  { from, to }: { from: string; to: string },
): Promise<void> {
  await sql`
    update facilitators set email = ${to} where lower(email) = lower(${from})
      and not exists (select 1 from facilitators other where lower(other.email) = lower(${to}))`.execute(trx);
}

function refuseTakenEmail(error: unknown): never {
  if (sqlState(error) !== UNIQUE_VIOLATION) throw error;
  throw new BookingError('email-taken', 'There is a facilitator with this address.', {
    errors: [{ pointer: '/email', detail: 'is taken' }],
  });
}
