import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countTries } from '@samaya/platform/test-tries.ts';
import { countOutcomes, identityOf, openStudio } from '#server/test-studio.ts';
import { createBookingDesk } from './booking-desk.ts';
import { findViolations } from './booking-invariants-queries.ts';
import { cancelBooking } from './cancel-booking.ts';

// Where a booking breaks, from its first write to its last.
const PLACES: Readonly<Record<string, string>> = {
  'before the row': 'create trigger zz_break before insert or update on bookings for each row',
  'after the row': 'create trigger zz_break after insert or update on bookings for each row',
  'after the seat': 'create trigger zz_break before insert on outbox for each row',
  'after the message': 'create trigger zz_break after insert on outbox for each row',
  'in COMMIT':
    'create constraint trigger zz_break after insert or update on bookings deferrable initially deferred for each row',
};

for (const [where, trigger] of Object.entries(PLACES)) {
  test(`NOTIF-01: whatever breaks ${where}, a booking and its message are both there, or neither`, async (t) => {
    const studio = await openStudio();
    const tries = countTries(t, 'NOTIF-01', { short: 20, full: 100 });
    await studio.asOwner(`
      create table breaks (is_on boolean);
      insert into breaks values (false);
      grant all on breaks to public;
      create function break_it() returns trigger language plpgsql as
        $$ begin if (select is_on from breaks) then raise exception 'broken on the way'; end if; return new; end $$;
      ${trigger} execute function break_it()`);
    const breaks = (isOn: boolean) => studio.pool.query('update breaks set is_on = $1', [isOn]);
    const desk = createBookingDesk(studio.db);
    const people = await studio.addUsers(tries);
    const eventId = await studio.addEvent({ places: tries });
    const bookAll = () =>
      countOutcomes(
        people.map((userId, n) =>
          n % 2
            ? desk.book({ userId, eventId, seats: 1 })
            : desk.bookOnce({ userId, eventId, seats: 1 }, keyed(userId)),
        ),
      );

    await breaks(true);
    assert.deepEqual(await bookAll(), { P0001: tries });
    assert.deepEqual(await countRows(), { bookings: 0, messages: 0, keys: 0, taken: 0 });

    await breaks(false);
    assert.deepEqual(await bookAll(), { ok: tries });
    const kept = { bookings: tries, messages: tries, keys: tries / 2, taken: tries };
    assert.deepEqual(await countRows(), kept);

    await breaks(true);
    const { rows } = await studio.pool.query('select id, user_id from bookings');
    const cancels = rows.map(({ id, user_id }) => cancelBooking(studio.db, id, identityOf(user_id)));
    assert.deepEqual(await countOutcomes(cancels), { P0001: tries });
    assert.deepEqual(await countRows(), kept);
    assert.deepEqual(await findViolations(studio.db), []);

    async function countRows() {
      const counted = await studio.pool.query(
        `select (select count(*) from bookings) as bookings,
                (select count(*) from outbox where destination = 'crm') as messages,
                (select count(*) from idempotency_keys) as keys,
                (select seats_taken from events where id = ${eventId}) as taken`,
      );
      return counted.rows[0];
    }
  });
}

function keyed(userId: number) {
  const request = { owner: `user:${userId}`, key: 'one', method: 'POST', path: '/api/v1/bookings' };
  return { ...request, rawBody: Buffer.from('{}') };
}
