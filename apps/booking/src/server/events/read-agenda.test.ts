import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Identity } from '#server/accounts/identity.ts';
import { identityOf, openStudio } from '#server/test-studio.ts';
import { readAgenda } from './read-agenda.ts';

// Far ahead, so that what the database's own clock decides (what is over) never meets what these tests decide.
const NOW = new Date('2031-03-05T09:00:00Z');

async function studioWithPlan() {
  const studio = await openStudio({ connections: 4 });
  const maya = identityOf(1, { facilitatorId: studio.facilitatorId });
  return {
    ...studio,
    maya,
    async plan(title: string, start: string, more: Record<string, unknown> = {}) {
      const { id } = await studio.db
        .insertInto('events')
        .values({
          title,
          description: '',
          event_type: 'session',
          date_time: new Date(start),
          duration: 60,
          max_participants: 5,
          price: 10,
          facilitator_id: studio.facilitatorId,
          ...more,
        })
        .returning('id')
        .executeTakeFirstOrThrow();
      return id;
    },
    read: (options: { timeZone?: string; actor?: Identity } = {}) =>
      readAgenda(studio.db, { timeZone: options.timeZone ?? 'Europe/Lisbon', now: NOW }, options.actor ?? maya),
  };
}

const titles = (events: readonly { title: string }[]) => events.map(({ title }) => title);

test('today is a day of the studio’s clock, with what is in its course; then come seven days', async () => {
  const { plan, read, db, maya } = await studioWithPlan();
  await plan('A retreat in its second day', '2031-03-04T16:00:00Z', { duration: 3 * 1440 });
  await plan('Last night', '2031-03-04T22:30:00Z');
  await plan('First light', '2031-03-05T07:00:00Z');
  await plan('Late', '2031-03-05T23:30:00Z');
  await plan('Closed today', '2031-03-05T12:00:00Z', { is_active: false });
  await plan('Called off', '2031-03-05T13:00:00Z', { is_active: false, cancelled_at: NOW });
  await plan('Tomorrow', '2031-03-06T00:00:00Z');
  await plan('In a week', '2031-03-12T23:00:00Z');
  await plan('After that', '2031-03-13T00:00:00Z');
  const agenda = await read();
  assert.deepEqual(titles(agenda.today), ['A retreat in its second day', 'First light', 'Closed today', 'Late']);
  assert.deepEqual(titles(agenda.next), ['Tomorrow', 'In a week']);
  // Five hours earlier it is another day.
  const inNewYork = await read({ timeZone: 'America/New_York' });
  assert.deepEqual(titles(inNewYork.today).slice(-2), ['Late', 'Tomorrow']);

  const other = await db
    .insertInto('facilitators')
    .values({ name: 'Noah', email: 'noah@studio.example' })
    .returning('id')
    .executeTakeFirstOrThrow();
  await plan('Noah’s', '2031-03-05T10:00:00Z', { facilitator_id: other.id });
  assert.ok(!titles((await read({ actor: maya })).today).includes('Noah’s'));
  assert.ok(titles((await read({ actor: identityOf(9, { isAdmin: true }) })).today).includes('Noah’s'));
  await assert.rejects(read({ actor: identityOf(9) }), { code: 'forbidden' });
});

test('what is to do is said only when it is true', async () => {
  const { plan, read, db, maya, pool, addUsers } = await studioWithPlan();
  const nothing = await read();
  assert.deepEqual([nothing.ahead, nothing.closed, nothing.hasNextWeek, nothing.unmarked], [0, 0, false, []]);

  // The fifth is a Wednesday: next week begins on the tenth and ends before the seventeenth.
  await plan('Sunday', '2031-03-09T23:30:00Z');
  await plan('The week after', '2031-03-17T00:00:00Z', { is_active: false });
  assert.deepEqual([(await read()).ahead, (await read()).closed, (await read()).hasNextWeek], [2, 1, false]);
  await plan('Monday', '2031-03-10T00:00:00Z');
  assert.equal((await read()).hasNextWeek, true);

  // What is over is over by the database's clock.
  const past = await plan('Just over', new Date(Date.now() - 2 * 3_600_000).toISOString());
  const [ana, ben, cem] = await addUsers(3);
  await pool.query(
    `insert into bookings (user_id, event_id, status) values ($1, $4, 'confirmed'), ($2, $4, 'confirmed'), ($3, $4, 'attended')`,
    [ana, ben, cem, past],
  );
  assert.deepEqual((await read()).unmarked, [], 'too long ago for this day');
  const [unmarked] = (await readAgenda(db, { timeZone: 'UTC', now: new Date() }, maya)).unmarked;
  assert.deepEqual([unmarked?.id, unmarked?.title, unmarked?.people], [past, 'Just over', 2]);
  await pool.query(`update bookings set status = 'no_show' where event_id = $1 and status = 'confirmed'`, [past]);
  assert.deepEqual((await readAgenda(db, { timeZone: 'UTC', now: new Date() }, maya)).unmarked, []);
});
