import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sql } from 'kysely';
import { askForNewAddress } from '../apps/booking/src/server/accounts/ask-for-new-address.ts';
import { askForReset } from '../apps/booking/src/server/accounts/ask-for-reset.ts';
import { changeAddress } from '../apps/booking/src/server/accounts/change-address.ts';
import { erasePerson } from '../apps/booking/src/server/accounts/erase-person.ts';
import { signIn } from '../apps/booking/src/server/accounts/sign-in.ts';
import { signUpByMail } from '../apps/booking/src/server/accounts/sign-up-by-mail.ts';
import { findViolations } from '../apps/booking/src/server/bookings/booking-invariants-queries.ts';
import { sweep } from '../apps/booking/src/server/sweep.ts';
import { linkTokenOf } from '../apps/booking/src/server/test-mailed-links.ts';
import { forgetExpiredSignIns } from '../apps/crm/src/server/sign-in/end-sign-ins.ts';
import { startBothApps } from './both-apps.ts';
import { rowsOf } from './both-databases.ts';

const { booking, crm, tell, hold } = await startBothApps();
const { app, db } = booking;
const maya = await booking.addFacilitator();
const password = 'quiet mornings';
const network = '192.0.2.1';
const now = new Date();
const DAY_MS = 86_400_000;

/** Every row of every table that holds `canary`, in any case, as `table: row`. */
async function findIn(url: string, canary: string): Promise<string[]> {
  const tables = await rowsOf(url, `select tablename as name from pg_tables where schemaname = 'public'`);
  const found: string[] = [];
  for (const { name } of tables) {
    const rows = await rowsOf(url, `select t::text as row from "${name}" t where lower(t::text) like '%${canary}%'`);
    found.push(...rows.map(({ row }) => `${name}: ${row}`));
  }
  return found;
}

async function findEverywhere(canary: string): Promise<string[]> {
  const logs = [...booking.logLines, crm.logged()].filter((line) => line.toLowerCase().includes(canary));
  return [
    ...(await findIn(booking.ownerUrl, canary)),
    ...(await findIn(crm.database.ownerUrl, canary)),
    ...logs.map((line) => `log: ${line}`),
  ];
}

async function seatsOf(eventId: number) {
  const event = await db.selectFrom('events').select('seats_taken').where('id', '=', eventId).executeTakeFirstOrThrow();
  return event.seats_taken;
}

test('DATA-02: of whoever was erased neither database, no queue and no log has name or address', async () => {
  const canary = 'kanarie';
  const email = `${canary}@home.example`;
  const coming = await booking.addEvent({ facilitator_id: maya.facilitatorId });
  const past = await booking.addEvent({ facilitator_id: maya.facilitatorId, date_time: new Date(Date.now() - DAY_MS) });
  const id = (await signUpByMail(app, { name: `Vera ${canary}`, email, password, network })) ?? assert.fail();
  await db
    .updateTable('users')
    .set({ proven_at: now, google_id: `g-${canary}` })
    .where('id', '=', id)
    .execute();
  const { token } = await signIn(app, { email, password, kind: 'api', network, now });
  for (const body of [{ event_id: coming, seats: 2 }]) {
    const headers = { 'idempotency-key': `${canary}-1` };
    assert.equal((await booking.call('POST', '/api/v1/bookings', { token, body, headers })).status, 201);
  }
  await db.insertInto('bookings').values({ user_id: id, event_id: past }).execute();
  await tell();
  await askForReset(app, { email, network });
  await askForNewAddress(app, { userId: id, email }, { newEmail: `new.${email}`, password, network });
  await changeAddress(app, {
    token: await linkTokenOf(booking, 'address', email),
    owner: { by: 'sign-in', userId: id },
    agent: undefined,
    now,
  });
  await askForNewAddress(app, { userId: id, email: `new.${email}` }, { newEmail: `newer.${email}`, password, network });
  await sql`insert into local_mailbox (id, recipient, subject, text, html)
    select o.id, coalesce(o.recipient, u.email), 's', 't', 'h' from outbox o join users u on u.id = o.user_id
    where o.destination = 'mail' and u.id = ${id}`.execute(db);
  await tell();
  assert.ok((await findIn(crm.database.ownerUrl, canary)).length > 0, 'CRM knew the person');
  const before = await seatsOf(past);

  await erasePerson(db, id);
  await tell();
  // The keys of rate limits are hashes, but in tests they are off: nothing is left out.
  assert.deepEqual(await findEverywhere(canary), []);
  assert.deepEqual([await seatsOf(coming), await seatsOf(past)], [0, before], 'the numbers of the past stay');
  assert.deepEqual(await findViolations(db), []);
});

