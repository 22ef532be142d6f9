import { type Kysely, sql } from 'kysely';
import type { DB } from '#server/database-types.ts';
import type { MailLogEntry, MailLogFilter } from './mail-log.ts';

export type MailLogPosition = readonly [occurredAt: string, id: string];

// A mail that nobody needed counts as arrived, with the reason.
const STATE = sql`case
  when o.dead_at is not null then 'dead'
  when o.delivered_at is null then 'waiting'
  when o.last_error is not null then 'unneeded'
  else 'sent' end`;

/** Mails of the last week, and what waits or was given up before, newest first. */
export async function selectMailLog(
  db: Kysely<DB>,
  { filter, before, limit }: { filter: MailLogFilter; before: MailLogPosition | undefined; limit: number },
): Promise<(MailLogEntry & { position: string })[]> {
  const { state, address } = filter;
  const { rows } = await sql<MailLogEntry & { position: string }>`
    select o.id, o.kind, o.occurred_at as "occurredAt", o.next_attempt_at as "nextTryAt", o.refusals,
           o.last_error as "lastError", ${STATE} as state, e.title as "eventTitle",
           case when u.deleted_at is null then coalesce(o.recipient, u.email) end as recipient,
           to_char(o.occurred_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as position
    from outbox o left join users u on u.id = o.user_id left join events e on e.id = o.event_id
    where o.destination = 'mail' and (o.delivered_at is null or o.occurred_at > now() - interval '7 days')
      and ${state === undefined ? sql`true` : sql`${STATE} = ${state}`}
      and ${address === undefined ? sql`true` : sql`u.deleted_at is null and position(lower(${address}) in lower(coalesce(o.recipient, u.email))) > 0`}
      and ${before ? sql`(o.occurred_at, o.id) < (${before[0]}::timestamptz, ${before[1]}::uuid)` : sql`true`}
    order by o.occurred_at desc, o.id desc limit ${limit}`.execute(db);
  return rows;
}
