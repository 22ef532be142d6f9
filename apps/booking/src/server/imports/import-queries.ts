import { type Kysely, sql, type Transaction } from 'kysely';
import type { DB } from '#server/database-types.ts';
import type { KnownFacilitator } from './facilitator-directory.ts';
import type { EventFields } from './settle-event.ts';

const ROWS_AT_ONCE = 500;

export interface ExistingEvent {
  id: number;
  import_key: string | null;
  title: string;
  description: string;
  event_type: string;
  date_time: Date;
  duration: number;
  max_participants: number;
  price: number;
  currency: string;
  time_zone: string;
  facilitator_id: number;
  facilitator_name: string | null;
  is_active: boolean;
  seats_taken: number;
  place: string | null;
  online: boolean;
  practice: string | null;
  level: string | null;
  summary: string | null;
  cancelled_at: Date | null;
}

/** Lets this transaction think between its statements, and wait a while for bookings in progress. */
export async function allowLongWork(trx: Transaction<DB>): Promise<void> {
  await sql`set local idle_in_transaction_session_timeout = '10min'`.execute(trx);
  await sql`set local lock_timeout = '10s'`.execute(trx);
}

/** One import at a time: two of the same file would each create what the other is creating. Ends with the transaction. */
export async function waitForOtherImports(trx: Transaction<DB>): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtext('samaya: import'))`.execute(trx);
}

export async function listKnownFacilitators(db: Kysely<DB>): Promise<(KnownFacilitator & { id: number })[]> {
  return await db.selectFrom('facilitators').select(['id', 'name', 'email']).orderBy('id').execute();
}

export async function findKnownFacilitator(
  db: Kysely<DB>,
  id: number,
): Promise<(KnownFacilitator & { id: number }) | undefined> {
  return await db.selectFrom('facilitators').select(['id', 'name', 'email']).where('id', '=', id).executeTakeFirst();
}

/** Events brought by an earlier import, by their keys; locked in id order for a change when asked. */
export async function findImportedEvents(
  trx: Transaction<DB>,
  keys: readonly string[],
  { isForChange }: { isForChange: boolean },
): Promise<Map<string, ExistingEvent>> {
  const query = trx
    .selectFrom('events')
    .select([
      'id',
      'import_key',
      'title',
      'description',
      'event_type',
      'date_time',
      'duration',
      'max_participants',
      'price',
      'currency',
      'time_zone',
      'facilitator_id',
      'is_active',
      'seats_taken',
      'place',
      'online',
      'practice',
      'level',
      'summary',
      'cancelled_at',
    ])
    .select((events) =>
      events
        .selectFrom('facilitators')
        .select('name')
        .whereRef('facilitators.id', '=', 'events.facilitator_id')
        .as('facilitator_name'),
    )
    .where('import_key', '=', sql<string>`any(${keys})`)
    .orderBy('id');
  const rows = await (isForChange ? query.forNoKeyUpdate() : query).execute();
  return new Map(rows.map((row) => [row.import_key ?? '', row]));
}

/** Adds facilitators; answers their ids by address. */
export async function insertFacilitators(
  trx: Transaction<DB>,
  facilitators: readonly { name: string; email: string }[],
): Promise<Map<string, number>> {
  const ids = new Map<string, number>();
  for (const some of chunks(facilitators)) {
    const rows = await trx
      .insertInto('facilitators')
      .values(some.map(({ name, email }) => ({ name, email })))
      .returning(['id', 'email'])
      .execute();
    for (const { id, email } of rows) ids.set(email, id);
  }
  return ids;
}

export interface NewEvent {
  fields: EventFields;
  facilitatorId: number;
  key: string;
  currency: string;
}

export async function insertEvents(trx: Transaction<DB>, events: readonly NewEvent[]): Promise<void> {
  for (const some of chunks(events)) {
    await trx
      .insertInto('events')
      .values(
        some.map(({ fields, facilitatorId, key, currency }) => ({
          currency,
          ...fields,
          facilitator_id: facilitatorId,
          import_key: key,
        })),
      )
      .execute();
  }
}

export async function updateEvent(
  trx: Transaction<DB>,
  id: number,
  changes: Partial<EventFields> & { facilitator_id?: number },
): Promise<void> {
  await trx.updateTable('events').set(changes).where('id', '=', id).execute();
}

/** The proven person at an address, with their facilitator; undefined when there is none. */
export async function findImporter(
  db: Kysely<DB>,
  email: string,
): Promise<{ isAdmin: boolean; facilitator: (KnownFacilitator & { id: number }) | undefined } | undefined> {
  const row = await db
    .selectFrom('users')
    .leftJoin('facilitators', (join) => join.on(sql`lower(facilitators.email)`, '=', sql`lower(users.email)`))
    .select(['users.is_admin', 'facilitators.id', 'facilitators.name', 'facilitators.email'])
    .where(sql`lower(users.email)`, '=', email)
    .where('users.deleted_at', 'is', null)
    .where('users.disabled_at', 'is', null)
    .where('users.proven_at', 'is not', null)
    .executeTakeFirst();
  if (!row) return undefined;
  const { id, name, email: address } = row;
  const facilitator = id === null || name === null || address === null ? undefined : { id, name, email: address };
  return { isAdmin: row.is_admin, facilitator };
}

function chunks<Item>(items: readonly Item[]): Item[][] {
  return Array.from({ length: Math.ceil(items.length / ROWS_AT_ONCE) }, (_, index) =>
    items.slice(index * ROWS_AT_ONCE, (index + 1) * ROWS_AT_ONCE),
  );
}