test('… and a row that keeps the name would be found', async () => {
  const { id } = await booking.addPerson({ name: 'Lena Merel' });
  assert.equal((await findEverywhere('merel')).length, 1);
  await erasePerson(db, id);
  assert.deepEqual(await findEverywhere('merel'), []);
});

test('DATA-03: with CRM away the erasure waits, and what was said before it does not bring anybody back', async () => {
  const eventId = await booking.addEvent({ facilitator_id: maya.facilitatorId });
  const { id } = await booking.addPerson({ name: 'Otto Kraai', email: 'otto.kraai@home.example' });
  const bookings = await db
    .insertInto('bookings')
    .values({ user_id: id, event_id: eventId })
    .returning('id')
    .executeTakeFirstOrThrow();
  await tell();
  await hold();
  // Said while CRM is away: another name, another version of the booking, then the erasure.
  await db.updateTable('users').set({ name: 'Otto van Kraai' }).where('id', '=', id).execute();
  await db.updateTable('bookings').set({ seats: 2 }).where('id', '=', bookings.id).execute();
  const older = await db
    .selectFrom('outbox')
    .selectAll()
    .where('user_id', '=', id)
    .where('destination', '=', 'crm')
    .where('delivered_at', 'is', null)
    .execute();
  await erasePerson(db, id);
  await sql`update outbox set occurred_at = occurred_at - interval '1 hour', next_attempt_at = now()
    where user_id = ${id} and delivered_at is null`.execute(db);
  assert.ok((await findIn(crm.database.ownerUrl, 'kraai')).length > 0, 'CRM does not know of it yet');
  // The erasure arrives first; what is older comes after it.
  await sql`update outbox set next_attempt_at = now() - interval '1 minute' where user_id = ${id} and kind = 'user.erased'`.execute(
    db,
  );
  await tell();
  assert.deepEqual(await findIn(crm.database.ownerUrl, 'kraai'), []);
  // A message from before that was on its way all the time, with the name that was.
  assert.ok(older.length >= 2);
  const { rows } = await sql<{ count: number }>`
    select count(*)::integer as count from outbox where user_id = ${id} and dead_at is not null`.execute(db);
  assert.equal(rows[0]?.count, 0);
  const late = {
    message_id: crypto.randomUUID(),
    kind: 'booking.changed',
    version: 9,
    occurred_at: new Date(Date.now() - 2 * 3_600_000).toISOString(),
    booking_id: bookings.id,
    user_name: 'Otto Kraai',
    user_email: 'otto.kraai@home.example',
    event_title: 'Yin by candlelight',
    event_date: now.toISOString(),
    facilitator_id: maya.facilitatorId,
    user_id: id,
    event_id: eventId,
    event_type: 'session',
    seats: 3,
    status: 'confirmed',
    price: 18.5,
  };
  assert.equal((await crm.deliver([late])).body.outcomes[0].outcome, 'stored');
  assert.deepEqual(await findIn(crm.database.ownerUrl, 'kraai'), []);
});

test('DATA-07: what has had its time goes with the next sweep, in both applications', async () => {
  const { id } = await booking.addPerson();
  await booking.signIn(id, 'page');
  await crm.signIn(maya.facilitatorId, id);
  await sql`update sign_ins set expires_at = clock_timestamp() - interval '1 second' where user_id = ${id}`.execute(db);
  await sql`update sign_ins set expires_at = clock_timestamp() - interval '1 second' where user_id = ${id}`.execute(
    crm.app.db,
  );
  await sql`insert into oidc_records (model, id, payload, user_id, expires_at)
    values ('Session', 'old', '{}', ${id}, clock_timestamp() - interval '1 second')`.execute(db);
  await sql`insert into idempotency_keys (owner, key, fingerprint, created_at)
    values ('user:7', 'old', 'x', now() - interval '25 hours')`.execute(db);
  await sql`insert into local_mailbox (id, sent_at, recipient, subject, text, html)
    values (gen_random_uuid(), now() - interval '31 days', 'a@b.example', 's', 't', 'h')`.execute(db);
  await sql`insert into ended_sign_ins (sign_in_id, ended_at) values (1, now() - interval '2 hours')`.execute(db);
  await sweep(db);
  await forgetExpiredSignIns(crm.app.db);
  const left = await sql<{ what: string }>`
    select 'sign-in' as what from sign_ins where user_id = ${id} and expires_at < now()
    union all select 'oidc' from oidc_records where id = 'old'
    union all select 'key' from idempotency_keys where key = 'old'
    union all select 'mail' from local_mailbox where recipient = 'a@b.example'
    union all select 'end' from ended_sign_ins where ended_at < now() - interval '1 hour'`.execute(db);
  assert.deepEqual(left.rows, []);
  const atCrm = await crm.app.db.selectFrom('sign_ins').select('id').where('user_id', '=', id).execute();
  assert.deepEqual(atCrm, []);
});
