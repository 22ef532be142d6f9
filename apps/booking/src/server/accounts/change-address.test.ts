import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sql } from 'kysely';
import { ADDRESS_MINUTES } from '#server/mail/mailed-link.ts';
import { createTestApp } from '#server/test-app.ts';
import { linkTokenOf } from '#server/test-mailed-links.ts';
import { admitGuest } from './admit-guest.ts';
import { askForNewAddress } from './ask-for-new-address.ts';
import { askForReset } from './ask-for-reset.ts';
import { changeAddress } from './change-address.ts';
import { createProvenUser } from './create-proven-user.ts';
import { erasePerson } from './erase-person.ts';
import { findNewAddress } from './find-new-address.ts';
import { identifyCookie } from './identify.ts';
import { resetPassword } from './reset-password.ts';
import { signIn } from './sign-in.ts';

const studio = await createTestApp({ ADMIN_EMAILS: 'boss@studio.example' });
const { app, db } = studio;
const password = 'quiet mornings';
const network = '192.0.2.1';
const now = new Date();
let wishes = 0;

type Owner = Parameters<typeof changeAddress>[1]['owner'];

/** Somebody who asked for another address. */
async function ask(person: Parameters<typeof studio.addPerson>[0] = {}, wanted?: string) {
  const newEmail = wanted ?? `new-${++wishes}@home.example`;
  const asking = await studio.addPerson({ password: await app.passwords.hash(password), ...person });
  await askForNewAddress(app, { userId: asking.id, email: asking.email }, { newEmail, password, network });
  return { ...asking, newEmail, link: await linkTokenOf(studio, 'address', asking.email) };
}

async function take(token: string, owner: Owner, at = now) {
  const entered = await changeAddress(app, { token, owner, agent: 'Firefox on Linux', now: at });
  assert.ok('token' in entered);
  return entered;
}

const rowOf = (id: number) => db.selectFrom('users').selectAll().where('id', '=', id).executeTakeFirstOrThrow();

async function mailsAbout(userId: number) {
  const rows = await db
    .selectFrom('outbox')
    .select(['kind', 'recipient'])
    .where('destination', '=', 'mail')
    .where('user_id', '=', userId)
    .orderBy('occurred_at')
    .execute();
  return rows.map(({ kind, recipient }) => [kind, recipient]);
}

test('nothing changes until the link was opened and confirmed; then all of it does', async () => {
  const ana = await ask();
  const elsewhere = await studio.signIn(ana.id, 'page');
  const found = await findNewAddress(app, { token: ana.link, now });
  assert.deepEqual(found, { id: ana.id, name: ana.name, email: ana.email, newEmail: ana.newEmail });
  assert.equal((await rowOf(ana.id)).email, ana.email, 'looking at the page changes nothing');
  const { token } = await take(ana.link, { by: 'sign-in', userId: ana.id });
  const here = await identifyCookie(db, token, []);
  assert.deepEqual([here?.email, here?.isProven], [ana.newEmail, true]);
  assert.equal(await identifyCookie(db, elsewhere, []), undefined);
  assert.equal((await studio.call('GET', '/api/v1/me', { token: ana.token })).status, 401);
  assert.deepEqual(await mailsAbout(ana.id), [
    ['account.new-address', ana.newEmail],
    ['account.address-asked', null],
    ['account.address-changed', ana.email],
  ]);
  assert.equal((await signIn(app, { email: ana.newEmail, password, kind: 'page', network, now })).user.id, ana.id);
  await assert.rejects(take(ana.link, { by: 'sign-in', userId: ana.id }), { code: 'link-ended' });
});

