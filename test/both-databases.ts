import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from '@samaya/platform/database.ts';
import pg from 'pg';
import { findViolations } from '../apps/booking/src/server/bookings/booking-invariants-queries.ts';
import type { DB } from '../apps/booking/src/server/database-types.ts';

const POLL_MS = 50;

/** Waits until booking has nothing left to tell, `seconds` at most; answers how many messages still wait. */
export async function waitUntilTold(bookingUrl: string, seconds: number): Promise<number> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const [row] = await rowsOf(
      bookingUrl,
      "select count(*)::int as waiting from outbox where destination = 'crm' and delivered_at is null",
    );
    const waiting = Number(row?.waiting);
    if (waiting === 0 || Date.now() > deadline) return waiting;
    await sleep(POLL_MS);
  }
}

/**
 * Compares what was acknowledged, what booking holds and, when its address is given, what CRM was told. Each line of the
 * answer is something lost, doubled or wrong; no line is the good answer.
 */
export async function findDifferences(options: {
  bookingUrl: string;
  crmUrl?: string;
  /** Ids of the bookings that were answered with 201. */
  acknowledged: readonly number[];
}): Promise<string[]> {
  const database = connect<DB>(options.bookingUrl, { applicationName: 'test' });
  const violations = await findViolations(database.kysely).finally(() => database.close());
  const bookings = await rowsOf(options.bookingUrl, 'select id, user_id, event_id, version, status from bookings');

  const differences = violations.map((violation) => `${violation.invariant}: ${JSON.stringify(violation.rows)}`);
  const ids = new Set(bookings.map((booking) => booking.id));
  for (const id of options.acknowledged)
    if (!ids.has(id)) differences.push(`booking ${id} was acknowledged and is gone`);
  if (new Set(options.acknowledged).size !== options.acknowledged.length) {
    differences.push('one booking was acknowledged to two requests');
  }
  if (options.crmUrl) differences.push(...(await findUntold(bookings, options.crmUrl)));
  return differences;
}

async function findUntold(bookings: readonly Record<string, unknown>[], crmUrl: string): Promise<string[]> {
  const differences: string[] = [];
  const ids = new Set(bookings.map((booking) => booking.id));
  const told = await rowsOf(
    crmUrl,
    'select booking_id, version, status, count(*)::int as times from booking_notifications group by 1, 2, 3',
  );
  const toldOf = new Map(told.map((row) => [`${row.booking_id} ${row.version}`, row]));
  for (const booking of bookings) {
    for (let version = 1; version <= Number(booking.version); version++) {
      if (!toldOf.has(`${booking.id} ${version}`))
        differences.push(`CRM missed version ${version} of booking ${booking.id}`);
    }
    const newest = toldOf.get(`${booking.id} ${booking.version}`);
    if (newest && newest.status !== booking.status)
      differences.push(`CRM has booking ${booking.id} as ${newest.status}`);
  }
  for (const row of told) {
    if (!ids.has(row.booking_id)) differences.push(`CRM was told of booking ${row.booking_id}, which does not exist`);
    if (row.times !== 1)
      differences.push(`CRM has version ${row.version} of booking ${row.booking_id} ${row.times} times`);
  }
  return differences;
}

/** Runs one statement on a connection of its own. */
export async function rowsOf(databaseUrl: string, statement: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    return (await client.query(statement)).rows;
  } finally {
    await client.end();
  }
}
