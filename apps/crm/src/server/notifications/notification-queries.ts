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

/** Marks some of a facilitator's notifications; answers those that are theirs, as they are then. */
export async function updateProcessed(
  trx: Transaction<DB>,
  { facilitatorId, ids, processed }: { facilitatorId: number; ids: readonly number[]; processed: boolean },
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
    .set({ processed })
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
