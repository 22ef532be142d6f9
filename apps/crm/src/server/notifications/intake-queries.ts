import type { BookingMessage } from '@samaya/booking-notification/message.ts';
import { type Kysely, sql, type Transaction } from 'kysely';
import type { DB } from '#server/database-types.ts';

// The class of the advisory locks on people; any number that nothing else uses.
const PEOPLE = 1;

/**
 * Takes every lock that a delivery about people needs, in the one order in which all take them, so that no two wait for each other
 * in a ring: first the people it is about (so that the versions of a booking, and an erasure and a message about the
 * erased, come one after the other even when they go to different facilitators), then the facilitators' streams.
 */
export async function lockTouched(
  trx: Transaction<DB>,
  touched: { userIds: readonly number[]; facilitatorIds: readonly number[]; changedUserIds: readonly number[] },
): Promise<void> {
  await sql`
    select pg_advisory_xact_lock(${PEOPLE}, id)
    from (select distinct id from unnest(${touched.userIds}::integer[]) id order by id) people`.execute(trx);
  await sql`
    select 1 from facilitator_streams
    where facilitator_id = any (${touched.facilitatorIds}::integer[])
      or facilitator_id in (
        select facilitator_id from booking_notifications where user_id = any (${touched.changedUserIds}::integer[]))
    order by facilitator_id for update`.execute(trx);
}

/**
 * Stores messages under their ids; answers those that were new. One statement, so that it needs no transaction around
 * it: the people are locked before the first row goes in, which the count of their locks sees to, and what the row's
 * trigger looks up is read after. Rows go in facilitator by facilitator, the order in which every writer takes the
 * streams' locks.
 */
export async function insertMessages(
  db: Kysely<DB>,
  messages: readonly BookingMessage[],
): Promise<{ message_id: string; superseded: boolean }[]> {
  const { rows } = await sql<{ message_id: string; superseded: boolean }>`
    with message as (
      select * from jsonb_to_recordset(${JSON.stringify(messages)}::jsonb) as message (
        message_id uuid, kind text, version integer, occurred_at timestamptz, booking_id integer, user_name text,
        user_email text, event_title text, event_date timestamptz, facilitator_id integer, user_id integer,
        event_id integer, event_type text, seats integer, status text, price double precision)
    ), locked as materialized (
      select pg_advisory_xact_lock(${PEOPLE}, id) from (select distinct user_id as id from message order by id) people
    )
    insert into booking_notifications (
      message_id, kind, version, occurred_at, booking_id, user_name, user_email, event_title, event_date,
      facilitator_id, user_id, event_id, event_type, seats, status, price)
    select message_id, kind, version, occurred_at, booking_id, user_name, user_email, event_title, event_date,
           facilitator_id, user_id, event_id, event_type, seats, status, price
    from message, (select count(*) from locked) people
    order by facilitator_id, booking_id, version
    on conflict (message_id) do nothing
    returning message_id, superseded`.execute(db);
  return rows;
}

/** Notes a message about a person; `false` when it was here before. */
export async function insertPeopleMessage(
  trx: Transaction<DB>,
  message: { message_id: string; kind: string },
): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await trx
    .insertInto('people_messages')
    .values({ message_id: message.message_id, kind: message.kind })
    .onConflict((conflict) => conflict.column('message_id').doNothing())
    .executeTakeFirstOrThrow();
  return Number(numInsertedOrUpdatedRows) === 1;
}

/** Gives a person's notifications another name and address; `false` when a later change, or an erasure, is known. */
export async function renamePerson(
  trx: Transaction<DB>,
  person: { userId: number; name: string; email: string; changedAt: string },
): Promise<boolean> {
  const { userId, name, email } = person;
  const { rows } = await sql`
    insert into renamed_users as known (user_id, user_name, user_email, changed_at)
    select ${userId}::integer, ${name}, ${email}, ${person.changedAt}::timestamptz
    where not exists (select 1 from erased_users erased where erased.user_id = ${userId})
    on conflict (user_id) do update
      set user_name = excluded.user_name, user_email = excluded.user_email, changed_at = excluded.changed_at
      where known.changed_at <= excluded.changed_at
    returning 1`.execute(trx);
  if (rows.length === 0) return false;
  await sql`
    update booking_notifications set user_name = ${name}, user_email = ${email}
    where user_id = ${userId} and (user_name, user_email) is distinct from (${name}, ${email})`.execute(trx);
  return true;
}

/** Takes a person's name and address out of everything kept, and remembers never to bring them back. */
export async function erasePerson(trx: Transaction<DB>, userId: number): Promise<void> {
  await trx
    .insertInto('erased_users')
    .values({ user_id: userId })
    .onConflict((conflict) => conflict.column('user_id').doNothing())
    .execute();
  await trx.deleteFrom('renamed_users').where('user_id', '=', userId).execute();
  await sql`
    update booking_notifications
    set user_name = 'Deleted person', user_email = 'deleted-' || user_id || '@deleted.invalid'
    where user_id = ${userId}`.execute(trx);
}
