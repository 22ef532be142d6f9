import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { connect } from '@samaya/platform/database.ts';
import { countTries } from '@samaya/platform/test-tries.ts';
import type { DB } from '#server/database-types.ts';
import { countOutcomes, identityOf, openStudio, type Studio } from '#server/test-studio.ts';
import { waitPatiently } from '#server/test-waiting.ts';
import { createBookingDesk } from './booking-desk.ts';
import { findViolations } from './booking-invariants-queries.ts';
import { cancelBooking } from './cancel-booking.ts';

const LEVELS = ['read committed', 'repeatable read', 'serializable'] as const;

/** Two desks, each on connections of its own, whose transactions are of a level. */
async function openDesks({ appUrl }: Studio, level: string) {
  const url = new URL(appUrl);
  url.searchParams.set('options', `-c default_transaction_isolation=${level.replace(' ', '\\ ')}`);
  return [1, 2].map(() => {
    const { kysely, pool, close } = connect<DB>(url.href, { applicationName: 'test', statementTimeoutMs: 30_000 });
    waitPatiently(pool);
    after(close);
    return createBookingDesk(kysely);
  });
}

for (const level of LEVELS) {
  test(`CAP-17: whatever level of isolation a server is set to, places are sold once: ${level}`, async (t) => {
    const studio = await openStudio();
    const desks = await openDesks(studio, level);
    const people = await studio.addUsers(60);
    const rounds = countTries(t, 'CAP-17', { short: 5, full: 50 });
    for (let round = 0; round < rounds; round++) {
      const [last, few] = [await studio.addEvent({ places: 1 }), await studio.addEvent({ places: 10 })];
      const book = (eventId: number) => (userId: number, n: number) =>
        desks[n % 2]?.book({ userId, eventId, seats: 1 }) ?? Promise.reject(new Error('no desk'));
      assert.deepEqual(await countOutcomes(people.slice(0, 2).map(book(last))), { ok: 1, 'event-full': 1 });
      assert.deepEqual(await countOutcomes(people.map(book(few))), { ok: 10, 'event-full': 50 });
    }
    assert.deepEqual(await findViolations(studio.db), []);
  });
}

// Raised as PostgreSQL raises them: in a statement, or as late as in the commit.
const ROLLED_BACK_IN = {
  'a statement': 'create trigger zz_conflict before insert or update on bookings for each statement',
  'the commit':
    'create constraint trigger zz_conflict after insert or update on bookings deferrable initially deferred for each row',
};

async function openConflicting(place: keyof typeof ROLLED_BACK_IN, state: string, nth: number) {
  const studio = await openStudio();
  // Every nth transaction as a whole, however many rows it has. What is done again has the next number, so that nobody
  // gives up by bad luck.
  await studio.asOwner(`
    create function conflict() returns trigger language plpgsql as $$
      begin
        if pg_current_xact_id()::text::bigint % ${nth} = 0 then
          raise exception 'could not serialize access' using errcode = '${state}';
        end if;
        return new;
      end $$;
    ${ROLLED_BACK_IN[place]} execute function conflict()`);
  return studio;
}

for (const place of Object.keys(ROLLED_BACK_IN) as (keyof typeof ROLLED_BACK_IN)[]) {
  for (const state of ['40001', '40P01']) {
    test(`CAP-18: what is rolled back in ${place} for another’s sake (${state}) is done again, unseen`, async (t) => {
      const studio = await openConflicting(place, state, 10);
      const desk = createBookingDesk(studio.db);
      const people = await studio.addUsers(countTries(t, 'CAP-18', { short: 250, full: 1000 }));
      const eventId = await studio.addEvent({ places: people.length });
      let failed = 0;
      // Some alone, some together, some with a key.
      for (let at = 0; at < people.length; ) {
        const some = people.slice(at, at + 1 + (at % 7));
        at += some.length;
        const outcomes = await Promise.allSettled(
          some.map(async (userId, n) => {
            const wanted = { userId, eventId, seats: 1 };
            if (n % 2) return await desk.bookOnce(wanted, keyed(userId));
            const { id } = await desk.book(wanted);
            if (userId % 5 === 0) await cancelBooking(studio.db, id, identityOf(userId));
            return id;
          }),
        );
        failed += outcomes.filter(({ status }) => status === 'rejected').length;
      }
      assert.ok(failed <= people.length / 1000, `${failed} of ${people.length} failed`);
      assert.deepEqual(await findViolations(studio.db), []);
    });
  }
}

test('negative control: where every transaction is rolled back, nothing is booked and nobody is told so', async () => {
  const studio = await openConflicting('the commit', '40001', 1);
  const desk = createBookingDesk(studio.db);
  const eventId = await studio.addEvent();
  const outcomes = await countOutcomes(
    (await studio.addUsers(10)).map((userId) => desk.book({ userId, eventId, seats: 1 })),
  );
  assert.deepEqual(outcomes, { 40001: 10 });
  assert.equal(await studio.seatsTaken(eventId), 0);
});

function keyed(userId: number) {
  const request = { owner: `user:${userId}`, key: 'one', method: 'POST', path: '/api/v1/bookings' };
  return { ...request, rawBody: Buffer.from('{}') };
}
