import { violatedConstraint } from '@samaya/platform/database.ts';
import { PlatformError } from '@samaya/platform/platform-error.ts';
import { type Insertable, type Kysely, sql, type Transaction, type Updateable } from 'kysely';
import type { DB } from '#server/database-types.ts';
import { BookingError } from '#server/errors.ts';
import type { Event } from './event.ts';

/** The fields a person writes; the rest is counted, given or decided. */
export type EventFields = Pick<
  Insertable<DB['events']>,
  | 'title'
  | 'description'
  | 'event_type'
  | 'date_time'
  | 'duration'
  | 'max_participants'
  | 'price'
  | 'facilitator_id'
  | 'is_active'
  | 'time_zone'
  | 'currency'
  | 'place'
  | 'online'
  | 'practice'
  | 'level'
  | 'summary'
>;
export type EventChanges = Pick<Updateable<DB['events']>, keyof EventFields>;

/** The columns of an `EventInBrief`, from `events e` and its `facilitators f`. */
export const BRIEF_EVENT_COLUMNS = sql`
  e.id, e.title, e.event_type, e.date_time, e.duration, e.max_participants, e.price, e.facilitator_id,
  e.is_active, e.seats_taken, e.time_zone, e.currency, e.place, e.online, e.practice, e.level, e.summary,
  e.cancelled_at, e.moved_from, json_build_object('id', f.id, 'name', f.name) as facilitator`;

/** Those of an `Event`. */
export const EVENT_COLUMNS = sql`e.description, ${BRIEF_EVENT_COLUMNS}`;

export async function selectEvent(db: Kysely<DB>, id: number): Promise<Event | undefined> {
  const { rows } = await sql<Event>`
    select ${EVENT_COLUMNS} from events e join facilitators f on f.id = e.facilitator_id where e.id = ${id}`.execute(
    db,
  );
  return rows[0];
}

export async function selectEventCreation(db: Kysely<DB>, id: number): Promise<Date | undefined> {
  const event = await db.selectFrom('events').select('created_at').where('id', '=', id).executeTakeFirst();
  return event?.created_at;
}

/** Locks an event for a change, before any of its bookings. */
export async function lockEvent(trx: Transaction<DB>, id: number): Promise<Event | undefined> {
  const { rows } = await sql<Event>`
    select ${EVENT_COLUMNS} from events e join facilitators f on f.id = e.facilitator_id where e.id = ${id}
    for no key update of e`.execute(trx);
  return rows[0];
}

/** Whether a person booked an event, whatever became of it. */
export async function hasBooking(db: Kysely<DB>, { userId, eventId }: { userId: number; eventId: number }) {
  const booking = await db
    .selectFrom('bookings')
    .select('id')
    .where('user_id', '=', userId)
    .where('event_id', '=', eventId)
    .limit(1)
    .executeTakeFirst();
  return booking !== undefined;
}

/** How many public events of a facilitator began before a moment. */
export async function countEventsBefore(
  db: Kysely<DB>,
  { facilitatorId, moment }: { facilitatorId: number; moment: Date },
): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from events
    where facilitator_id = ${facilitatorId} and is_active and cancelled_at is null and date_time < ${moment}`.execute(
    db,
  );
  return rows[0]?.count ?? 0;
}

/** Whether a moment has passed by the database's clock. */
export async function hasPassed(db: Kysely<DB>, moment: Date | string): Promise<boolean> {
  const { rows } = await sql<{ passed: boolean }>`select ${moment}::timestamptz <= clock_timestamp() as passed`.execute(
    db,
  );
  return rows[0]?.passed ?? false;
}

/** Adds an event; `invalid` for a facilitator or a time zone that does not exist. */
export async function insertEvent(trx: Transaction<DB>, fields: EventFields): Promise<Event> {
  const { id } = await trx
    .insertInto('events')
    .values(fields)
    .returning('id')
    .executeTakeFirstOrThrow()
    .catch((error: unknown) => refuseViolation(error));
  return await getEventRow(trx, id);
}

/** Changes a locked event; `seats-taken` when it would have fewer places than are taken, `invalid` as above. */
export async function updateEvent(trx: Transaction<DB>, event: Event, changes: EventChanges): Promise<Event> {
  await trx
    .updateTable('events')
    .set(changes)
    .where('id', '=', event.id)
    .execute()
    .catch((error: unknown) => refuseViolation(error, event.seats_taken));
  return await getEventRow(trx, event.id);
}

/** Marks a locked event cancelled and ends the bookings that held or waited for a seat; attendance stays. */
export async function cancelEventAndBookings(trx: Transaction<DB>, id: number): Promise<Event> {
  await trx
    .updateTable('events')
    .set({ cancelled_at: sql<Date>`coalesce(cancelled_at, clock_timestamp())`, is_active: false })
    .where('id', '=', id)
    .execute();
  await trx
    .updateTable('bookings')
    .set({ status: 'event_cancelled' })
    .where('event_id', '=', id)
    .where('status', 'in', ['confirmed', 'pending', 'offered', 'waitlisted'])
    .execute();
  return await getEventRow(trx, id);
}

async function getEventRow(trx: Transaction<DB>, id: number): Promise<Event> {
  const event = await selectEvent(trx, id);
  if (!event) throw new Error(`event ${id} is gone inside its own transaction`);
  return event;
}

function refuseViolation(error: unknown, seatsTaken = 0): never {
  switch (violatedConstraint(error)) {
    case 'events_facilitator_exists':
      throw invalid('/facilitator_id', 'is no facilitator here');
    case 'events_time_zone_known':
      throw invalid('/time_zone', 'is a time zone such as Europe/Lisbon');
    case 'events_seats_within_capacity':
      throw new BookingError(
        'seats-taken',
        `${seatsTaken} seats are taken. Close the event, or cancel bookings first.`,
        {
          errors: [{ pointer: '/max_participants', detail: `is ${seatsTaken} or more` }],
          extensions: { seats_taken: seatsTaken },
        },
      );
    default:
      throw error;
  }
}

function invalid(pointer: string, detail: string) {
  return new PlatformError('invalid', `Mend these fields: ${pointer} ${detail}.`, { errors: [{ pointer, detail }] });
}
