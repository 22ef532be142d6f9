import { type Kysely, type SelectQueryBuilder, sql, type Transaction } from 'kysely';
import type { DB } from '#server/database-types.ts';
import type { Notification, StreamedNotification } from './notification.ts';

const COLUMNS = [
  'id',
  'booking_id',
  'user_name',
  'user_email',
  'event_title',
  'event_date',
  'facilitator_id',
  'received_at',
  'processed',
  'message_id',
  'kind',
  'version',
  'superseded',
  'occurred_at',
  'status',
  'seats',
  'user_id',
  'event_id',
  'event_type',
  'price',
  'processed_at',
  'processed_by',
] as const;

export interface NotificationFilter {
  facilitatorId: number;
  processed?: boolean | undefined;
  kind?: string | undefined;
  /** Part of an event's title, in any case. */
  eventTitle?: string | undefined;
  /** Received from this moment on, and before that one. */
  from?: Date | undefined;
  before?: Date | undefined;
  /** Only those older than this id. */
  beforeId?: number | undefined;
  limit: number;
}

/** A facilitator's notifications, newest first. */
export async function listNotificationRows(db: Kysely<DB>, filter: NotificationFilter): Promise<Notification[]> {
  let query = db.selectFrom('booking_notifications').select(COLUMNS).where('facilitator_id', '=', filter.facilitatorId);
  if (filter.processed !== undefined) query = query.where('processed', '=', filter.processed);
  if (filter.kind !== undefined) query = query.where('kind', '=', filter.kind);
  if (filter.from !== undefined) query = query.where('received_at', '>=', filter.from);
  if (filter.before !== undefined) query = query.where('received_at', '<', filter.before);
  if (filter.beforeId !== undefined) query = query.where('id', '<', filter.beforeId);
  if (filter.eventTitle) query = titleHas(query, filter.eventTitle);
  return await query.orderBy('id', 'desc').limit(filter.limit).execute();
}

function titleHas<Row>(
  query: SelectQueryBuilder<DB, 'booking_notifications', Row>,
  part: string,
): SelectQueryBuilder<DB, 'booking_notifications', Row> {
  const pattern = `%${part.replaceAll(/[\\%_]/g, '\\$&')}%`;
  return query.where('event_title', 'ilike', pattern);
}

/** How many of a facilitator's notifications wait, and how many are dealt with; neither counts further than `most`. */
export async function countInbox(
  db: Kysely<DB>,
  facilitatorId: number,
  most: number,
): Promise<{ toDo: number; processed: number }> {
  const { rows } = await sql<{ toDo: number; processed: number }>`
    select
      (select count(*)::int from (
        select 1 from booking_notifications where facilitator_id = ${facilitatorId} and not processed limit ${most}
      ) as waiting) as "toDo",
      (select count(*)::int from (
        select 1 from booking_notifications where facilitator_id = ${facilitatorId} and processed limit ${most}
      ) as done) as processed`.execute(db);
  return rows[0] ?? { toDo: 0, processed: 0 };
}

/** The id of a facilitator's newest notification, 0 where there is none. */
export async function findNewestId(db: Kysely<DB>, facilitatorId: number): Promise<number> {
  const row = await db
    .selectFrom('booking_notifications')
    .select('id')
    .where('facilitator_id', '=', facilitatorId)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.id ?? 0;
}

/** One of a facilitator's notifications. */
export async function findNotification(
  db: Kysely<DB>,
  { facilitatorId, id }: { facilitatorId: number; id: number },
): Promise<Notification | undefined> {
  return await db
    .selectFrom('booking_notifications')
    .select(COLUMNS)
    .where('facilitator_id', '=', facilitatorId)
    .where('id', '=', id)
    .executeTakeFirst();
}

/** What else the person of a notification did at the same facilitator's, newest first. */
export async function listOfClient(db: Kysely<DB>, of: Notification, limit: number): Promise<Notification[]> {
  return await db
    .selectFrom('booking_notifications')
    .select(COLUMNS)
    .where('facilitator_id', '=', of.facilitator_id)
    .where('id', '<>', of.id)
    .where((row) => row.or([row('user_email', '=', of.user_email), row('user_id', '=', of.user_id)]))
    .orderBy('id', 'desc')
    .limit(limit)
    .execute();
}

/** Which of a facilitator's notifications are marked, how, and by whom. */
export interface Marking {
  facilitatorId: number;
  userId: number;
  ids: readonly number[];
  processed: boolean;
}

/** Marks some of a facilitator's notifications; answers those that are theirs, as they are then. */
export async function updateProcessed(
  trx: Transaction<DB>,
  { facilitatorId, userId, ids, processed }: Marking,
): Promise<{ changed: Notification[]; unchanged: Notification[] }> {
  // The stream's lock before the rows: the order in which every writer takes them.
  await sql`select 1 from facilitator_streams where facilitator_id = ${facilitatorId} for update`.execute(trx);
  const own = trx
    .selectFrom('booking_notifications')
    .select(COLUMNS)
    .where('facilitator_id', '=', facilitatorId)
    .where('id', 'in', [...ids]);
  const unchanged = await own.where('processed', '=', processed).orderBy('id').execute();
  const changed = await trx
    .updateTable('booking_notifications')
    .set({ processed, processed_by: processed ? userId : null })
    .where('facilitator_id', '=', facilitatorId)
    .where('id', 'in', [...ids])
    .where('processed', '<>', processed)
    .returning(COLUMNS)
    .execute();
  return { changed: changed.sort((one, other) => one.id - other.id), unchanged };
}

/** Where a facilitator's stream stands. */
export async function findStreamPosition(db: Kysely<DB>, facilitatorId: number): Promise<number> {
  const row = await db
    .selectFrom('facilitator_streams')
    .select('position')
    .where('facilitator_id', '=', facilitatorId)
    .executeTakeFirst();
  return row?.position ?? 0;
}

/** What arrived or changed after a position of a facilitator's stream, in its order. */
export async function listAfterPosition(
  db: Kysely<DB>,
  { facilitatorId, position, limit }: { facilitatorId: number; position: number; limit: number },
): Promise<StreamedNotification[]> {
  return await db
    .selectFrom('booking_notifications')
    .select([...COLUMNS, 'stream_position'])
    .where('facilitator_id', '=', facilitatorId)
    .where('stream_position', '>', position)
    .orderBy('stream_position')
    .limit(limit)
    .execute();
}
