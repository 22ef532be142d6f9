import { type Kysely, sql, type Transaction } from 'kysely';
import type { DB } from '#server/database-types.ts';
import type { Act, ActKind, ListedAct, Origin } from './audit.ts';

export async function insertAct(trx: Transaction<DB>, act: Act, origin: Origin | undefined): Promise<void> {
  await trx
    .insertInto('audit_trail')
    .values({
      kind: act.kind,
      actor_id: act.actorId ?? null,
      user_id: act.userId ?? null,
      facilitator_id: act.facilitatorId ?? null,
      event_id: act.eventId ?? null,
      details: JSON.stringify(act.details ?? {}),
      network: origin?.network ?? null,
      request_id: origin?.requestId ?? null,
    })
    .execute();
}

/** Acts, the newest first: of a kind, and of whoever did them or had them done with all of `words` in name or address. */
export async function selectActs(
  db: Kysely<DB>,
  options: { kind: ActKind | undefined; words: readonly string[]; beforeId: number | undefined; limit: number },
): Promise<ListedAct[]> {
  const { kind, words, beforeId, limit } = options;
  const conditions = [
    ...(kind === undefined ? [] : [sql`a.kind = ${kind}`]),
    ...(beforeId === undefined ? [] : [sql`a.id < ${beforeId}`]),
    ...(words.length === 0 ? [] : [sql`(${hasWords('actor', words)} or ${hasWords('person', words)})`]),
  ];
  const where = conditions.length === 0 ? sql`true` : sql.join(conditions, sql` and `);
  const { rows } = await sql<ListedAct>`
    select a.id, a.at, a.kind, a.details, a.network, a.request_id as "requestId",
           ${named('a.actor_id', 'actor')} as actor, ${named('a.user_id', 'person')} as person,
           case when a.facilitator_id is not null
             then jsonb_build_object('id', a.facilitator_id, 'name', f.name) end as facilitator,
           case when a.event_id is not null then jsonb_build_object('id', a.event_id, 'name', e.title) end as event
    from audit_trail a
    left join users actor on actor.id = a.actor_id left join users person on person.id = a.user_id
    left join facilitators f on f.id = a.facilitator_id left join events e on e.id = a.event_id
    where ${where} order by a.id desc limit ${limit}`.execute(db);
  return rows;
}

function named(column: 'a.actor_id' | 'a.user_id', table: 'actor' | 'person') {
  const [id, person] = [sql.ref(column), sql.ref(table)];
  return sql`case when ${id} is not null then jsonb_build_object(
    'id', ${id}, 'name', case when ${person}.deleted_at is null then ${person}.name end) end`;
}

function hasWords(table: 'actor' | 'person', words: readonly string[]) {
  const person = sql.ref(table);
  const each = words.map(
    (word) => sql`search_form(${person}.name || ' ' || ${person}.email) like search_pattern(${word})`,
  );
  return sql`(${person}.deleted_at is null and ${sql.join(each, sql` and `)})`;
}
