import { type Kysely, sql } from 'kysely';
import type { DB } from '#server/database-types.ts';

export interface Violation {
  invariant: string;
  rows: unknown[];
}

const INVARIANTS: Readonly<Record<string, string>> = {
  'seats taken are between none and all':
    'select id, seats_taken, max_participants from events where seats_taken not between 0 and max_participants',
  'seats taken are the seats of the bookings that hold them': `
    select e.id, e.seats_taken, coalesce(sum(b.seats) filter (where holds_seat(b.status)), 0) as counted
    from events e left join bookings b on b.event_id = e.id
    group by e.id having e.seats_taken <> coalesce(sum(b.seats) filter (where holds_seat(b.status)), 0)`,
  'a person has one active booking at an event': `
    select event_id, user_id, count(*) from bookings where holds_seat(status) or status = 'waitlisted'
    group by event_id, user_id having count(*) > 1`,
  // Messages that arrived are kept for a week, so only bookings younger than that can be counted through.
  'every version of a booking has its message': `
    select b.id, v as version from bookings b, generate_series(1, b.version) v
    where b.booking_date > now() - interval '7 days' and not exists (select 1 from outbox o where o.destination = 'crm' and o.booking_id = b.id and o.version = v)`,
  'every message about a booking has its booking, or tells of its end': `
    select o.booking_id, max(o.version) as version from outbox o
    where o.destination = 'crm' and o.booking_id is not null and not exists (select 1 from bookings b where b.id = o.booking_id)
    group by o.booking_id
    having (array_agg(o.status order by o.version desc))[1] <> 'cancelled'`,
  'nobody who was erased or disabled has a sign-in': `
    select s.id, s.user_id from sign_ins s join users u on u.id = s.user_id
    where u.deleted_at is not null or u.disabled_at is not null`,
  'nothing is on its way to another application for who was erased or disabled': `
    select r.model, r.user_id from oidc_records r join users u on u.id = r.user_id
    where u.deleted_at is not null or u.disabled_at is not null`,
};

/** Checks the invariants of the booking database; an empty answer is the good one. */
export async function findViolations(db: Kysely<DB>): Promise<Violation[]> {
  const violations: Violation[] = [];
  for (const [invariant, query] of Object.entries(INVARIANTS)) {
    const { rows } = await sql.raw(query).execute(db);
    if (rows.length > 0) violations.push({ invariant, rows });
  }
  return violations;
}
