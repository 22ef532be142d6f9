import { type Kysely, sql, type Transaction } from 'kysely';
import type { DB } from '#server/database-types.ts';
import { ATTENDANCE_OPENS_MINUTES, type Booking, type BookingStatus } from './booking.ts';

const BOOKING_COLUMNS = ['id', 'user_id', 'event_id', 'booking_date', 'status', 'seats'] as const;

export interface WantedPlace {
  userId: number;
  eventId: number;
  seats: number;
}

/** Runs `book_place`; see its comment in the migrations. */
export async function bookPlace(db: Kysely<DB>, wanted: WantedPlace): Promise<Booking | undefined> {
  const { rows } = await sql<Booking>`
    select id, user_id, event_id, booking_date, status, seats
    from book_place(${wanted.userId}, ${wanted.eventId}, ${wanted.seats})`.execute(db);
  return rows[0];
}

export interface BookableState {
  /** Whether the person still has an account. */
  isKnown: boolean;
  isOpen: boolean;
  hasStarted: boolean;
  maxParticipants: number;
  seatsLeft: number;
  ownStatus: BookingStatus | null;
}

/** What decides whether a person can book an event now, by the database's clock. */
export async function findBookableState(db: Kysely<DB>, wanted: WantedPlace): Promise<BookableState | undefined> {
  const { rows } = await sql<BookableState>`
    select exists (select 1 from users u where u.id = ${wanted.userId} and u.deleted_at is null) as "isKnown",
           e.is_active and e.cancelled_at is null as "isOpen",
           e.date_time <= clock_timestamp() as "hasStarted",
           e.max_participants as "maxParticipants",
           e.max_participants - e.seats_taken as "seatsLeft",
           (select b.status from bookings b where b.event_id = e.id and b.user_id = ${wanted.userId}
              and (holds_seat(b.status) or b.status = 'waitlisted')) as "ownStatus"
    from events e where e.id = ${wanted.eventId}`.execute(db);
  return rows[0];
}

export interface BookingInContext extends Booking {
  event: {
    facilitatorId: number;
    isCancelled: boolean;
    hasStarted: boolean;
    /** Whether it can be noted who came. */
    takesAttendance: boolean;
  };
}

/**
 * Locks a booking for a change, its event first: everything that needs both takes them in this order, so that no
 * two wait for each other.
 */
export async function lockBooking(trx: Transaction<DB>, id: number): Promise<BookingInContext | undefined> {
  const found = await trx.selectFrom('bookings').select('event_id').where('id', '=', id).executeTakeFirst();
  if (!found) return undefined;
  const event = await trx
    .selectFrom('events')
    .select([
      'facilitator_id as facilitatorId',
      sql<boolean>`cancelled_at is not null`.as('isCancelled'),
      sql<boolean>`date_time <= clock_timestamp()`.as('hasStarted'),
      sql<boolean>`date_time - make_interval(mins => ${ATTENDANCE_OPENS_MINUTES}) <= clock_timestamp()`.as(
        'takesAttendance',
      ),
    ])
    .where('id', '=', found.event_id)
    .forNoKeyUpdate()
    .executeTakeFirstOrThrow();
  const booking = await trx
    .selectFrom('bookings')
    .select(BOOKING_COLUMNS)
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
  return booking && { ...(booking as Booking), event };
}

export async function updateBookingStatus(trx: Transaction<DB>, id: number, status: BookingStatus): Promise<Booking> {
  const booking = await trx
    .updateTable('bookings')
    .set({ status })
    .where('id', '=', id)
    .returning(BOOKING_COLUMNS)
    .executeTakeFirstOrThrow();
  return booking as Booking;
}

// What a person holds or waits for.
const IS_CANCELLABLE = sql<boolean>`b.status in ('confirmed', 'pending', 'offered', 'waitlisted')`;

/** How many bookings of a person are at events that have not started. */
export async function countUpcomingOf(db: Kysely<DB>, userId: number): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::integer as count from bookings b join events e on e.id = b.event_id
    where b.user_id = ${userId} and e.date_time > clock_timestamp() and ${IS_CANCELLABLE}`.execute(db);
  return rows[0]?.count ?? 0;
}

/** Cancels what a person holds at events that have not started, as when the account is deleted. */
export async function cancelUpcomingOf(trx: Transaction<DB>, userId: number): Promise<void> {
  const upcoming = sql<number>`
    select b.event_id from bookings b join events e on e.id = b.event_id
    where b.user_id = ${userId} and e.date_time > clock_timestamp() and ${IS_CANCELLABLE}`;
  await sql`select 1 from events where id in (${upcoming}) order by id for no key update`.execute(trx);
  await sql`
    update bookings b set status = 'cancelled'
    where b.user_id = ${userId} and b.event_id in (${upcoming}) and ${IS_CANCELLABLE}`.execute(trx);
}

export async function findOwnBooking(db: Kysely<DB>, id: number, userId: number): Promise<Booking | undefined> {
  const booking = await db
    .selectFrom('bookings')
    .select(BOOKING_COLUMNS)
    .where('id', '=', id)
    .where('user_id', '=', userId)
    .executeTakeFirst();
  return booking as Booking | undefined;
}

/** A person's bookings, newest first, at most `limit`, those made before the booking `beforeId`. */
export async function listOwnBookings(
  db: Kysely<DB>,
  { userId, beforeId, limit }: { userId: number; beforeId: number | undefined; limit: number },
): Promise<Booking[]> {
  let query = db.selectFrom('bookings').select(BOOKING_COLUMNS).where('user_id', '=', userId);
  if (beforeId !== undefined) query = query.where('id', '<', beforeId);
  return (await query.orderBy('id', 'desc').limit(limit).execute()) as Booking[];
}

export interface RosterEntry {
  id: number;
  user_id: number;
  user_name: string;
  user_email: string;
  seats: number;
  status: BookingStatus;
  booking_date: Date;
}

/** Who booked an event, in the order they booked, at most `limit`, those after the booking `afterId`. */
export async function listRoster(
  db: Kysely<DB>,
  { eventId, afterId, limit }: { eventId: number; afterId: number | undefined; limit: number },
): Promise<RosterEntry[]> {
  let query = db
    .selectFrom('bookings')
    .innerJoin('users', 'users.id', 'bookings.user_id')
    .select([
      'bookings.id',
      'bookings.user_id',
      'users.name as user_name',
      'users.email as user_email',
      'bookings.seats',
      'bookings.status',
      'bookings.booking_date',
    ])
    .where('bookings.event_id', '=', eventId);
  if (afterId !== undefined) query = query.where('bookings.id', '>', afterId);
  return (await query.orderBy('bookings.id').limit(limit).execute()) as RosterEntry[];
}
