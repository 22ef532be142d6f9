import { type Kysely, sql, type Transaction } from 'kysely';
import type { DB } from '#server/database-types.ts';
import type { Assistant } from './assistant.ts';

/** Assistants by facilitator and address, of one facilitator when it is given; at most `limit`. */
export async function selectAssistants(
  db: Kysely<DB>,
  { facilitatorId, limit }: { facilitatorId: number | undefined; limit: number },
): Promise<Assistant[]> {
  const isOf = facilitatorId === undefined ? sql`true` : sql`a.facilitator_id = ${facilitatorId}`;
  const { rows } = await sql<Assistant>`
    select a.id, a.email, a.added_at, jsonb_build_object('id', f.id, 'name', f.name) as facilitator
    from assistants a join facilitators f on f.id = a.facilitator_id
    where ${isOf} order by search_form(f.name), f.id, a.email limit ${limit}`.execute(db);
  return rows;
}

/** Adds one; `false` when the address is there already, `undefined` when there is no such facilitator. */
export async function insertAssistant(
  trx: Transaction<DB>,
  { facilitatorId, email }: { facilitatorId: number; email: string },
): Promise<boolean | undefined> {
  const { rows: known } = await sql`select 1 from facilitators where id = ${facilitatorId} for key share`.execute(trx);
  if (known.length === 0) return undefined;
  const { numInsertedOrUpdatedRows } = await trx
    .insertInto('assistants')
    .values({ facilitator_id: facilitatorId, email })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return numInsertedOrUpdatedRows === 1n;
}

/** Takes one away; answers whose it was and the address. */
export async function deleteAssistant(
  trx: Transaction<DB>,
  { id, facilitatorId }: { id: number; facilitatorId: number | undefined },
): Promise<{ facilitatorId: number; email: string } | undefined> {
  const isOf = facilitatorId === undefined ? sql`true` : sql`facilitator_id = ${facilitatorId}`;
  const { rows } = await sql<{ facilitatorId: number; email: string }>`
    delete from assistants where id = ${id} and ${isOf}
    returning facilitator_id as "facilitatorId", email`.execute(trx);
  return rows[0];
}

/** The proven person at an address, for the audit trail. */
export async function selectProvenAt(trx: Transaction<DB>, email: string): Promise<number | undefined> {
  const { rows } = await sql<{ id: number }>`
    select id from users where lower(email) = ${email} and proven_at is not null and deleted_at is null`.execute(trx);
  return rows[0]?.id;
}

export async function deleteAssistantsAt(trx: Transaction<DB>, email: string): Promise<void> {
  await sql`delete from assistants where email = lower(${email})`.execute(trx);
}

/** Whoever assists at one address does so at another from now on; where both do, once. */
export async function updateAssistantsAt(
  trx: Transaction<DB>,
  { from, to }: { from: string; to: string },
): Promise<void> {
  await sql`
    insert into assistants (facilitator_id, email, added_at)
      select facilitator_id, lower(${to}), added_at from assistants where email = lower(${from})
    on conflict do nothing`.execute(trx);
  await deleteAssistantsAt(trx, from);
}
