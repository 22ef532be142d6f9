import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DIGEST_PATH, digestOf, digestSchema, NEWEST_PATH, newestSchema } from '@samaya/booking-notification/digest.ts';
import { sign } from '@samaya/booking-notification/signature.ts';
import { sql } from 'kysely';
import { createTestApp } from '#server/test-app.ts';

const OTHER = `whsec_${Buffer.alloc(32, 'o').toString('base64')}`;
const booking = await createTestApp();
const { notificationSecrets } = booking.app.config;
const maya = await booking.addFacilitator();

function signed(
  address: string,
  { secrets = notificationSecrets, now = new Date(), question = `GET ${address}` } = {},
) {
  return { ...sign(question, { id: 'question', secrets, now }) };
}

async function ask(address: string) {
  const { status, body } = await booking.call('GET', address, { headers: signed(address) });
  assert.equal(status, 200, JSON.stringify(body));
  return body;
}

const digest = async (query = '') => digestSchema.parse(await ask(`${DIGEST_PATH}${query}`));
const newest = async (query = '') => newestSchema.parse(await ask(`${NEWEST_PATH}${query}`));

async function book(count: number, facilitatorId = maya.facilitatorId) {
  const eventId = await booking.addEvent({ facilitator_id: facilitatorId, max_participants: 20_000 });
  const { rows } = await sql<{ id: number }>`
    with people as (
      insert into users (name, email, password)
      select 'Person', 'e' || ${eventId}::integer || 'n' || n || '@crowd.example', '!'
      from generate_series(1, ${count}::integer) n returning id)
    insert into bookings (user_id, event_id) select id, ${eventId}::integer from people returning id`.execute(
    booking.db,
  );
  return { eventId, ids: rows.map((row) => row.id).sort((one, other) => one - other) };
}

test('only who signs the very question gets an answer', async () => {
  for (const path of [DIGEST_PATH, NEWEST_PATH]) {
    const address = `${path}?after=5`;
    const late = new Date(Date.now() - 301_000);
    for (const headers of [
      {},
      signed(address, { secrets: [OTHER] }),
      signed(address, { now: late }),
      signed(path),
      signed(`${path}?after=6`),
      signed(address, { question: '' }),
      signed(address, { question: address }),
      signed(address, { question: `POST ${address}` }),
      { ...signed(address), 'webhook-id': 'another' },
    ]) {
      const { status, body } = await booking.call('GET', address, { headers });
      assert.deepEqual([status, body.code], [401, 'bad-signature']);
    }
    const rotating = signed(address, { secrets: [OTHER, ...notificationSecrets] });
    assert.equal((await booking.call('GET', address, { headers: rotating })).status, 200);
  }
});

test('a question that makes no sense is refused by the name of what is wrong', async () => {
  for (const query of ['?after=0', '?after=x', '?after=2147483648', '?facilitator_id=-1', '?to=', '?colour=blue']) {
    const { status, body } = await booking.call('GET', `${NEWEST_PATH}${query}`, {
      headers: signed(`${NEWEST_PATH}${query}`),
    });
    assert.deepEqual([status, body.code], [400, 'bad-request'], query);
  }
});

test('blocks follow each other without a gap, 200 bookings each, and an answer ends where the next one begins', async () => {
  const { ids } = await book(5300);
  const pages = [await digest()];
  for (let next = pages[0]?.next; next; next = pages.at(-1)?.next) pages.push(await digest(`?after=${next}`));
  assert.deepEqual(
    pages.map((page) => page.blocks.length),
    [25, 2],
  );
  const blocks = pages.flatMap((page) => page.blocks);
  assert.deepEqual(
    blocks.map((block) => block.after),
    [0, ...blocks.slice(0, -1).map((block) => block.to)],
  );
  assert.deepEqual(
    blocks.map((block) => block.count),
    [...Array(26).fill(200), 100],
  );
  assert.equal(blocks.at(-1)?.to, ids.at(-1));
  const [first] = blocks;
  const { bookings, next } = await newest(`?to=${first?.to}`);
  assert.deepEqual({ ...first, ...digestOf(bookings) }, first);
  assert.equal(next, null);
});

test('the hash follows status, version and who gives a confirmed booking’s event, whoever changes them, and nothing else', async () => {
  const { eventId, ids } = await book(2);
  const [id = 0] = ids;
  const read = async () => (await digest(`?after=${id - 1}`)).blocks[0]?.hash;
  const seen = new Set([await read()]);
  const changes = [
    sql`update bookings set seats = 2 where id = ${id}`,
    sql`update bookings set status = 'cancelled' where id = ${id}`,
    sql`update events set facilitator_id = ${(await booking.addFacilitator()).facilitatorId} where id = ${eventId}`,
    sql`delete from bookings where id = ${id}`,
  ];
  for (const [index, change] of changes.entries()) {
    await change.execute(booking.db);
    seen.add(await read());
    assert.equal(seen.size, index + 2);
  }
  await sql`update users set name = 'Zoë' where id = (select user_id from bookings where id = ${ids[1]})`.execute(
    booking.db,
  );
  await sql`update events set price = 3 where id = ${eventId}`.execute(booking.db);
  await sql`update outbox set delivered_at = now() where booking_id = any(${ids})`.execute(booking.db);
  seen.add(await read());
  assert.equal(seen.size, changes.length + 1);
});

test('a booking’s newest state comes with the message that told of it, and whether that is on its way', async () => {
  const { ids } = await book(1);
  const query = `?after=${Number(ids[0]) - 1}`;
  const row = await booking.db
    .selectFrom('outbox')
    .selectAll()
    .where('booking_id', '=', Number(ids[0]))
    .where('destination', '=', 'crm')
    .executeTakeFirstOrThrow();
  const [told] = (await newest(query)).bookings;
  assert.equal(told?.message?.message_id, row.id);
  assert.equal(told?.message?.kind, 'booking.confirmed');
  assert.equal(told?.on_its_way, true);
  await booking.db.updateTable('outbox').set({ delivered_at: new Date() }).where('id', '=', row.id).execute();
  assert.equal((await newest(query)).bookings[0]?.on_its_way, false);
  await booking.db.deleteFrom('outbox').where('id', '=', row.id).execute();
  const [anew] = (await newest(query)).bookings;
  assert.notEqual(anew?.message?.message_id, row.id);
  assert.deepEqual((await newest(query)).bookings[0], anew);
  assert.deepEqual(
    { ...anew?.message, message_id: '', occurred_at: '' },
    { ...told?.message, message_id: '', occurred_at: '' },
  );
});

test('a facilitator’s digest has the bookings at their events, and no others', async () => {
  const noah = await booking.addFacilitator('Noah Brandt');
  const { ids } = await book(3, noah.facilitatorId);
  await book(2);
  const { blocks, next } = await digest(`?facilitator_id=${noah.facilitatorId}`);
  assert.deepEqual([blocks.map((block) => block.count), next], [[3], null]);
  const { bookings } = await newest(`?facilitator_id=${noah.facilitatorId}`);
  assert.deepEqual(
    bookings.map((one) => one.booking_id),
    ids,
  );
  const nobody = await booking.addFacilitator('Nobody Yet');
  assert.deepEqual(await digest(`?facilitator_id=${nobody.facilitatorId}`), { blocks: [], next: null });
});
