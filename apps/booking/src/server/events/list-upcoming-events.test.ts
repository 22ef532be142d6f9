import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openStudio } from '#server/test-studio.ts';
import { listUpcomingEvents } from './list-upcoming-events.ts';

const { db, facilitatorId, addUsers } = await openStudio();

async function add(
  title: string,
  hours: number,
  more: { place?: string; is_active?: boolean; cancelled_at?: Date } = {},
) {
  const { id } = await db
    .insertInto('events')
    .values({
      title,
      description: 'Quiet.',
      event_type: 'session',
      date_time: new Date(Date.now() + hours * 3_600_000),
      duration: 60,
      max_participants: 3,
      price: 10,
      facilitator_id: facilitatorId,
      ...more,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

async function titles(search = '') {
  return (await listUpcomingEvents(db, { search, after: undefined, limit: 50 })).items.map(({ title }) => title);
}

test('lists what one can still come to, soonest first, with the seats that are left', async () => {
  await add('Later', 30);
  const soon = await add('Soon', 20);
  await add('Over', -1);
  await add('Closed', 25, { is_active: false });
  await add('Cancelled', 26, { cancelled_at: new Date() });
  assert.deepEqual(await titles(), ['Soon', 'Later']);
  const [person] = await addUsers(1);
  await db
    .insertInto('bookings')
    .values({ user_id: person ?? 0, event_id: soon })
    .execute();
  const { items } = await listUpcomingEvents(db, { search: '', after: undefined, limit: 1 });
  assert.deepEqual([items[0]?.seats_left, items[0]?.facilitator.name], [2, 'Maya Lind']);
});

test('finds every word wherever it stands, and takes % and _ for what they are', async () => {
  await add('Café Yin 100%', 40, { place: 'São Paulo' });
  assert.deepEqual(await titles('cafe SAO'), ['Café Yin 100%']);
  assert.deepEqual(await titles('yin maya'), ['Café Yin 100%']);
  assert.deepEqual(await titles('100%'), ['Café Yin 100%']);
  assert.deepEqual(await titles('%'), ['Café Yin 100%']);
  assert.deepEqual(await titles('_'), []);
  assert.deepEqual(await titles('yin porto'), []);
});

test('pages through events of the same moment without losing or repeating one', async () => {
  const at = new Date(Date.now() + 50 * 3_600_000);
  for (let count = 0; count < 7; count++) {
    const id = await add(`Same ${count}`, 50);
    await db.updateTable('events').set({ date_time: at }).where('id', '=', id).execute();
  }
  const seen: string[] = [];
  let after: string | undefined;
  do {
    const page = await listUpcomingEvents(db, { search: 'same', after, limit: 3 });
    seen.push(...page.items.map(({ title }) => title));
    after = page.next ?? undefined;
  } while (after !== undefined);
  assert.deepEqual(
    seen,
    Array.from({ length: 7 }, (_, count) => `Same ${count}`),
  );
});

test('a cursor of somebody else is a bad request', async () => {
  for (const after of ['', 'x', Buffer.from('["1"]').toString('base64url')]) {
    await assert.rejects(listUpcomingEvents(db, { search: '', after, limit: 3 }), { code: 'bad-request' });
  }
});
