import { type Kysely, sql, type Transaction } from 'kysely';
import type { DB } from '#server/database-types.ts';

/** A person as admins see them. */
export interface ListedPerson {
  id: number;
  name: string;
  email: string;
  created_at: Date;
  isProven: boolean;
  isAdmin: boolean;
  /** Admin by `ADMIN_EMAILS`, whatever is set here. */
  isAdminByAddress: boolean;
  facilitatorId: number | null;
  /** Since when nobody signs in to this account. */
  disabledAt: Date | null;
  /** Bookings of what is still to come. */
  upcoming: number;
  hasTwoStep: boolean;
}

export interface ListedAdmin {
  /** Nobody, where an address of `ADMIN_EMAILS` waits for somebody to confirm it. */
  id: number | null;
  name: string | null;
  email: string;
  isByAddress: boolean;
  disabledAt: Date | null;
}

const columns = (adminEmails: readonly string[]) => sql`
  u.id, u.name, u.email, u.created_at, u.proven_at is not null as "isProven", u.disabled_at as "disabledAt",
  u.is_admin or ${isAdminByAddress(adminEmails)} as "isAdmin", ${isAdminByAddress(adminEmails)} as "isAdminByAddress",
  case when u.proven_at is not null
    then (select f.id from facilitators f where lower(f.email) = lower(u.email)) end as "facilitatorId",
  (select count(*)::integer from bookings b join events e on e.id = b.event_id
    where b.user_id = u.id and (holds_seat(b.status) or b.status = 'waitlisted')
      and e.date_time + make_interval(mins => e.duration) > now()) as upcoming,
  u.two_step_secret is not null as "hasTwoStep"`;

function isAdminByAddress(adminEmails: readonly string[]) {
  return sql<boolean>`(u.proven_at is not null and lower(u.email) = any (${adminEmails}))`;
}

/** People with all of `words` in name or address, the newest first; at most `limit`, those older than `beforeId`. */
export async function selectPeople(
  db: Kysely<DB>,
  options: {
    words: readonly string[];
    beforeId: number | undefined;
    limit: number;
    adminEmails: readonly string[];
  },
): Promise<ListedPerson[]> {
  const conditions = [
    sql`u.deleted_at is null`,
    ...(options.beforeId === undefined ? [] : [sql`u.id < ${options.beforeId}`]),
    ...options.words.map((word) => sql`search_form(u.name || ' ' || u.email) like search_pattern(${word})`),
  ];
  const { rows } = await sql<ListedPerson>`
    select ${columns(options.adminEmails)} from users u where ${sql.join(conditions, sql` and `)}
    order by u.id desc limit ${options.limit}`.execute(db);
  return rows;
}

export async function selectListedPerson(
  db: Kysely<DB>,
  { userId, adminEmails }: { userId: number; adminEmails: readonly string[] },
): Promise<ListedPerson | undefined> {
  const { rows } = await sql<ListedPerson>`
    select ${columns(adminEmails)} from users u where u.id = ${userId} and u.deleted_at is null`.execute(db);
  return rows[0];
}

/**
 * Locks every account marked as admin, and those of `ids`, who may be admins by their address: two who would unmake
 * or disable each other come one after the other.
 */
export async function lockAdmins(trx: Transaction<DB>, ids: readonly number[]): Promise<void> {
  await sql`
    select id from users where is_admin or id = any (${ids}::integer[]) order by id for no key update`.execute(trx);
}

/** Everybody with an admin's rights, and the addresses of `ADMIN_EMAILS` that nobody has confirmed; by name. */
export async function selectAdmins(db: Kysely<DB>, adminEmails: readonly string[]): Promise<ListedAdmin[]> {
  const { rows } = await sql<ListedAdmin>`
    select u.id, u.name, u.email, ${isAdminByAddress(adminEmails)} as "isByAddress", u.disabled_at as "disabledAt"
    from users u where u.deleted_at is null and (u.is_admin or ${isAdminByAddress(adminEmails)})
    order by search_form(u.name), u.id`.execute(db);
  const known = new Set(rows.map(({ email }) => email.toLowerCase()));
  const waiting = adminEmails.filter((email) => !known.has(email));
  return [...rows, ...waiting.map((email) => ({ id: null, name: null, email, isByAddress: true, disabledAt: null }))];
}

/** Disables an account, or enables it again; the database ends its sign-ins. */
export async function updateIsDisabled(trx: Transaction<DB>, userId: number, isDisabled: boolean): Promise<void> {
  await sql`
    update users set disabled_at = case when ${isDisabled} then clock_timestamp() end
    where id = ${userId}`.execute(trx);
}

export async function updateIsAdmin(trx: Transaction<DB>, userId: number, isAdmin: boolean): Promise<void> {
  await trx.updateTable('users').set({ is_admin: isAdmin }).where('id', '=', userId).execute();
}

export interface PeopleFigures {
  people: number;
  facilitators: number;
  admins: number;
}

export async function selectPeopleFigures(db: Kysely<DB>, adminEmails: readonly string[]): Promise<PeopleFigures> {
  const { rows } = await sql<PeopleFigures>`
    select count(*)::integer as people, (select count(*)::integer from facilitators) as facilitators,
      (count(*) filter (where u.is_admin or ${isAdminByAddress(adminEmails)}))::integer as admins
    from users u where u.deleted_at is null`.execute(db);
  return rows[0] ?? { people: 0, facilitators: 0, admins: 0 };
}
