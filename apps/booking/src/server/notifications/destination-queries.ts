import { type Kysely, sql } from 'kysely';
import type { DB } from '#server/database-types.ts';
import type { Destination, OutboxFigures } from './outbox.ts';

// The database's clock, so that a machine whose clock is off delays nothing; tests say what time it is.
export const moment = (now: Date | undefined) => sql<Date>`(select coalesce(${now ?? null}::timestamptz, now()))`;

/** Takes the right to probe a destination that is down; `undefined` when it is up or not yet to be asked. */
export async function takeProbe(
  db: Kysely<DB>,
  destination: Destination,
  now: Date | undefined,
): Promise<{ probes: number } | undefined> {
  const { rows } = await sql<{ probes: number }>`
    update outbox_destinations set probe_at = ${moment(now)} + interval '20 seconds'
    where destination = ${destination} and stopped_at is null and down_since is not null and probe_at <= ${moment(now)}
    returning probes`.execute(db);
  return rows[0];
}

/** Gives the right to probe back: there was nothing to ask with. */
export async function returnProbe(db: Kysely<DB>, destination: Destination, now: Date | undefined): Promise<void> {
  await sql`
    update outbox_destinations set probe_at = ${moment(now)}
    where destination = ${destination} and down_since is not null`.execute(db);
}

/** How many probes in a row had no good answer. */
export async function countProbes(db: Kysely<DB>, destination: Destination): Promise<number> {
  const row = await db
    .selectFrom('outbox_destinations')
    .select('probes')
    .where('destination', '=', destination)
    .executeTakeFirst();
  return row?.probes ?? 0;
}

/**
 * Marks the destination as down and sets the time of the next probe. Of several deliveries that fail together the
 * first one decides, and one that began before the destination came back says nothing. Answers whether it was up.
 */
export async function markDown(
  db: Kysely<DB>,
  destination: Destination,
  outage: { reason: string; probeInMs: number; startedAt: Date; isProbe: boolean; now: Date | undefined },
): Promise<boolean> {
  const { rows } = await sql<{ probes: number }>`
    update outbox_destinations
    set down_since = coalesce(down_since, ${moment(outage.now)}), down_reason = ${outage.reason}, probes = probes + 1,
        probe_at = ${moment(outage.now)} + make_interval(secs => ${outage.probeInMs / 1000})
    where destination = ${destination} and (down_since is null or ${outage.isProbe})
      and (up_since is null or up_since <= ${outage.startedAt})
    returning probes`.execute(db);
  return rows[0]?.probes === 1;
}

/** Marks the destination as answering again. What asked for it in vain is due like everything else. */
export async function markUp(db: Kysely<DB>, destination: Destination, now: Date | undefined): Promise<void> {
  await sql`
    with up as (
      update outbox_destinations
      set down_since = null, down_reason = null, probe_at = null, probes = 0, up_since = ${moment(now)}
      where destination = ${destination} and down_since is not null
      returning destination
    )
    update outbox o set next_attempt_at = ${moment(now)}, unanswered_at = null
    from up
    where o.destination = up.destination and o.delivered_at is null and o.dead_at is null
      and o.next_attempt_at > ${moment(now)} and o.unanswered_at is not null`.execute(db);
}

/** Stops deliveries for good: the destination said that it is gone. */
export async function markStopped(db: Kysely<DB>, destination: Destination, now: Date | undefined): Promise<void> {
  await sql`
    update outbox_destinations set stopped_at = ${moment(now)}, down_reason = 'answered 410'
    where destination = ${destination}`.execute(db);
}

/** Takes deliveries up again after the destination had said that it is gone. */
export async function clearStopped(db: Kysely<DB>, destination: Destination): Promise<void> {
  await db
    .updateTable('outbox_destinations')
    .set({ stopped_at: null, down_reason: null })
    .where('destination', '=', destination)
    .where('stopped_at', 'is not', null)
    .execute();
}

export async function readFigures(db: Kysely<DB>, destination: Destination): Promise<OutboxFigures> {
  const { rows } = await sql<OutboxFigures>`
    select waiting.count::integer as waiting, waiting.oldest::float8 as "oldestSeconds",
           waiting.overdue::float8 as "overdueSeconds", dead.count::integer as dead,
           d.down_since is null and d.stopped_at is null as "isUp",
           coalesce(d.down_since, d.stopped_at) as "downSince", d.down_reason as "downReason"
    from outbox_destinations d, (
      select count(*), coalesce(extract(epoch from now() - min(occurred_at)), 0) as oldest,
             greatest(0, coalesce(extract(epoch from now() - min(next_attempt_at) filter (where refusals = 0)), 0)) as overdue
      from outbox where destination = ${destination} and delivered_at is null and dead_at is null
    ) waiting, (select count(*) from outbox where dead_at is not null and destination = ${destination}) dead
    where d.destination = ${destination}`.execute(db);
  const [figures] = rows;
  if (!figures) throw new Error(`the outbox has no destination ${destination}`);
  return figures;
}
