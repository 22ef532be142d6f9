import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { CANARY_DOMAIN } from '../apps/booking/src/server/facilitators/facilitator.ts';
import type { Open } from './doctor-databases.ts';
import { type Finding, ok, wrong } from './doctor-finding.ts';

const PATIENCE_MS = 6000;
const POLL_MS = 20;
/** What a killed run left is cleared away by a later one; not by one beside it. */
const LEFT_BEHIND = "now() - interval '10 minutes'";
const OURS = `'%@${CANARY_DOMAIN}'`;

interface Canary {
  facilitatorId: number;
  bookingId: number;
}

/**
 * Books a place, sees it arrive in CRM, cancels it, sees that arrive too, and leaves nothing of it behind. The place is
 * at an event of a facilitator who is nobody, so it is in nobody's inbox; the event is open only inside of the
 * transaction that books, so nobody else ever finds it.
 */
export async function flyCanary(open: Open, patienceMs = PATIENCE_MS): Promise<Finding> {
  await clearAway(open, LEFT_BEHIND);
  const canary = await inTransaction(open.booking.pool, setOut);
  try {
    const there = await arrival(open, { ...canary, status: 'confirmed' }, patienceMs);
    if (there === undefined) return lost('made', patienceMs);
    await inTransaction(open.booking.pool, (client) =>
      client.query("update bookings set status = 'cancelled' where id = $1", [canary.bookingId]),
    );
    const back = await arrival(open, { ...canary, status: 'cancelled' }, patienceMs);
    if (back === undefined) return lost('cancelled', patienceMs);
    return ok(`a canary was booked and seen in CRM after ${there} s, cancelled and seen after ${back} s; it is gone`);
  } finally {
    await clearAway(open, 'now()', canary.facilitatorId);
  }
}

function lost(deed: string, patienceMs: number): Finding {
  return wrong(
    `a canary booking was ${deed}, and CRM does not know after ${patienceMs / 1000} s`,
    'look at the lines above about booking, CRM and notifications, then at logs/booking.log',
  );
}

async function setOut(client: pg.PoolClient): Promise<Canary> {
  const address = `${randomUUID()}@${CANARY_DOMAIN}`;
  const facilitatorId = await insert(client, 'insert into facilitators (name, email) values ($1, $2) returning id', [
    'Canary of the doctor',
    address,
  ]);
  const userId = await insert(client, "insert into users (name, email, password) values ($1, $2, '!') returning id", [
    'Canary of the doctor',
    address,
  ]);
  const eventId = await insert(
    client,
    `insert into events (title, description, event_type, date_time, duration, max_participants, price, facilitator_id)
     values ('Canary of the doctor', '', 'session', now() + interval '1 year', 1, 1, 0, $1) returning id`,
    [facilitatorId],
  );
  const bookingId = await insert(client, 'select id from book_place($1, $2, 1)', [userId, eventId]);
  await client.query('update events set is_active = false where id = $1', [eventId]);
  return { facilitatorId, bookingId };
}

async function insert(client: pg.PoolClient, statement: string, values: unknown[]): Promise<number> {
  const { rows } = await client.query<{ id: number }>(statement, values);
  const [row] = rows;
  if (!row) throw new Error(`nothing came of: ${statement}`);
  return row.id;
}

/** Seconds until CRM knew of the booking in this status; `undefined` when it did not in time. */
async function arrival(
  { crm }: Open,
  { bookingId, facilitatorId, status }: Canary & { status: string },
  patienceMs: number,
): Promise<string | undefined> {
  const begin = performance.now();
  for (;;) {
    const { rowCount } = await crm.pool.query(
      `select 1 from booking_notifications
       where booking_id = $1 and facilitator_id = $2 and status = $3 and not superseded`,
      [bookingId, facilitatorId, status],
    );
    const took = performance.now() - begin;
    if (rowCount) return (took / 1000).toFixed(1);
    if (took > patienceMs) return undefined;
    await sleep(POLL_MS);
  }
}

/** Takes canaries made before a moment out of both databases: all of them, or that of one facilitator. */
async function clearAway({ booking, crm }: Open, before: string, facilitatorId: number | null = null): Promise<void> {
  await inTransaction(booking.pool, async (client) => {
    const { rows } = await client.query<{ id: number }>(
      `select id from facilitators where email like ${OURS} and created_at <= ${before} and ($1::integer is null or id = $1)`,
      [facilitatorId],
    );
    const ids = rows.map((row) => row.id);
    if (ids.length === 0) return;
    const events = 'select id from events where facilitator_id = any ($1)';
    await client.query(`delete from bookings where event_id in (${events})`, [ids]);
    // With what the deletion would have told of.
    await client.query(`delete from outbox where event_id in (${events})`, [ids]);
    await client.query('delete from events where facilitator_id = any ($1)', [ids]);
    await client.query('delete from users where email in (select email from facilitators where id = any ($1))', [ids]);
    await client.query('delete from facilitators where id = any ($1)', [ids]);
  });
  const { rows } = await crm.pool.query<{ facilitator_id: number }>(
    `delete from booking_notifications
     where user_email like ${OURS} and received_at <= ${before} and ($1::integer is null or facilitator_id = $1)
     returning facilitator_id`,
    [facilitatorId],
  );
  await crm.pool.query('delete from facilitator_streams where facilitator_id = any ($1)', [
    rows.map((row) => row.facilitator_id),
  ]);
}

/** Nobody is written to by mail about what happens in it. */
async function inTransaction<T>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  try {
    await client.query('begin');
    await client.query("set local samaya.mail = 'off'");
    const result = await work(client);
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback');
    throw error;
  } finally {
    client.release();
  }
}
