import type { BookingState } from '@samaya/booking-notification/digest.ts';
import { type Kysely, sql } from 'kysely';
import type { DB } from '#server/database-types.ts';
import type { SayableRow } from './compose-message.ts';

export interface BookingRange {
  /** Bookings with ids above this. */
  after: number;
  /** Up to and with this one. */
  to: number;
  /** Only those at the events of this facilitator. */
  facilitatorId: number | undefined;
  limit: number;
}

/**
 * The newest states of bookings in the order of their ids. The bookings themselves say them: messages that arrived are
 * deleted after a week. Only of a booking that is gone the last message is all there is, and that one stays.
 */
export async function listStates(db: Kysely<DB>, range: BookingRange): Promise<BookingState[]> {
  const { rows } = await sql<BookingState>`
    with ${picked(range)}
    select picked.booking_id, picked.version, picked.status, e.facilitator_id
    from picked left join events e on e.id = picked.event_id
    order by picked.booking_id limit ${range.limit}`.execute(db);
  return rows;
}

/** A booking's newest state, as a row that can be said. */
export interface NewestRow extends Omit<SayableRow, 'id' | 'booking_id' | 'version' | 'status'> {
  /** Of the message that tells of this version; `null` once it is deleted. */
  id: string | null;
  booking_id: number;
  version: number;
  status: string;
  on_its_way: boolean;
}

/** The same, with all that a message about them says. */
export async function listNewest(db: Kysely<DB>, range: BookingRange): Promise<NewestRow[]> {
  const { rows } = await sql<NewestRow>`
    with ${picked(range)}
    select o.id, coalesce(o.kind, booking_kind(null, picked.status, null, picked.seats)) as kind,
           coalesce(o.occurred_at, picked.since) as occurred_at,
           picked.booking_id, picked.version, picked.status, picked.seats,
           picked.user_id, u.name as user_name, u.email as user_email,
           picked.event_id, e.title as event_title, e.date_time as event_date, e.event_type, e.price, e.facilitator_id,
           null as facilitator_name, null as facilitator_email,
           o.id is not null and o.delivered_at is null and o.dead_at is null as on_its_way
    from picked
    left join outbox o
      on o.booking_id = picked.booking_id and o.version = picked.version and o.destination = 'crm'
    left join users u on u.id = picked.user_id
    left join events e on e.id = picked.event_id
    order by picked.booking_id limit ${range.limit}`.execute(db);
  return rows;
}

function picked(range: BookingRange) {
  return range.facilitatorId === undefined ? pickedOfAll(range) : pickedOfOne(range, range.facilitatorId);
}

// Bookings first, by their index; then those that are gone, no further than the bookings reach.
function pickedOfAll({ after, to, limit }: BookingRange) {
  return sql`
    booked as materialized (
      select id as booking_id, version, status, seats, user_id, event_id, booking_date as since
      from bookings where id > ${after} and id <= ${to} order by id limit ${limit}
    ), gone as materialized (
      select o.booking_id, o.version, o.status, o.seats, o.user_id, o.event_id, o.occurred_at as since
      from outbox o
      where o.destination = 'crm' and o.booking_id > ${after}
        and o.booking_id <= (
          select case when count(*) = ${limit} then max(booking_id) else ${to}::integer end from booked)
        and not exists (select 1 from bookings b where b.id = o.booking_id)
        and not exists (
          select 1 from outbox newer
          where newer.destination = 'crm' and newer.booking_id = o.booking_id and newer.version > o.version)
      order by o.booking_id limit ${limit}
    ), picked as (select * from booked union all select * from gone)`;
}

// Those that are gone are nobody's any more.
function pickedOfOne({ after, to, limit }: BookingRange, facilitatorId: number) {
  return sql`
    picked as materialized (
      select b.id as booking_id, b.version, b.status, b.seats, b.user_id, b.event_id, b.booking_date as since
      from events e join bookings b on b.event_id = e.id
      where e.facilitator_id = ${facilitatorId} and b.id > ${after} and b.id <= ${to} order by b.id limit ${limit}
    )`;
}
