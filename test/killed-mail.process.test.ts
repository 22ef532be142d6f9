import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createTestDatabase } from '@samaya/platform/test-database.ts';
import { freePort } from '@samaya/platform/test-port.ts';
import { countTries } from '@samaya/platform/test-tries.ts';
import pg from 'pg';
import { openSmtpSink, type Stage } from '../apps/booking/src/server/mail/test-smtp-sink.ts';
import { addEvents, addFacilitator } from './crowd.ts';
import { startBooking } from './processes.ts';

const MAILS = 5;
const ENOUGH_MS = 30_000;

/** Booking as a process that sends to a sink, and is killed in the middle of it. */
async function openKillable(sabotage = '') {
  const database = await createTestDatabase('booking');
  const owner = new pg.Client({ connectionString: database.ownerUrl });
  // The database is dropped first.
  owner.on('error', () => undefined);
  await owner.connect();
  after(() => owner.end());
  await owner.query(sabotage);
  const [eventId] = await addEvents(owner, await addFacilitator(owner), [10_000]);
  const sink = await openSmtpSink();
  const port = await freePort();
  const start = () => startBooking({ database, port, environment: { SMTP_URL: sink.url } });
  let app = await start();
  let booked = 0;

  async function waiting(): Promise<number> {
    const { rows } = await owner.query(
      `select count(*)::int as waiting from outbox where destination = 'mail' and delivered_at is null`,
    );
    return rows[0].waiting;
  }

  return {
    sink,
    /** Books people in, kills the process when the third mail is at this stage, starts it again, waits for quiet. */
    async bookAndKill(stage: Stage): Promise<void> {
      let reached = 0;
      const killed = new Promise<void>((resolve) => {
        sink.behave = (at) => {
          if (at !== stage || ++reached !== 3) return 'take';
          resolve(app.kill());
          return 'hang';
        };
      });
      await owner.query(
        `with people as (
           insert into users (name, email, password)
             select 'Person ' || n, 'person' || n || '@studio.example', '!' from generate_series($1::int, $2::int) n
             returning id
         ) insert into bookings (user_id, event_id) select id, $3 from people`,
        [booked + 1, booked + MAILS, eventId],
      );
      booked += MAILS;
      await Promise.race([killed, sleep(ENOUGH_MS, undefined, { ref: false }).then(() => assert.fail('not killed'))]);
      sink.behave = () => 'take';
      // As if the lease of the claim had run out; while nobody is there, who could claim one a second time.
      await owner.query(
        `update outbox set next_attempt_at = now() where destination = 'mail' and delivered_at is null`,
      );
      app = await start();
      const deadline = Date.now() + ENOUGH_MS;
      while ((await waiting()) > 0) {
        assert.ok(Date.now() < deadline, 'mails still wait');
        await sleep(50);
      }
    },
    async outcome() {
      const { rows } = await owner.query(`
        select o.id, (select count(*)::int from bookings) as bookings from outbox o where o.destination = 'mail'`);
      const times = (mails: readonly { id: string }[], id: string) => mails.filter((mail) => mail.id === id).length;
      return {
        bookings: rows[0].bookings as number,
        lost: rows.filter(({ id }) => times(sink.taken, id) === 0).length,
        handedOverTwice: rows.filter(({ id }) => times(sink.handedOver, id) === 2).length,
        more: rows.filter(({ id }) => times(sink.handedOver, id) > 2).length,
      };
    },
  };
}

test('booking killed while a mail was being addressed: every mail goes once', async (t) => {
  const tries = countTries(t, 'NOTIF-27', { short: 10, full: 20 });
  const killable = await openKillable();
  for (let one = 0; one < tries; one++) await killable.bookAndKill(one % 2 === 0 ? 'from' : 'to');
  assert.deepEqual(await killable.outcome(), { bookings: tries * MAILS, lost: 0, handedOverTwice: 0, more: 0 });
});

test('booking killed after a mail was handed over: that one goes again under its id, no other', async (t) => {
  const tries = countTries(t, 'NOTIF-27', { short: 10, full: 20 });
  const killable = await openKillable();
  for (let one = 0; one < tries; one++) await killable.bookAndKill('data');
  assert.deepEqual(await killable.outcome(), { bookings: tries * MAILS, lost: 0, handedOverTwice: tries, more: 0 });
});

test('negative control: a relay that notes a mail before it was taken loses some', async () => {
  const killable = await openKillable(`
    create function note_too_early() returns trigger language plpgsql as
      $$ begin if new.attempts > old.attempts then new.delivered_at := now(); end if; return new; end $$;
    create trigger zz_note_too_early before update on outbox for each row execute function note_too_early()`);
  await killable.bookAndKill('to');
  assert.ok((await killable.outcome()).lost > 0);
});
