import { type Kysely, sql } from 'kysely';
import type { DB } from '#server/database-types.ts';
import { moment } from './destination-queries.ts';
import type { ClaimedRow, DeadMessage, Destination } from './outbox.ts';

type Held = Pick<ClaimedRow, 'id' | 'attempts'>;

/**
 * Takes up to `limit` due rows for `leaseSeconds`; after that they are due again. Rows that another relay is taking
 * are passed by. Oldest change first, so that a booking's earlier versions go before its later ones. Takes none while
 * the destination is down, unless it is to be probed.
 */
export async function claimDue(
  db: Kysely<DB>,
  options: { destination: Destination; limit: number; leaseSeconds: number; isProbe: boolean; now: Date | undefined },
): Promise<ClaimedRow[]> {
  const { rows } = await sql<ClaimedRow>`
    with ${unflushed(options.destination)}, due as (
      select id from outbox
      where destination = ${options.destination} and delivered_at is null and dead_at is null
        and next_attempt_at <= ${moment(options.now)}
        and exists (select 1 from outbox_destinations d
          where d.destination = ${options.destination} and d.stopped_at is null and (d.down_since is null or ${options.isProbe}))
      order by next_attempt_at
      limit ${options.limit}
      for update skip locked
    ), claimed as (
      update outbox o
      set attempts = o.attempts + 1, unanswered_at = null,
          next_attempt_at = ${moment(options.now)} + make_interval(secs => ${options.leaseSeconds})
      from due, unflushed where o.id = due.id
      returning o.*
    )
    select c.id, c.attempts, c.refusals, c.refused_since, c.last_error, c.kind, c.occurred_at, c.version, c.booking_id, c.status,
           c.seats, c.recipient, c.user_id, u.name as user_name, u.email as user_email, c.event_id, e.title as event_title,
           e.date_time as event_date, e.event_type, e.price,
           coalesce(e.facilitator_id, c.facilitator_id) as facilitator_id,
           f.name as facilitator_name, f.email as facilitator_email
    from claimed c
    left join users u on u.id = c.user_id
    left join events e on e.id = c.event_id
    left join facilitators f on f.id = c.facilitator_id
    order by c.occurred_at, c.booking_id, c.version`.execute(db);
  return rows;
}

/** Adds the message that a proven person is signed out everywhere. */
export async function insertSignedOut(db: Kysely<DB>, userId: number): Promise<void> {
  await sql`
    insert into outbox (kind, user_id) select 'user.signed_out', id from users
    where id = ${userId} and proven_at is not null and deleted_at is null`.execute(db);
}

/** Marks rows as arrived, as far as they are still ours; answers how many. */
export async function markDelivered(
  db: Kysely<DB>,
  rows: readonly Held[],
  { destination, now }: { destination: Destination; now: Date | undefined },
): Promise<number> {
  const { numAffectedRows } = await sql`
    with ${unflushed(destination)}
    update outbox o set delivered_at = ${moment(now)}, last_error = null
    from ${held(rows)}, unflushed where ${isHeld}`.execute(db);
  return Number(numAffectedRows ?? 0);
}

/** Gives rows back: due at once, for whoever comes next. */
export async function releaseRows(db: Kysely<DB>, rows: readonly Held[], now: Date | undefined): Promise<void> {
  await sql`
    update outbox o set next_attempt_at = ${moment(now)}
    from ${held(rows)} where ${isHeld}`.execute(db);
}

/** Notes of rows that asked in vain whether the destination is back. They stay ours, so that others ask next. */
export async function markUnanswered(db: Kysely<DB>, rows: readonly Held[], now: Date | undefined): Promise<void> {
  await sql`
    update outbox o set unanswered_at = ${moment(now)}
    from ${held(rows)} where ${isHeld}`.execute(db);
}

