import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sql } from 'kysely';
import type { Identity } from '#server/accounts/identity.ts';
import { identityOf, openStudio } from '#server/test-studio.ts';
import { ORGANISED_STATES, type OrganisedState } from './event.ts';
import { listOrganisedEvents } from './list-organised-events.ts';

const { db, facilitatorId } = await openStudio();
const noah = await db
  .insertInto('facilitators')
  .values({ name: 'Noah Adeyemi', email: 'noah@studio.example' })
  .returning('id')
  .executeTakeFirstOrThrow();
const maya = identityOf(1, { facilitatorId });
const admin = identityOf(2, { isAdmin: true });

async function plan(title: string, startsIn: string, more: Record<string, unknown> = {}) {
  await db
    .insertInto('events')
    .values({
      title,
      description: '',
      event_type: 'session',
      date_time: sql<Date>`clock_timestamp() + ${startsIn}::interval`,
      duration: 60,
      max_participants: 5,
      price: 10,
      facilitator_id: facilitatorId,
      ...more,
    })
    .execute();
}

await plan('Running now', '-10 minutes');
await plan('Tomorrow', '1 day');
await plan('Closed next week', '7 days', { is_active: false });
await plan('Yesterday', '-1 day');
await plan('Last week, closed', '-7 days', { is_active: false });
await plan('Called off', '2 days', { is_active: false, cancelled_at: new Date() });
await plan('Noah’s', '3 days', { facilitator_id: noah.id });

async function list(state: OrganisedState, { search = '', actor = maya }: { search?: string; actor?: Identity } = {}) {
  const { items } = await listOrganisedEvents(db, { state, search, after: undefined, limit: 50 }, actor);
  return items.map(({ title }) => title);
}

test('every event stands in its state: what is ahead soonest first, what is behind latest first', async () => {
  assert.deepEqual(await list('upcoming'), ['Running now', 'Tomorrow', 'Closed next week']);
  assert.deepEqual(await list('closed'), ['Closed next week']);
  assert.deepEqual(await list('past'), ['Yesterday', 'Last week, closed']);
  assert.deepEqual(await list('cancelled'), ['Called off']);
});

test('a facilitator sees their own, an admin all, a participant is refused', async () => {
  assert.deepEqual(await list('upcoming', { actor: identityOf(3, { facilitatorId: noah.id }) }), ['Noah’s']);
  assert.deepEqual(await list('upcoming', { actor: admin }), ['Running now', 'Tomorrow', 'Noah’s', 'Closed next week']);
  for (const state of ORGANISED_STATES) {
    await assert.rejects(list(state, { actor: identityOf(4) }), { code: 'forbidden' });
  }
});

test('words find among them, also a facilitator’s name', async () => {
  assert.deepEqual(await list('upcoming', { search: 'next CLOSED' }), ['Closed next week']);
  assert.deepEqual(await list('upcoming', { search: 'adeyemi', actor: admin }), ['Noah’s']);
  assert.deepEqual(await list('past', { search: 'tomorrow' }), []);
});

test('pages follow each other in both directions of time', async () => {
  for (let day = 1; day <= 12; day++) {
    await plan(`Ahead ${day}`, `${100 + day} days`);
    await plan(`Behind ${day}`, `-${100 + day} days`);
  }
  for (const state of ['upcoming', 'past'] as const) {
    const whole = await list(state);
    const seen: string[] = [];
    let after: string | undefined;
    do {
      const page = await listOrganisedEvents(db, { state, search: '', after, limit: 4 }, maya);
      seen.push(...page.items.map(({ title }) => title));
      after = page.next ?? undefined;
    } while (after);
    assert.deepEqual(seen, whole, state);
  }
  await assert.rejects(listOrganisedEvents(db, { state: 'past', search: '', after: 'x', limit: 4 }, maya), {
    code: 'bad-request',
  });
});
