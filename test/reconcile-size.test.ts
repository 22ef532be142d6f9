import assert from 'node:assert/strict';
import { test } from 'node:test';
import { reconcileNotifications } from '../apps/crm/src/server/notifications/reconcile-notifications.ts';
import { startBothApps } from './both-apps.ts';
import { rowsOf } from './both-databases.ts';

const BOOKINGS = 10_000;
const both = await startBothApps();
const { booking, crm } = both;

/** Runs once; answers what was found, and how much of everything that took. */
async function measure() {
  const asked = both.asked.length;
  let queries = 0;
  const count = () => queries++;
  crm.app.pool.on('acquire', count);
  let most = 0;
  const before = process.memoryUsage().heapUsed;
  const watch = setInterval(() => {
    most = Math.max(most, process.memoryUsage().heapUsed - before);
  }, 5);
  const found = await reconcileNotifications(crm.app, new Date());
  clearInterval(watch);
  crm.app.pool.off('acquire', count);
  return { found, requests: both.asked.length - asked, queries, megabytes: most / 1024 / 1024 };
}

test('10,000 bookings are compared in a handful of questions, and all brought back in no more than their number asks for', async (t) => {
  const { facilitatorId } = await booking.addFacilitator();
  const eventId = await booking.addEvent({ facilitator_id: facilitatorId, max_participants: BOOKINGS });
  // As the owner of the schema, who may take longer over a statement than the applications.
  await rowsOf(
    booking.ownerUrl,
    `insert into users (name, email, password)
     select 'Person ' || n, 'n' || n || '@crowd.example', '!' from generate_series(1, ${BOOKINGS}) n`,
  );
  await rowsOf(
    booking.ownerUrl,
    `insert into bookings (user_id, event_id)
     select id, ${eventId} from users where email like 'n%@crowd.example' order by id`,
  );
  await both.tell();

  const same = await measure();
  t.diagnostic(`all the same: ${JSON.stringify(same)}`);
  assert.equal(same.found?.compared, BOOKINGS);
  assert.equal(same.found?.healed, 0);
  assert.ok(same.requests <= 5, `${same.requests} requests`);
  assert.ok(same.queries <= 10, `${same.queries} queries`);

  await rowsOf(crm.database.ownerUrl, 'delete from booking_notifications');
  const lost = await measure();
  t.diagnostic(`all lost: ${JSON.stringify(lost)}`);
  assert.equal(lost.found?.healed, BOOKINGS);
  assert.ok(lost.requests <= 60, `${lost.requests} requests`);
  assert.ok(lost.queries <= 60 * 5, `${lost.queries} queries`);
  assert.ok(lost.megabytes < 150, `${lost.megabytes} MB`);
});
