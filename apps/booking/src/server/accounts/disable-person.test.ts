import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sign } from '@samaya/booking-notification/signature.ts';
import { violatedConstraint } from '@samaya/platform/database.ts';
import { sql } from 'kysely';
import pg from 'pg';
import { bookAsGuest } from '#server/bookings/book-as-guest.ts';
import { findViolations } from '#server/bookings/booking-invariants-queries.ts';
import { createOidcAdapter } from '#server/oidc/oidc-adapter.ts';
import { findPersonClaims } from '#server/oidc/oidc-queries.ts';
import { createTestApp } from '#server/test-app.ts';
import { guestTokenOf, linkTokenOf, mailsTo } from '#server/test-mailed-links.ts';
import { identityOf } from '#server/test-studio.ts';
import { untilWaitedFor } from '#server/test-waiting.ts';
import { askForReset } from './ask-for-reset.ts';
import { claimAccount } from './claim-account.ts';
import { disablePerson } from './disable-person.ts';
import { findGoogleAccount } from './find-google-account.ts';
import { identifyCookie } from './identify.ts';
import { findPerson } from './identity-queries.ts';
import { updateIsDisabled } from './people-queries.ts';
import { proveAddress } from './prove-address.ts';
import { resetPassword } from './reset-password.ts';
import { openSignIn, signIn } from './sign-in.ts';
import { signOutPerson } from './sign-out-person.ts';

const SECRET = 'a secret of the two applications';
const studio = await createTestApp({ ADMIN_EMAILS: 'boss@studio.example', CRM_CLIENT_SECRET: SECRET });
const { app, db, addPerson } = studio;
const password = 'quiet mornings';
const passwordHash = await app.passwords.hash(password);
const now = new Date();
const network = '192.0.2.1';
const sofia = await addPerson({ is_admin: true });
const admin = (id = sofia.id) => identityOf(id, { isAdmin: true });

const disable = (userId: number) => disablePerson(app, { userId, isDisabled: true }, admin());
const enable = (userId: number) => disablePerson(app, { userId, isDisabled: false }, admin());
const signInsOf = (userId: number) => db.selectFrom('sign_ins').select('id').where('user_id', '=', userId).execute();
const toldCrm = async (userId: number) => {
  const rows = await db
    .selectFrom('outbox')
    .select('kind')
    .where('user_id', '=', userId)
    .where('booking_id', 'is', null)
    .where('destination', '=', 'crm')
    .execute();
  return rows.map(({ kind }) => kind);
};

test('whoever is disabled is signed out everywhere at once, keeps their bookings, and comes back when enabled', async () => {
  const maya = await studio.addFacilitator('Maya Lind');
  const ana = await addPerson({ password: passwordHash });
  const eventId = await studio.addEvent({ facilitator_id: maya.facilitatorId });
  await app.desk.book({ userId: ana.id, eventId, seats: 2 });
  const cookie = await studio.signIn(ana.id, 'page');
  await disable(ana.id);
  await disable(ana.id);
  assert.equal(await identifyCookie(db, cookie, []), undefined);
  assert.equal((await studio.call('GET', '/api/v1/me', { token: ana.token })).status, 401);
  assert.deepEqual(await signInsOf(ana.id), []);
  assert.deepEqual(await toldCrm(ana.id), ['user.signed_out']);
  const booked = await db.selectFrom('bookings').select(['status', 'seats']).where('user_id', '=', ana.id).execute();
  assert.deepEqual(booked, [{ status: 'confirmed', seats: 2 }]);
  assert.deepEqual(await findViolations(db), []);

  await enable(ana.id);
  assert.equal((await studio.call('GET', '/api/v1/me', { token: ana.token })).status, 401, 'what ended stays ended');
  const again = await signIn(app, { email: ana.email, password, kind: 'api', network, now });
  assert.equal((await studio.call('GET', '/api/v1/me', { token: again.token })).status, 200);
});

