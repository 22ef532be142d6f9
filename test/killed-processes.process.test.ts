import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTestDatabase, type TestDatabase } from '@samaya/platform/test-database.ts';
import { freePort } from '@samaya/platform/test-port.ts';
import { type BookingAnswer, bookPatiently, inParallel, type WantedBooking } from './book-over-http.ts';
import { findDifferences, rowsOf, waitUntilTold } from './both-databases.ts';
import { type Crowd, createCrowd } from './crowd.ts';
import { openGate } from './gate.ts';
import { type RunningApp, startBooking, startCrm } from './processes.ts';

const PEOPLE = 300;
const LANES = 16;
const ENOUGH_SECONDS = 180;

interface Running {
  booking: TestDatabase;
  crm: TestDatabase;
  crowd: Crowd;
  apps: { booking: RunningApp; crm: RunningApp };
  restart: { booking: (crmUrl?: string) => Promise<void>; crm: () => Promise<void> };
}

async function startBoth(options: { crmUrl?: (direct: string) => Promise<string> } = {}): Promise<Running> {
  const booking = await createTestDatabase('booking');
  const crm = await createTestDatabase('crm');
  const crowd = await createCrowd(booking.ownerUrl, { places: [150, 150, 150], people: PEOPLE });
  const port = { booking: await freePort(), crm: await freePort() };
  const directCrm = `http://localhost:${port.crm}`;
  const openBooking = (otherUrl: string) => startBooking({ database: booking, port: port.booking, otherUrl });
  const openCrm = () => startCrm({ database: crm, port: port.crm, otherUrl: `http://localhost:${port.booking}` });
  const apps = { crm: await openCrm(), booking: await openBooking((await options.crmUrl?.(directCrm)) ?? directCrm) };
  return {
    booking,
    crm,
    crowd,
    apps,
    restart: {
      async booking(otherUrl = directCrm) {
        await apps.booking.kill();
        apps.booking = await openBooking(otherUrl);
      },
      async crm() {
        await apps.crm.kill();
        apps.crm = await openCrm();
      },
    },
  };
}

/** Everybody books one place; `atThirds` runs when a third, and again when two thirds, of them have an answer. */
async function everybodyBooks(
  running: Running,
  options: { atThirds?: () => Promise<void>; url?: string; ask?: typeof bookPatiently } = {},
): Promise<BookingAnswer[]> {
  const deadline = Date.now() + ENOUGH_SECONDS * 1000;
  // One at a time: two processes restarted at once would both want the port.
  let interruption = Promise.resolve();
  let answered = 0;
  const answers = await inParallel(running.crowd.people, LANES, async ({ token, userId }, index) => {
    const wanted: WantedBooking & { key: string } = {
      url: options.url ?? running.apps.booking.url,
      token,
      eventId: Number(running.crowd.eventIds[index % running.crowd.eventIds.length]),
      key: `first-try-of-${userId}`,
    };
    const answer = await (options.ask ?? bookPatiently)(wanted, deadline);
    answered++;
    const isThird = answered === PEOPLE / 3 || answered === (PEOPLE / 3) * 2;
    if (isThird && options.atThirds) interruption = interruption.then(options.atThirds);
    return answer;
  });
  await interruption;
  return answers;
}

async function outcomeOf(running: Running, answers: BookingAnswer[]) {
  const waiting = await waitUntilTold(running.booking.ownerUrl, ENOUGH_SECONDS);
  const acknowledged = answers.flatMap((answer) => (answer.status === 201 ? [Number(answer.id)] : []));
  const differences = await findDifferences({
    bookingUrl: running.booking.ownerUrl,
    crmUrl: running.crm.ownerUrl,
    acknowledged,
  });
  const [kept] = await rowsOf(running.booking.ownerUrl, 'select count(*)::int as rows from bookings');
  return { acknowledged: acknowledged.length, rows: kept?.rows, waiting, differences };
}

const NOTHING_LOST = { acknowledged: PEOPLE, rows: PEOPLE, waiting: 0, differences: [] };