test('the link alone changes nothing: its reader may never have wanted the account', async () => {
  const ana = await ask();
  const ben = await studio.addPerson();
  for (const owner of [
    { by: 'sign-in', userId: ben.id },
    { by: 'password', password: 'not the password', network },
  ] as const) {
    await assert.rejects(take(ana.link, owner), { code: 'bad-credentials' });
  }
  assert.equal((await rowOf(ana.id)).email, ana.email);
  await take(ana.link, { by: 'password', password, network });
  assert.equal((await rowOf(ana.id)).email, ana.newEmail);
});

test('asking takes the password of the account, and another address', async () => {
  const { id: userId, email } = await studio.addPerson({ password: await app.passwords.hash(password) });
  const asking = (newEmail: string, given: string) =>
    askForNewAddress(app, { userId, email }, { newEmail, password: given, network });
  await assert.rejects(asking('a@home.example', 'not the password'), { code: 'bad-credentials' });
  await assert.rejects(asking(email, password), { code: 'invalid' });
  assert.deepEqual([(await rowOf(userId)).new_email, await mailsAbout(userId)], [null, []]);
});

test('an older link, one of another person, a forged one and one that came too late open nothing', async () => {
  const ana = await ask();
  const ben = await ask();
  const owner = { by: 'sign-in', userId: ana.id } as const;
  const forged = `${ana.id}.${ben.link.split('.')[1]}`;
  for (const wrong of [forged, '', 'x', `${ana.link}a`]) {
    await assert.rejects(take(wrong, owner), { code: 'link-ended' }, wrong);
  }
  await assert.rejects(take(ben.link, owner), { code: 'bad-credentials' });
  const late = new Date(now.getTime() + (ADDRESS_MINUTES + 1) * 60_000);
  await assert.rejects(take(ana.link, owner, late), { code: 'link-ended' });
  const again = { newEmail: 'third@home.example', password, network };
  await askForNewAddress(app, { userId: ana.id, email: ana.email }, again);
  await assert.rejects(take(ana.link, owner), { code: 'link-ended' });
  assert.equal((await rowOf(ana.id)).email, ana.email);
});

test('a link changes once, however often it is sent at once', async () => {
  const ana = await ask();
  const owner = { by: 'sign-in', userId: ana.id } as const;
  const settled = await Promise.allSettled(Array.from({ length: 20 }, () => take(ana.link, owner)));
  assert.equal(settled.filter(({ status }) => status === 'fulfilled').length, 1);
  for (const one of settled) if (one.status === 'rejected') assert.equal(one.reason.code, 'link-ended');
  assert.equal((await db.selectFrom('sign_ins').select('id').where('user_id', '=', ana.id).execute()).length, 1);
});

test('AUTHN-04: a change on its way ends when the owner of the address takes the account, by whatever way', async () => {
  const takers: Record<string, (stranger: { id: number; email: string }) => Promise<unknown>> = {
    async reset({ email }) {
      await askForReset(app, { email, network });
      const token = await linkTokenOf(studio, 'reset', email);
      await resetPassword(app, { token, password: 'the owner’s own', agent: undefined, now });
    },
    guest: ({ email }) => admitGuest(db, { name: 'Owner', email }),
    admin: ({ email }) =>
      db
        .transaction()
        .execute((trx) => createProvenUser(trx, { name: 'Owner', email, passwordHash: '$argon2id$x', isAdmin: false })),
    google: ({ id }) => db.updateTable('users').set({ google_id: 'g-owner' }).where('id', '=', id).execute(),
    deletion: ({ id }) => erasePerson(db, id),
  };
  for (const [way, takeOver] of Object.entries(takers)) {
    const stranger = await ask({ proven_at: null });
    assert.ok(await findNewAddress(app, { token: stranger.link, now }), way);
    await takeOver(stranger);
    assert.equal(await findNewAddress(app, { token: stranger.link, now }), undefined, way);
    await assert.rejects(take(stranger.link, { by: 'sign-in', userId: stranger.id }), { code: 'link-ended' }, way);
    assert.equal((await rowOf(stranger.id)).new_email, null, way);
  }
  const kept = await ask({ proven_at: null });
  await db.updateTable('users').set({ name: 'Renamed' }).where('id', '=', kept.id).execute();
  assert.ok(await findNewAddress(app, { token: kept.link, now }), 'another change leaves it');
});