test('no door opens to a disabled account, and a stranger learns nothing from it', async () => {
  const noah = await studio.addFacilitator('Noah Adeyemi');
  await db.updateTable('users').set({ password: passwordHash }).where('id', '=', noah.id).execute();
  await askForReset(app, { email: noah.email, network });
  const resetLink = await linkTokenOf(studio, 'reset', noah.email);
  await disable(noah.id);

  const right = await studio.call('POST', '/api/v1/sessions', { body: { email: noah.email, password } });
  const wrong = await studio.call('POST', '/api/v1/sessions', { body: { email: noah.email, password: 'wrong one' } });
  const unknown = await studio.call('POST', '/api/v1/sessions', { body: { email: 'no@body.example', password } });
  const said = ({ status, body }: typeof right) => ({ status, ...body, instance: undefined, request_id: undefined });
  assert.equal(right.status, 401);
  assert.deepEqual(said(right), said(wrong));
  assert.deepEqual(said(right), said(unknown));

  const asked = JSON.stringify({ email: noah.email, password });
  const secrets = [`whsec_${Buffer.from(SECRET).toString('base64')}`];
  const backChannel = await studio.call('POST', '/api/v1/crm/sign-ins', {
    rawBody: asked,
    headers: { ...sign(asked, { id: 'msg-1', secrets, now }) },
  });
  assert.deepEqual([backChannel.status, backChannel.body.code], [401, 'bad-credentials']);
  assert.equal(await findPersonClaims(db, noah.id), undefined);
  const sessions = createOidcAdapter(db, 'Session');
  await sessions.upsert('s', { accountId: String(noah.id) }, 600);
  assert.equal(await sessions.find('s'), undefined);

  await assert.rejects(resetPassword(app, { token: resetLink, password, agent: undefined, now }), {
    code: 'link-ended',
  });
  await askForReset(app, { email: noah.email, network });
  assert.deepEqual(await mailsTo(studio, noah.email), ['account.reset'], 'and no further link is sent');
  const opened = await openSignIn(db, {
    userId: noah.id,
    checkedHash: passwordHash,
    kind: 'page',
    agent: undefined,
    now,
  });
  assert.equal(opened, undefined);
});

test('a Google account opens no disabled account, by its number or its address, and makes none beside it', async () => {
  const person = { sub: 'g-uma', name: 'Uma', vouching: 'owner' } as const;
  const uma = await addPerson({ google_id: 'g-uma', email: 'uma@gmail.com' });
  const vito = await addPerson({ email: 'vito@gmail.com' });
  for (const { id } of [uma, vito]) await disable(id);
  const attempts = [
    [{ ...person, email: 'uma@gmail.com' }, 'google-refused'],
    [{ ...person, email: 'uma.moved@gmail.com' }, 'google-refused'],
    // As for any account that Google does not open.
    [{ ...person, sub: 'g-vito', email: 'vito@gmail.com' }, 'google-known'],
  ] as const;
  for (const [attempt, code] of attempts) {
    const found = db.transaction().execute((trx) => findGoogleAccount(trx, attempt));
    await assert.rejects(found, { code });
  }
});

test('neither the link that confirms an address nor that of a guest opens a disabled account', async () => {
  const lea = await addPerson({ proven_at: null, password: passwordHash, prove_asked_at: now });
  const proof = await linkTokenOf(studio, 'prove', lea.email);
  await disable(lea.id);
  const owner = { by: 'sign-up', userId: lea.id } as const;
  await assert.rejects(proveAddress(app, { token: proof, owner, agent: undefined, now }), { code: 'link-ended' });

  const ines = await studio.addFacilitator('Inês Duarte');
  const eventId = await studio.addEvent({ facilitator_id: ines.facilitatorId });
  const guest = { name: 'Gil', email: 'gil@home.example' };
  await bookAsGuest(app, { ...guest, eventId, seats: 1, network });
  const { id } = await db.selectFrom('users').select('id').where('email', '=', guest.email).executeTakeFirstOrThrow();
  const token = await guestTokenOf(studio, guest.email);
  await disable(id);
  await assert.rejects(claimAccount(app, { token, password, agent: undefined, now }), { code: 'link-ended' });
  // Booking with the address goes on as before: it signs nobody in, and who books learns nothing.
  const other = await studio.addEvent({ facilitator_id: ines.facilitatorId });
  await bookAsGuest(app, { ...guest, eventId: other, seats: 1, network });
  assert.deepEqual(await signInsOf(id), []);
});

test('INV-8: the database keeps no sign-in of a disabled or erased account, whoever writes it', async () => {
  for (const column of ['disabled_at', 'deleted_at'] as const) {
    const { id } = await addPerson();
    await db
      .updateTable('users')
      .set({ [column]: new Date() })
      .where('id', '=', id)
      .execute();
    assert.deepEqual(await signInsOf(id), [], 'ended by whoever set it');
    await assert.rejects(studio.signIn(id), { constraint: 'sign_ins_account_is_open' });
  }
  assert.deepEqual(await findViolations(db), []);
});

test('who signs in again and again while they are disabled has no sign-in left behind', async () => {
  // One after the other, as an admin does it: all at once they wait for one admin's row, some of them too long.
  for (let round = 0; round < 20; round++) {
    const { id } = await addPerson({ password: passwordHash });
    const open = () => openSignIn(db, { userId: id, checkedHash: passwordHash, kind: 'page', agent: undefined, now });
    assert.ok(await open(), 'until then it opens');
    let isDone = false;
    const disabling = disable(id).finally(() => {
      isDone = true;
    });
    const trying = Array.from({ length: 3 }, async () => {
      while (!isDone) await open().catch(expectClosed);
    });
    await Promise.all([disabling, ...trying]);
    assert.equal(await open(), undefined);
    assert.deepEqual(await signInsOf(id), []);
  }
});