test('CRASH-01: booking killed twice in a crowd: every acknowledged booking exists, every client ends with one', async () => {
  const running = await startBoth();
  const answers = await everybodyBooks(running, { atThirds: () => running.restart.booking() });
  assert.deepEqual(await outcomeOf(running, answers), NOTHING_LOST);
});

test('CAP-08: an answer lost on its way is given again to the same key', async () => {
  const running = await startBoth();
  const gate = await openGate({
    target: () => running.apps.booking.url,
    decide: (count) => (count % 10 === 0 ? 'lose-answer' : 'pass'),
  });
  const answers = await everybodyBooks(running, { url: gate.url });
  assert.deepEqual(await outcomeOf(running, answers), NOTHING_LOST);
});

test('negative control: with a new key at every try, lost answers leave clients without one', async () => {
  const running = await startBoth();
  const gate = await openGate({
    target: () => running.apps.booking.url,
    decide: (count) => (count % 10 === 0 ? 'lose-answer' : 'pass'),
  });
  const forgetful: typeof bookPatiently = async (wanted, deadline) => {
    const first = await bookPatiently({ ...wanted, key: crypto.randomUUID() }, 0);
    return first.status === 0 ? await bookPatiently({ ...wanted, key: crypto.randomUUID() }, deadline) : first;
  };
  const { acknowledged } = await outcomeOf(running, await everybodyBooks(running, { url: gate.url, ask: forgetful }));
  assert.ok(acknowledged < PEOPLE, `${acknowledged}`);
});

test('CRASH-04: CRM killed twice in a crowd: every message is there once', async () => {
  const running = await startBoth();
  const answers = await everybodyBooks(running, { atThirds: () => running.restart.crm() });
  assert.deepEqual(await outcomeOf(running, answers), NOTHING_LOST);
});

test('negative control: an intake that answers for rows it did not keep is found out', async () => {
  const running = await startBoth();
  await rowsOf(
    running.crm.ownerUrl,
    `create function lose_some() returns trigger language plpgsql as
       $$ begin return case when new.booking_id % 10 = 0 then null else new end; end $$;
     create trigger zz_lose_some before insert on booking_notifications for each row execute function lose_some()`,
  );
  const { differences } = await outcomeOf(running, await everybodyBooks(running));
  assert.match(differences.join('\n'), /CRM missed version 1 of booking \d*0$/m);
});

/** The relay is killed while a batch is under way; `sabotage` is done to booking's database before. */
async function killRelayMidBatch(passage: 'lose-request' | 'lose-answer', sabotage?: string) {
  let firstLoss = Promise.resolve();
  const running = await startBoth({
    async crmUrl(direct) {
      const gate = await openGate({
        target: () => direct,
        decide: () => passage,
        hold: true,
      });
      firstLoss = gate.firstLoss;
      return gate.url;
    },
  });
  if (sabotage) await rowsOf(running.booking.ownerUrl, sabotage);
  const answers = await everybodyBooks(running);
  await firstLoss;
  await running.restart.booking();
  // As if the lease of the batch in flight had run out, and nobody had waited so long for its answer as to give CRM up.
  await rowsOf(
    running.booking.ownerUrl,
    `update outbox_destinations set down_since = null, probe_at = null, probes = 0;
     update outbox set next_attempt_at = now() where delivered_at is null`,
  );
  return await outcomeOf(running, answers);
}

test('CRASH-03: the relay killed before its batch arrived: sent again', async () => {
  assert.deepEqual(await killRelayMidBatch('lose-request'), NOTHING_LOST);
});

test('CRASH-03: the relay killed after its batch was stored: recognised, none twice', async () => {
  assert.deepEqual(await killRelayMidBatch('lose-answer'), NOTHING_LOST);
});

test('negative control: a relay that notes a delivery before it has an answer loses messages', async () => {
  const { differences } = await killRelayMidBatch(
    'lose-request',
    `create function note_too_early() returns trigger language plpgsql as
       $$ begin new.delivered_at := now(); return new; end $$;
     create trigger zz_note_too_early before update on outbox for each row
       when (new.attempts > old.attempts) execute function note_too_early()`,
  );
  assert.match(differences.join('\n'), /CRM missed version 1/);
});
