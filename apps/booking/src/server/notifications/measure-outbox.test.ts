import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connect } from '@samaya/platform/database.ts';
import { createMetrics } from '@samaya/platform/metrics.ts';
import { sql } from 'kysely';
import type { DB } from '#server/database-types.ts';
import { openStudio } from '#server/test-studio.ts';
import { findRelayFaults, measureOutbox } from './measure-outbox.ts';

const studio = await openStudio();
const { db } = studio;

async function book(): Promise<void> {
  const [user_id = 0] = await studio.addUsers(1);
  await db
    .insertInto('bookings')
    .values({ user_id, event_id: await studio.addEvent() })
    .execute();
}

const change = (assignments: string) => studio.asOwner(`update outbox set ${assignments} where destination = 'crm'`);
const setDown = (down: string) =>
  studio.asOwner(`update outbox_destinations set down_since = ${down} where destination = 'crm'`);

/** The figures of the outbox as they are served now. */
async function figuresOf(on = db): Promise<Record<string, string>> {
  const metrics = createMetrics();
  const arrived = measureOutbox(metrics, on, 'crm');
  arrived(3);
  const lines = (await metrics.registry.metrics()).split('\n').filter((line) => line.startsWith('outbox_'));
  return Object.fromEntries(lines.map((line) => line.split(' ')));
}

test('the figures say how many wait, since when, how many were given up, how many arrived, and whether CRM is up', async () => {
  await book();
  await book();
  await book();
  await change(`occurred_at = now() - interval '90 seconds'`);
  await sql`update outbox set dead_at = now() where destination = 'crm' and booking_id = 1`.execute(db);
  await setDown('now()');
  const { outbox_oldest_seconds: oldest, ...figures } = await figuresOf();
  assert.deepEqual(figures, {
    outbox_waiting: '2',
    outbox_dead: '1',
    outbox_destination_up: '0',
    outbox_delivered_total: '3',
  });
  assert.ok(Number(oldest) >= 90 && Number(oldest) < 120, String(oldest));
  await setDown('null');
  assert.equal((await figuresOf()).outbox_destination_up, '1');
  await change('delivered_at = now()');
  const rest = await figuresOf();
  assert.deepEqual([rest.outbox_waiting, rest.outbox_oldest_seconds], ['0', '0']);
});

test('without the database the figures say nothing, and the others are served all the same', async () => {
  const away = connect<DB>('postgres://nobody@127.0.0.1:9/none', { applicationName: 'test' });
  const figures = await figuresOf(away.kysely);
  assert.equal(figures.outbox_waiting, 'Nan');
  assert.equal(figures.outbox_delivered_total, '3');
  await away.close();
});

test('a process is not ready while messages are due that nothing holds back; CRM being down, or refusing, is no reason', async () => {
  await change('delivered_at = now()');
  await book();
  assert.deepEqual(await findRelayFaults(db), []);
  await change(`next_attempt_at = now() - interval '59 seconds'`);
  assert.deepEqual(await findRelayFaults(db), []);
  await change(`next_attempt_at = now() - interval '61 seconds'`);
  assert.match((await findRelayFaults(db)).join(), /^the relay is stuck: a message has been due for 6\d s$/);
  await setDown('now()');
  assert.deepEqual(await findRelayFaults(db), []);
  await setDown('null');
  await change('refusals = 1');
  assert.deepEqual(await findRelayFaults(db), []);
});