/** The database refuses a sign-in that looked before the account was disabled; any other refusal is a fault. */
function expectClosed(refused: unknown) {
  assert.equal(violatedConstraint(refused), 'sign_ins_account_is_open', String(refused));
}

/** Somebody's client keeps a sign-in while the account is being disabled; answers whether it is there afterwards. */
async function outlivesDisabling(): Promise<boolean> {
  const { id } = await addPerson();
  let kept: Promise<unknown> = Promise.resolve();
  await db.transaction().execute(async (trx) => {
    await updateIsDisabled(trx, id, true);
    kept = Promise.allSettled([studio.signIn(id)]);
    await untilWaitedFor(trx, kept);
  });
  await kept;
  return (await signInsOf(id)).length > 0;
}

test('a sign-in that waits for the account to be disabled is refused by the database', async () => {
  assert.equal(await outlivesDisabling(), false);
});

test('negative control: without the lock on the account the sign-in outlives it', async () => {
  const owner = new pg.Client({ connectionString: studio.ownerUrl });
  await owner.connect();
  const { rows } = await owner.query("select pg_get_functiondef('sign_ins_refuse_ended'::regproc) as definition");
  const guarded: string = rows[0].definition;
  const unguarded = guarded.replace(' for share', '');
  assert.notEqual(unguarded, guarded);
  await owner.query(unguarded);
  const outlived = await outlivesDisabling();
  await owner.query(guarded).finally(() => owner.end());
  assert.equal(outlived, true);
});

test('nobody disables themselves, nor does who is no admin any more', async () => {
  const ben = await addPerson();
  await assert.rejects(disable(sofia.id), { code: 'forbidden' });
  for (const isDisabled of [true, false]) {
    await assert.rejects(disablePerson(app, { userId: sofia.id, isDisabled }, admin(ben.id)), { code: 'forbidden' });
  }
  await assert.rejects(disable(2_000_000_000), { code: 'not-found' });
  const tom = await addPerson({ is_admin: true });
  await disable(tom.id);
  await assert.rejects(disablePerson(app, { userId: sofia.id, isDisabled: true }, admin(tom.id)), {
    code: 'forbidden',
  });
  assert.equal((await findPerson(db, { userId: sofia.id, adminEmails: [] }))?.is_admin, true);
});

test('of two admins who disable each other at once one stays, also when both are so by their address', async () => {
  const boss = await addPerson({ email: 'boss@studio.example' });
  for (let round = 0; round < 20; round++) {
    const other = round % 2 ? boss : await addPerson({ is_admin: true });
    const one = await addPerson({ is_admin: true });
    await Promise.allSettled([
      disablePerson(app, { userId: other.id, isDisabled: true }, admin(one.id)),
      disablePerson(app, { userId: one.id, isDisabled: true }, admin(other.id)),
    ]);
    const { rows } = await sql`
      select 1 from users where id in (${one.id}, ${other.id}) and disabled_at is null`.execute(db);
    assert.equal(rows.length, 1);
    await db.updateTable('users').set({ disabled_at: null }).where('id', '=', boss.id).execute();
  }
});

test('negative control: without the lock each finds the other an admin still, and both are disabled', async () => {
  const pair = [await addPerson({ is_admin: true }), await addPerson({ is_admin: true })];
  const bothLooked = Promise.withResolvers<void>();
  let looked = 0;
  await Promise.all(
    pair.map(({ id }, index) =>
      db.transaction().execute(async (trx) => {
        const self = await findPerson(trx, { userId: id, adminEmails: [] });
        assert.equal(self?.is_admin, true);
        looked++;
        if (looked === 2) bothLooked.resolve();
        await bothLooked.promise;
        await updateIsDisabled(trx, pair[1 - index]?.id ?? 0, true);
      }),
    ),
  );
  for (const { id } of pair) assert.equal(await findPerson(db, { userId: id, adminEmails: [] }), undefined);
});

test('an admin ends one sign-in of a person, or all of them, and CRM is told of all', async () => {
  const { id, token } = await addPerson();
  const cookie = await studio.signIn(id, 'page');
  const [first] = await signInsOf(id);
  assert.ok(first);
  const stranger = await addPerson();
  await signOutPerson(app, { userId: stranger.id, signInId: String(first.id) }, admin());
  assert.equal((await studio.call('GET', '/api/v1/me', { token })).status, 200, 'only of the person named');
  await signOutPerson(app, { userId: id, signInId: String(first.id) }, admin());
  assert.equal((await studio.call('GET', '/api/v1/me', { token })).status, 401);
  assert.equal((await identifyCookie(db, cookie, []))?.userId, id);
  assert.deepEqual(await toldCrm(id), []);
  await signOutPerson(app, { userId: id }, admin());
  assert.equal(await identifyCookie(db, cookie, []), undefined);
  assert.deepEqual(await toldCrm(id), ['user.signed_out']);
  await assert.rejects(signOutPerson(app, { userId: id }, identityOf(stranger.id)), { code: 'forbidden' });
});
