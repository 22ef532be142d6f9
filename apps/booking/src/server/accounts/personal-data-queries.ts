import { type Kysely, sql } from 'kysely';
import type { DB } from '#server/database-types.ts';

/** Everything kept about a person, by table; `undefined` when the account was erased. Reads across features. */
export async function findPersonalData(db: Kysely<DB>, userId: number) {
  const user = await db
    .selectFrom('users')
    .select([
      'id',
      'name',
      'email',
      'google_id',
      'created_at',
      'proven_at',
      'is_admin',
      'disabled_at',
      'two_step_since',
    ])
    .select(['prove_asked_at', 'reset_asked_at', 'new_email', 'new_email_asked_at'])
    .where('id', '=', userId)
    .where('deleted_at', 'is', null)
    .executeTakeFirst();
  if (!user) return undefined;
  const recoveryCodes = await db.selectFrom('recovery_codes').select('used_at').where('user_id', '=', userId).execute();
  const facilitators = await db
    .selectFrom('facilitators')
    .select(['id', 'name', 'email', 'bio', 'specialties', 'created_at'])
    // Somebody who only typed the address has no claim to what is kept about the facilitator.
    .where(sql<boolean>`lower(email) = lower(${user.email}) and ${user.proven_at !== null}`)
    .execute();
  const bookings = await db
    .selectFrom('bookings')
    .innerJoin('events', 'events.id', 'bookings.event_id')
    .select([
      'bookings.id',
      'bookings.event_id',
      'events.title as event_title',
      'events.date_time as event_date',
      'bookings.booking_date',
      'bookings.status',
      'bookings.seats',
    ])
    .where('bookings.user_id', '=', userId)
    .orderBy('bookings.id')
    .execute();
  const signIns = await db
    .selectFrom('sign_ins')
    .select(['kind', 'agent', 'name', 'scopes', 'created_at', 'last_seen_at', 'expires_at'])
    .where('user_id', '=', userId)
    .orderBy('id')
    .execute();
  const passkeys = await db
    .selectFrom('passkeys')
    .select(['name', 'added_at', 'last_used_at'])
    .where('user_id', '=', userId)
    .orderBy('passkeys.id')
    .execute();
  const outbox = await db
    .selectFrom('outbox')
    .select(['destination', 'kind', 'occurred_at', 'delivered_at', 'recipient'])
    .where('user_id', '=', userId)
    .orderBy('occurred_at')
    .orderBy('destination')
    .execute();
  const oidcRecords = await db
    .selectFrom('oidc_records')
    .select(['model', 'expires_at'])
    .where('user_id', '=', userId)
    .orderBy('expires_at')
    .execute();
  const assistants = await db
    .selectFrom('assistants')
    .innerJoin('facilitators', 'facilitators.id', 'assistants.facilitator_id')
    .select(['facilitators.name as facilitator_name', 'assistants.added_at'])
    .where(sql<boolean>`assistants.email = lower(${user.email}) and ${user.proven_at !== null}`)
    .orderBy('assistants.id')
    .execute();
  const acts = await db
    .selectFrom('audit_trail')
    .select(['at', 'kind', sql<string>`case when actor_id = ${userId} then 'by you' else 'to you' end`.as('done')])
    // Where from is told of what the person did; of others that is theirs.
    .select(sql<string | null>`case when actor_id = ${userId} then network end`.as('network'))
    .where((where) => where.or([where('actor_id', '=', userId), where('user_id', '=', userId)]))
    .orderBy('id')
    .execute();
  return {
    users: user,
    recovery_codes: recoveryCodes,
    facilitators,
    bookings,
    sign_ins: signIns,
    passkeys,
    outbox,
    oidc_records: oidcRecords,
    assistants,
    audit_trail: acts,
  };
}