test('AUTHN-10, AUTHN-11: asking for an address that somebody has does the same as for a free one', async () => {
  const taken = await studio.addPerson();
  const traces = [];
  for (const newEmail of ['free@home.example', taken.email]) {
    const person = await ask({}, newEmail);
    const row = await rowOf(person.id);
    traces.push([await mailsAbout(person.id), row.new_email].toString().replaceAll(newEmail, '…'));
  }
  assert.equal(traces[0], traces[1]);
  assert.deepEqual(await mailsAbout(taken.id), []);
});

test('an address that somebody has by the time of the link stays theirs', async () => {
  const ana = await ask();
  const owner = { by: 'sign-in', userId: ana.id } as const;
  await studio.addPerson({ email: ana.newEmail.toUpperCase() });
  await assert.rejects(take(ana.link, owner), { code: 'email-taken' });
  assert.equal((await rowOf(ana.id)).email, ana.email);
  assert.equal((await studio.call('GET', '/api/v1/me', { token: ana.token })).status, 200, 'nobody is signed out');
});

test('rights by address go with a proven person alone, and never to an address that nobody confirmed', async () => {
  const maya = await studio.addFacilitator();
  await db
    .updateTable('users')
    .set({ password: await app.passwords.hash(password) })
    .where('id', '=', maya.id)
    .execute();
  const wish = { newEmail: 'maya@home.example', password, network };
  await askForNewAddress(app, { userId: maya.id, email: maya.email }, wish);
  const token = (await take(await linkTokenOf(studio, 'address', maya.email), { by: 'sign-in', userId: maya.id }))
    .token;
  assert.equal((await identifyCookie(db, token, []))?.facilitatorId, maya.facilitatorId);
  const next = await studio.addPerson({ email: maya.email });
  const old = await studio.signIn(next.id, 'page');
  assert.equal((await identifyCookie(db, old, []))?.facilitatorId, null, 'the old mailbox gives nothing');

  const typed = 'noah@studio.example';
  await db.insertInto('facilitators').values({ name: 'Noah', email: typed }).execute();
  const stranger = await ask({ email: typed, proven_at: null });
  const opened = await take(stranger.link, { by: 'sign-in', userId: stranger.id });
  assert.equal((await identifyCookie(db, opened.token, []))?.facilitatorId, null);
  const noah = await db.selectFrom('facilitators').select('email').where('name', '=', 'Noah').executeTakeFirstOrThrow();
  assert.equal(noah.email, typed);

  const { adminEmails } = app.config;
  const climber = await ask({}, 'boss@studio.example');
  const before = await studio.signIn(climber.id, 'page');
  assert.equal((await identifyCookie(db, before, adminEmails))?.isAdmin, false, 'asking gives nothing');
  const boss = await take(climber.link, { by: 'sign-in', userId: climber.id });
  assert.equal((await identifyCookie(db, boss.token, adminEmails))?.isAdmin, true, 'who reads its mailbox has it');
});

test('who is erased leaves no trace of the address they wanted or had', async () => {
  const ana = await ask();
  await take(ana.link, { by: 'sign-in', userId: ana.id });
  await sql`insert into local_mailbox (id, recipient, subject, text, html)
    select id, coalesce(recipient, 'x'), 's', 't', 'h' from outbox where user_id = ${ana.id} and destination = 'mail'`.execute(
    db,
  );
  await erasePerson(db, ana.id);
  const left = await sql<{ text: string }>`
    select outbox::text as text from outbox union all select users::text from users
    union all select local_mailbox::text from local_mailbox`.execute(db);
  for (const { text } of left.rows) assert.ok(!text.includes(ana.email) && !text.includes(ana.newEmail), text);
});