/** Notes that the destination refused this message, and when it is tried again. */
export async function markRefused(
  db: Kysely<DB>,
  row: Held,
  refusal: { reason: string; retryInMs: number; now: Date | undefined },
): Promise<void> {
  await sql`
    update outbox o
    set refusals = o.refusals + 1, refused_since = coalesce(o.refused_since, ${moment(refusal.now)}),
        last_error = ${refusal.reason},
        next_attempt_at = ${moment(refusal.now)} + make_interval(secs => ${refusal.retryInMs / 1000})
    from ${held([row])} where ${isHeld}`.execute(db);
}

/** Gives a message up: kept with the reason, not tried again by itself. */
export async function markDead(
  db: Kysely<DB>,
  row: Held,
  death: { reason: string; now: Date | undefined },
): Promise<void> {
  await sql`
    update outbox o set dead_at = ${moment(death.now)}, last_error = ${death.reason}
    from ${held([row])} where ${isHeld}`.execute(db);
}

/**
 * A claim, or the word that something arrived, need not be on the disk before we go on where the destination knows a
 * message again: the worst that a crash of the database does is that it goes there twice. Mail would be read twice.
 */
function unflushed(destination: Destination) {
  const setting = destination === 'crm' ? sql`'off'` : sql`current_setting('synchronous_commit')`;
  return sql`unflushed as materialized (select set_config('synchronous_commit', ${setting}, true))`;
}

function held(rows: readonly Held[]) {
  return sql`unnest(${rows.map((row) => row.id)}::uuid[], ${rows.map((row) => row.attempts)}::integer[])
    as held (id, attempts)`;
}

// Not said as the index of what is due says it: where the planner takes that for short, it would read all that waits.
const isHeld = sql`o.id = held.id and o.attempts = held.attempts and coalesce(o.delivered_at, o.dead_at) is null`;

/**
 * Marks a message as done without having been sent, with the reason. It counts as arrived, as far as it is still ours.
 */
export async function markUnneeded(
  db: Kysely<DB>,
  row: Held,
  { reason, now }: { reason: string; now: Date | undefined },
): Promise<void> {
  await sql`
    update outbox o set delivered_at = ${moment(now)}, last_error = ${reason}
    from ${held([row])} where ${isHeld}`.execute(db);
}

/**
 * Deletes up to `limit` messages that arrived more than a week ago; answers how many. The last word on a booking that
 * is gone stays, since a booking inserted again under its id goes on counting from it.
 */
export async function deleteArrived(db: Kysely<DB>, destination: Destination, limit: number): Promise<number> {
  const { numAffectedRows } = await sql`
    delete from outbox where id in (
      select o.id from outbox o
      where o.delivered_at < now() - interval '7 days' and o.destination = ${destination}
        and (o.booking_id is null or exists (select 1 from bookings b where b.id = o.booking_id)
          or exists (select 1 from outbox newer where newer.booking_id = o.booking_id and newer.version > o.version))
      order by o.delivered_at limit ${limit} for update skip locked)`.execute(db);
  return Number(numAffectedRows ?? 0);
}

/** Messages given up, oldest first, with the reasons; of all destinations unless one is named. */
export async function findDead(
  db: Kysely<DB>,
  { destination, limit }: { destination?: Destination | undefined; limit: number },
): Promise<DeadMessage[]> {
  const { rows } = await sql<DeadMessage>`
    select id, destination, kind, booking_id, occurred_at, last_error from outbox
    where dead_at is not null and ${ofDestination(destination)}
    order by dead_at limit ${limit}`.execute(db);
  return rows;
}

/** Makes dead messages due again, as if never tried; all of them without `ids`. Answers how many. */
export async function reviveDead(
  db: Kysely<DB>,
  { destination, ids }: { destination?: Destination | undefined; ids?: readonly string[] | undefined },
): Promise<number> {
  const { numAffectedRows } = await sql`
    update outbox set dead_at = null, refusals = 0, refused_since = null, next_attempt_at = now()
    where dead_at is not null and ${ofDestination(destination)}
      and (${ids === undefined} or id = any (${ids ?? []}::uuid[]))`.execute(db);
  return Number(numAffectedRows ?? 0);
}

function ofDestination(destination: Destination | undefined) {
  return destination === undefined ? sql`true` : sql`destination = ${destination}`;
}
