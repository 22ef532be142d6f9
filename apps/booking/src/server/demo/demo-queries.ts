import { type Kysely, sql, type Transaction } from 'kysely';
import type { DB } from '#server/database-types.ts';
import type { DemoAccount } from './demo-people.ts';
import type { PlannedEvent } from './plan-demo.ts';

/**
 * Takes the filling of the demo studio for this transaction, in which nobody is written to; `false` when another
 * process is at it.
 */
export async function claimDemo(trx: Transaction<DB>): Promise<boolean> {
  await sql`set local samaya.mail = 'off'`.execute(trx);
  const { rows } = await sql<{ mine: boolean }>`
    select pg_try_advisory_xact_lock(hashtext('samaya'), hashtext('demo')) as mine`.execute(trx);
  return rows[0]?.mine === true;
}

export async function listDemoKeys(db: Kysely<DB>): Promise<Set<string>> {
  const { rows } = await sql<{ key: string }>`
    select import_key as key from events where import_key like 'demo:%'`.execute(db);
  return new Set(rows.map(({ key }) => key));
}

/** Ids by address, of those who are there. */
export async function findUserIds(db: Kysely<DB>, emails: readonly string[]): Promise<Map<string, number>> {
  const rows = await db.selectFrom('users').select(['id', 'email']).where('email', 'in', emails).execute();
  return new Map(rows.map(({ id, email }) => [email, id]));
}

/** Adds proven accounts; who has one of the addresses already keeps it. */
export async function insertAccounts(
  trx: Transaction<DB>,
  accounts: readonly DemoAccount[],
  passwordHash: string,
): Promise<void> {
  const rows = accounts.map(({ name, email, isAdmin }) => ({
    name,
    email,
    is_admin: isAdmin,
    password: passwordHash,
    proven_at: sql<Date>`clock_timestamp()`,
  }));
  await trx
    .insertInto('users')
    .values(rows)
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** Adds the facilitators that are missing; answers the ids of all, by address. */
export async function insertFacilitators(
  trx: Transaction<DB>,
  facilitators: readonly { name: string; email: string; bio: string; specialties: string }[],
): Promise<Map<string, number>> {
  await trx
    .insertInto('facilitators')
    .values([...facilitators])
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const emails = facilitators.map(({ email }) => email);
  const rows = await trx.selectFrom('facilitators').select(['id', 'email']).where('email', 'in', emails).execute();
  return new Map(rows.map(({ id, email }) => [email, id]));
}

/** Adds the events; answers their ids by key. Those of a facilitator who has another address by now are left out. */
export async function insertEvents(
  trx: Transaction<DB>,
  planned: readonly PlannedEvent[],
  facilitatorIds: ReadonlyMap<string, number>,
): Promise<Map<string, number>> {
  const rows = planned.flatMap(({ offer, importKey, startsAt, timeZone }) => {
    const facilitatorId = facilitatorIds.get(offer.facilitator);
    if (facilitatorId === undefined) return [];
    return {
      title: offer.title,
      summary: offer.summary,
      description: offer.description,
      event_type: offer.event_type,
      practice: offer.practice,
      level: offer.level,
      place: offer.place,
      online: offer.place === null,
      date_time: startsAt,
      time_zone: timeZone,
      duration: offer.duration,
      max_participants: offer.max_participants,
      price: offer.price,
      currency: offer.currency,
      facilitator_id: facilitatorId,
      import_key: importKey,
    };
  });
  if (rows.length === 0) return new Map();
  const added = await trx.insertInto('events').values(rows).returning(['id', 'import_key']).execute();
  return new Map(added.map(({ id, import_key }) => [import_key ?? '', id]));
}

/** Notes who came to events that are over: the engine books only what is still to come. */
export async function insertAttended(
  trx: Transaction<DB>,
  attended: readonly { userId: number; eventId: number; bookedAt: Date }[],
): Promise<void> {
  if (attended.length === 0) return;
  await trx
    .insertInto('bookings')
    .values(
      attended.map(({ userId, eventId, bookedAt }) => ({
        user_id: userId,
        event_id: eventId,
        booking_date: bookedAt,
        status: 'attended',
      })),
    )
    .execute();
}
