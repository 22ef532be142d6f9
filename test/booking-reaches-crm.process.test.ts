import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { createTestDatabase } from '@samaya/platform/test-database.ts';
import { freePort } from '@samaya/platform/test-port.ts';
import pg from 'pg';
import { bookPatiently, inParallel } from './book-over-http.ts';
import { findDifferences, rowsOf, waitUntilTold } from './both-databases.ts';
import { createCrowd } from './crowd.ts';
import { startBooking, startCrm } from './processes.ts';

const WITHIN_SECONDS = 60;

type Both = Awaited<ReturnType<typeof createBoth>>;

async function createBoth() {
  const booking = await createTestDatabase('booking');
  const crm = await createTestDatabase('crm');
  const bookingPort = await freePort();
  const crmPort = await freePort();
  return {
    booking,
    crm,
    startBooking: () => startBooking({ database: booking, port: bookingPort, otherUrl: `http://localhost:${crmPort}` }),
    startCrm: () => startCrm({ database: crm, port: crmPort, otherUrl: `http://localhost:${bookingPort}` }),
  };
}

/** CRM is down while 500 people book, then comes up. */
async function bookWhileCrmIsDown(t: TestContext, sabotage?: { booking?: string; crm?: string }) {
  const both = await createBoth();
  const crowd = await createCrowd(both.booking.ownerUrl, { places: [200, 200, 200], people: 500 });
  const app = await both.startBooking();
  const answers = await inParallel(crowd.people, 32, ({ token }, index) =>
    bookPatiently(
      { url: app.url, token, eventId: Number(crowd.eventIds[index % 3]), key: 'once' },
      Date.now() + WITHIN_SECONDS * 1000,
    ),
  );
  const acknowledged = answers.flatMap((answer) => (answer.status === 201 ? [Number(answer.id)] : []));
  if (sabotage?.booking) await rowsOf(both.booking.ownerUrl, sabotage.booking);
  if (sabotage?.crm) await rowsOf(both.crm.ownerUrl, sabotage.crm);

  await both.startCrm();
  const startedAt = performance.now();
  const waiting = await waitUntilTold(both.booking.ownerUrl, WITHIN_SECONDS);
  t.diagnostic(`500 bookings were told ${Math.round(performance.now() - startedAt)} ms after CRM came up`);
  const differences = await findDifferences({
    bookingUrl: both.booking.ownerUrl,
    crmUrl: both.crm.ownerUrl,
    acknowledged,
  });
  return { both, acknowledged: acknowledged.length, waiting, differences };
}

test('NOTIF-02: 500 bookings made while CRM is down are all there within a minute of its start, none twice', async (t) => {
  const { both, ...result } = await bookWhileCrmIsDown(t);
  assert.deepEqual(result, { acknowledged: 500, waiting: 0, differences: [] });
  assert.deepEqual(await tellAgain(both), []);
  const [told] = await rowsOf(both.crm.ownerUrl, 'select count(*)::int as rows from booking_notifications');
  assert.equal(told?.rows, 500);
});

test('negative control: a relay that forgets one message is found out', async (t) => {
  const { differences } = await bookWhileCrmIsDown(t, {
    booking: `update outbox set delivered_at = now()
              where id = (select min(id::text)::uuid from outbox where destination = 'crm')`,
  });
  assert.equal(differences.length, 1, JSON.stringify(differences));
  assert.match(String(differences[0]), /CRM missed version 1/);
});

test('negative control: an intake that does not know a message again is found out', async (t) => {
  const { both } = await bookWhileCrmIsDown(t, {
    crm: `
      create function forget_message_id() returns trigger language plpgsql as
        $$ begin new.message_id := gen_random_uuid(); return new; end $$;
      create trigger aa_forget_message_id before insert on booking_notifications
        for each row execute function forget_message_id()`,
  });
  assert.match((await tellAgain(both)).join('\n'), / 2 times/);
});

/** Every message goes out once more, as when all answers had been lost. */
async function tellAgain(both: Both): Promise<string[]> {
  await rowsOf(
    both.booking.ownerUrl,
    "update outbox set delivered_at = null, next_attempt_at = now(), attempts = 0 where destination = 'crm'",
  );
  await waitUntilTold(both.booking.ownerUrl, WITHIN_SECONDS);
  return await findDifferences({ bookingUrl: both.booking.ownerUrl, crmUrl: both.crm.ownerUrl, acknowledged: [] });
}

test('CAP-23: rows inserted by a client that knows only the data model reach CRM like any booking', async () => {
  const both = await createBoth();
  const crowd = await createCrowd(both.booking.ownerUrl, { places: [10], people: 200 });
  await both.startBooking();
  await both.startCrm();
  const clients = await Promise.all(
    Array.from({ length: 20 }, async () => {
      const client = new pg.Client({ connectionString: both.booking.appUrl });
      await client.connect();
      return client;
    }),
  );
  const inserted = await inParallel(crowd.people, 20, async ({ userId }, index) => {
    const client = clients[index % clients.length];
    return await client
      ?.query('insert into bookings (user_id, event_id) values ($1, $2) returning id', [userId, crowd.eventIds[0]])
      .then((result) => Number(result.rows[0]?.id))
      .catch((error: pg.DatabaseError) => assert.equal(error.code, '23514'));
  });
  await Promise.all(clients.map((client) => client.end()));
  const acknowledged = inserted.filter((id) => id !== undefined);
  assert.equal(acknowledged.length, 10);
  assert.equal(await waitUntilTold(both.booking.ownerUrl, WITHIN_SECONDS), 0);
  assert.deepEqual(
    await findDifferences({ bookingUrl: both.booking.ownerUrl, crmUrl: both.crm.ownerUrl, acknowledged }),
    [],
  );
});
