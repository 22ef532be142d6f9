import { type Kysely, sql } from 'kysely';
import type { DB } from '#server/database-types.ts';
import { type ClaimedRow, CRM, type DeadMessage, type OutboxFigures } from './outbox.ts';

type Held = Pick<ClaimedRow, 'id' | 'attempts'>;

// The database's clock, so that a machine whose clock is off delays nothing; tests say what time it is.
const moment = (now: Date | undefined) => sql<Date>`(select coalesce(${now ?? null}::timestamptz, now()))`;

/**
 * Takes up to `limit` due rows for `leaseSeconds`; after that they are due again. Rows that another relay is taking
 * are passed by. Oldest change first, so that a booking's earlier versions go before its later ones. Takes none while
 * the destination is down, unless it is to be probed.
 */
export async function claimDue(
  db: Kysely<DB>,
  options: { limit: number; leaseSeconds: number; isProbe: boolean; now: Date | undefined },
): Promise<ClaimedRow[]> {
  const { rows } = await sql<ClaimedRow>`
    with due as (
      select id from outbox
      where destination = ${CRM} and delivered_at is null and dead_at is null
        and next_attempt_at <= ${moment(options.now)}
        and exists (select 1 from outbox_destinations d
          where d.destination = ${CRM} and d.stopped_at is null and (d.down_since is null or ${options.isProbe}))
      order by next_attempt_at
      limit ${options.limit}
      for update skip locked
    ), claimed as (
      update outbox o
      set attempts = o.attempts + 1,
          next_attempt_at = ${moment(options.now)} + make_interval(secs => ${options.leaseSeconds})
      from due where o.id = due.id
      returning o.*
    )
    select c.id, c.attempts, c.refusals, c.refused_since, c.kind, c.occurred_at, c.version, c.booking_id, c.status,
           c.seats, c.user_id, u.name as user_name, u.email as user_email, c.event_id, e.title as event_title,
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

/** Marks rows as arrived, as far as they are still ours; answers how many. */
export async function markDelivered(db: Kysely<DB>, rows: readonly Held[], now: Date | undefined): Promise<number> {
  const { numAffectedRows } = await sql`
    update outbox o set delivered_at = ${moment(now)}, last_error = null
    from ${held(rows)} where ${isHeld}`.execute(db);
  return Number(numAffectedRows ?? 0);
}

/** Gives rows back: due at once, for whoever comes next. */
export async function releaseRows(db: Kysely<DB>, rows: readonly Held[], now: Date | undefined): Promise<void> {
  await sql`
    update outbox o set next_attempt_at = ${moment(now)}
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

function held(rows: readonly Held[]) {
  return sql`unnest(${rows.map((row) => row.id)}::uuid[], ${rows.map((row) => row.attempts)}::integer[])
    as held (id, attempts)`;
}

const isHeld = sql`o.id = held.id and o.attempts = held.attempts and o.delivered_at is null and o.dead_at is null`;

/** Takes the right to probe a destination that is down; `undefined` when it is up or not yet to be asked. */
export async function takeProbe(db: Kysely<DB>, now: Date | undefined): Promise<{ probes: number } | undefined> {
  const { rows } = await sql<{ probes: number }>`
    update outbox_destinations set probe_at = ${moment(now)} + interval '20 seconds'
    where destination = ${CRM} and stopped_at is null and down_since is not null and probe_at <= ${moment(now)}
    returning probes`.execute(db);
  return rows[0];
}

/** Gives the right to probe back: there was nothing to ask with. */
export async function returnProbe(db: Kysely<DB>, now: Date | undefined): Promise<void> {
  await sql`
    update outbox_destinations set probe_at = ${moment(now)}
    where destination = ${CRM} and down_since is not null`.execute(db);
}

/** How many probes in a row had no good answer. */
export async function countProbes(db: Kysely<DB>): Promise<number> {
  const row = await db
    .selectFrom('outbox_destinations')
    .select('probes')
    .where('destination', '=', CRM)
    .executeTakeFirst();
  return row?.probes ?? 0;
}

/**
 * Marks the destination as down and sets the time of the next probe. Of several deliveries that fail together the
 * first one decides, and one that began before the destination came back says nothing. Answers whether it was up.
 */
export async function markDown(
  db: Kysely<DB>,
  outage: { probeInMs: number; startedAt: Date; isProbe: boolean; now: Date | undefined },
): Promise<boolean> {
  const { rows } = await sql<{ probes: number }>`
    update outbox_destinations
    set down_since = coalesce(down_since, ${moment(outage.now)}), probes = probes + 1,
        probe_at = ${moment(outage.now)} + make_interval(secs => ${outage.probeInMs / 1000})
    where destination = ${CRM} and (down_since is null or ${outage.isProbe})
      and (up_since is null or up_since <= ${outage.startedAt})
    returning probes`.execute(db);
  return rows[0]?.probes === 1;
}

/** Marks the destination as answering again. */
export async function markUp(db: Kysely<DB>, now: Date | undefined): Promise<void> {
  await sql`
    update outbox_destinations set down_since = null, probe_at = null, probes = 0, up_since = ${moment(now)}
    where destination = ${CRM} and down_since is not null`.execute(db);
}

/** Stops deliveries for good: the destination said that it is gone. */
export async function markStopped(db: Kysely<DB>, now: Date | undefined): Promise<void> {
  await sql`
    update outbox_destinations set stopped_at = ${moment(now)} where destination = ${CRM}`.execute(db);
}

/** Takes deliveries up again after the destination had said that it is gone. */
export async function clearStopped(db: Kysely<DB>): Promise<void> {
  await db
    .updateTable('outbox_destinations')
    .set({ stopped_at: null })
    .where('destination', '=', CRM)
    .where('stopped_at', 'is not', null)
    .execute();
}

export async function readFigures(db: Kysely<DB>): Promise<OutboxFigures> {
  const { rows } = await sql<OutboxFigures>`
    select waiting.count::integer as waiting, waiting.oldest::float8 as "oldestSeconds",
           waiting.overdue::float8 as "overdueSeconds", dead.count::integer as dead,
           not exists (select 1 from outbox_destinations
             where destination = ${CRM} and (down_since is not null or stopped_at is not null)) as "isUp"
    from (
      select count(*), coalesce(extract(epoch from now() - min(occurred_at)), 0) as oldest,
             greatest(0, coalesce(extract(epoch from now() - min(next_attempt_at) filter (where refusals = 0)), 0)) as overdue
      from outbox where destination = ${CRM} and delivered_at is null and dead_at is null
    ) waiting, (select count(*) from outbox where dead_at is not null and destination = ${CRM}) dead`.execute(db);
  const [figures] = rows;
  if (!figures) throw new Error('the outbox has no figures');
  return figures;
}

/**
 * Deletes up to `limit` messages that arrived more than a week ago; answers how many. The last word on a booking that
 * is gone stays, since a booking inserted again under its id goes on counting from it.
 */
export async function deleteArrived(db: Kysely<DB>, limit: number): Promise<number> {
  const { numAffectedRows } = await sql`
    delete from outbox where id in (
      select o.id from outbox o
      where o.delivered_at < now() - interval '7 days'
        and (o.booking_id is null or exists (select 1 from bookings b where b.id = o.booking_id)
          or exists (select 1 from outbox newer where newer.booking_id = o.booking_id and newer.version > o.version))
      order by o.delivered_at limit ${limit} for update skip locked)`.execute(db);
  return Number(numAffectedRows ?? 0);
}

/** Messages given up, oldest first, with the reasons. */
export async function findDead(db: Kysely<DB>, limit: number): Promise<DeadMessage[]> {
  return await db
    .selectFrom('outbox')
    .select(['id', 'kind', 'booking_id', 'occurred_at', 'last_error'])
    .where('dead_at', 'is not', null)
    .orderBy('dead_at')
    .limit(limit)
    .execute();
}

/** Makes dead messages due again, as if never tried; all of them without `ids`. Answers how many. */
export async function reviveDead(db: Kysely<DB>, ids: readonly string[] | undefined): Promise<number> {
  const { numAffectedRows } = await sql`
    update outbox set dead_at = null, refusals = 0, refused_since = null, next_attempt_at = now()
    where dead_at is not null and (${ids === undefined} or id = any (${ids ?? []}::uuid[]))`.execute(db);
  return Number(numAffectedRows ?? 0);
}
