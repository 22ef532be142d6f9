import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sql } from 'kysely';
import { admitGuest } from '#server/accounts/admit-guest.ts';
import { askForReset } from '#server/accounts/ask-for-reset.ts';
import { createProvenUser } from '#server/accounts/create-proven-user.ts';
import { erasePerson } from '#server/accounts/erase-person.ts';
import { forgetIdleGuests } from '#server/accounts/forget-idle-guests.ts';
import { identifyBearer, identifyCookie } from '#server/accounts/identify.ts';
import { resetPassword } from '#server/accounts/reset-password.ts';
import { signInWithGoogle } from '#server/accounts/sign-in-with-google.ts';
import { signUpByPasskey } from '#server/accounts/sign-up-by-passkey.ts';
import { createTestApp } from '#server/test-app.ts';
import { linkTokenOf } from '#server/test-mailed-links.ts';
import { addPasskey } from './add-passkey.ts';
import { askForNewPasskey, askForPasskey } from './ask-for-passkey.ts';
import { listPasskeys } from './list-passkeys.ts';
import { passkeySite } from './passkey-site.ts';
import { removePasskey } from './remove-passkey.ts';
import { renamePasskey } from './rename-passkey.ts';
import { signInByPasskey } from './sign-in-by-passkey.ts';
import { type Claims, createTestAuthenticator } from './test-authenticator.ts';

const studio = await createTestApp({ BOOKING_URL: 'http://localhost:3000' });
const { app, db } = studio;
const network = '192.0.2.7';
const now = new Date('2026-12-01T10:00:00Z');
const SITE = { origin: 'http://localhost:3000', rpId: 'localhost' };
let added = 0;

async function question(userId?: number) {
  const asked = await askForNewPasskey(app, {
    ...(userId && { userId }),
    name: 'N',
    email: 'n@x.example',
    studio: 'S',
  });
  return { challenge: asked.options.challenge, handle: asked.handle, options: asked.options };
}

async function addSignedIn(person: Parameters<typeof studio.addPerson>[0] = {}) {
  const added = await studio.addPerson(person);
  const { signInId } = (await identifyBearer(db, added.token, [])) ?? { signInId: 0 };
  return { ...added, signInId };
}

/** A person with a passkey, and the device that holds it. */
async function addHolder(person: Parameters<typeof studio.addPerson>[0] = {}) {
  const holder = await addSignedIn({ password: 'a hash', ...person });
  const { signInId } = holder;
  const device = createTestAuthenticator();
  const { challenge, handle } = await question(holder.id);
  const credential = device.make({ ...SITE, challenge });
  await addPasskey(app, { userId: holder.id, signInId, name: 'Phone' }, { credential, challenge, handle });
  return { ...holder, device, handle };
}

type Holder = Awaited<ReturnType<typeof addHolder>>;

async function enter({ device, handle }: Pick<Holder, 'device' | 'handle'>, wrong: Partial<Claims> = {}) {
  const { challenge } = await askForPasskey(app);
  const signed = device.sign({ ...SITE, challenge, userHandle: handle, ...wrong });
  return await signInByPasskey(app, { signed, challenge, network, agent: undefined, now });
}

async function signUp(email: string) {
  const device = createTestAuthenticator();
  const { challenge, handle } = await question();
  const credential = device.make({ ...SITE, challenge });
  const person = { name: 'Pia Sol', email, network, passkeyName: 'Phone' };
  const madeId = await signUpByPasskey(app, person, { credential, challenge, handle });
  return { device, handle, madeId, credential };
}

const refused = { code: 'bad-passkey' };
const newEmail = () => `new${++added}@x.example`;

test('what a browser is asked for names nobody, and wants the owner asked', async () => {
  const options = await askForPasskey(app);
  assert.deepEqual(options.allowCredentials ?? [], []);
  assert.deepEqual([options.rpId, options.userVerification], ['localhost', 'required']);
  const holder = await addHolder();
  const again = (await question(holder.id)).options;
  assert.equal(again.user.id, holder.handle, 'all of a person’s authenticators know them by the same');
  assert.equal(again.excludeCredentials?.length, 1);
  assert.deepEqual([again.authenticatorSelection?.residentKey, again.attestation], ['required', 'none']);
  assert.ok(Buffer.from(again.user.id, 'base64url').length === 32);
  assert.notEqual((await question()).challenge, (await question()).challenge);
});

test('a passkey signs its person in', async () => {
  const holder = await addHolder();
  const { userId, entered } = await enter(holder);
  assert.equal(userId, holder.id);
  assert.equal((await identifyCookie(db, entered.token, []))?.userId, holder.id);
});

for (const [what, wrong] of Object.entries<Partial<Claims>>({
  'another origin': { origin: 'http://localhost.evil.example:3000' },
  'another port': { origin: 'http://localhost:3001' },
  'another scheme': { origin: 'https://localhost:3000' },
  'another site': { rpId: 'evil.example' },
  'another challenge': { challenge: Buffer.from('another').toString('base64url') },
  'an owner who was not asked': { isVerified: false },
  'nobody’s handle': { userHandle: 'AAAA' },
  'no handle': { userHandle: undefined as unknown as string },
})) {
  test(`signing in is refused for ${what}`, async () => {
    const holder = await addHolder();
    await assert.rejects(enter(holder, wrong), refused);
    await enter(holder);
  });
  if (!('userHandle' in wrong)) {
    test(`adding is refused for ${what}`, async () => {
      const person = await addSignedIn();
      const { challenge, handle } = await question(person.id);
      const credential = createTestAuthenticator().make({ ...SITE, challenge, ...wrong });
      const adding = addPasskey(
        app,
        { userId: person.id, signInId: person.signInId, name: 'P' },
        { credential, challenge, handle },
      );
      await assert.rejects(adding, refused);
    });
  }
}

test('a passkey opens its own person’s account alone', async () => {
  const ana = await addHolder();
  const eve = await addHolder();
  await assert.rejects(enter({ device: eve.device, handle: ana.handle }), refused);
  await assert.rejects(enter({ device: ana.device, handle: eve.handle }), refused);
  // A key that is not the kept one, under the name of one that is.
  const { challenge } = await askForPasskey(app);
  const forged = eve.device.sign({ ...SITE, challenge, userHandle: ana.handle });
  const own = ana.device.sign({ ...SITE, challenge, userHandle: ana.handle });
  const signed = { ...forged, id: own.id, rawId: own.rawId };
  await assert.rejects(signInByPasskey(app, { signed, challenge, network, agent: undefined, now }), refused);
});

test('a challenge is answered once, of twenty times at once, and for what it was asked', async () => {
  const holder = await addHolder();
  const { challenge } = await askForPasskey(app);
  const signed = holder.device.sign({ ...SITE, challenge, userHandle: holder.handle });
  const tries = await Promise.allSettled(
    Array.from({ length: 20 }, () => signInByPasskey(app, { signed, challenge, network, agent: undefined, now })),
  );
  assert.equal(tries.filter(({ status }) => status === 'fulfilled').length, 1);
  const { challenge: asked, handle } = await question(holder.id);
  const toAdd = holder.device.sign({ ...SITE, challenge: asked, userHandle: handle });
  const answer = { ...toAdd, response: { ...toAdd.response, attestationObject: '' } };
  const adding = addPasskey(
    app,
    { ...holder, userId: holder.id, name: 'P' },
    { credential: answer, challenge: asked, handle },
  );
  await assert.rejects(adding, refused);
});

test('negative control: without the note of answered challenges, an answer opens again', async () => {
  const holder = await addHolder();
  const { challenge } = await askForPasskey(app);
  const signed = holder.device.sign({ ...SITE, challenge, userHandle: holder.handle });
  const once = { signed, challenge, network, agent: undefined, now };
  await signInByPasskey(app, once);
  await assert.rejects(signInByPasskey(app, once), refused);
  await sql`delete from answered_challenges`.execute(db);
  await signInByPasskey(app, once);
});

test('where an authenticator counts, a copy that counts behind is refused', async () => {
  const holder = await addHolder();
  await enter(holder, { counter: 5 });
  for (const counter of [5, 4, 0]) await assert.rejects(enter(holder, { counter }), refused);
  await enter(holder, { counter: 6 });
});

test('a passkey is added once, and to one account', async () => {
  const ana = await addHolder();
  const eve = await addSignedIn();
  const { challenge, handle } = await question(eve.id);
  const credential = ana.device.make({ ...SITE, challenge });
  const stolen = addPasskey(
    app,
    { userId: eve.id, signInId: eve.signInId, name: 'P' },
    { credential, challenge, handle },
  );
  await assert.rejects(stolen, refused);
  assert.deepEqual(await listPasskeys(db, eve.id), []);
  assert.equal((await enter(ana)).userId, ana.id);
});

test('who was signed out meanwhile, as by a new password, adds none with what they were asked before', async () => {
  const owner = await addSignedIn({ password: 'a hash', reset_asked_at: new Date() });
  const { challenge, handle } = await question(owner.id);
  const credential = createTestAuthenticator().make({ ...SITE, challenge });
  const token = await linkTokenOf(studio, 'reset', owner.email);
  await resetPassword(app, { token, password: 'the owner’s own', agent: undefined, now: new Date() });
  const here = { userId: owner.id, signInId: owner.signInId, name: 'Late' };
  await assert.rejects(addPasskey(app, here, { credential, challenge, handle }), { code: 'unauthenticated' });
  assert.deepEqual(await listPasskeys(db, owner.id), []);
});

test('a removed passkey opens nothing; the last way in and somebody else’s stay', async () => {
  const ana = await addHolder();
  const eve = await addHolder();
  const [own] = await listPasskeys(db, ana.id);
  assert.ok(own);
  await removePasskey(app, { userId: eve.id, signInId: eve.signInId, id: own.id });
  await enter(ana);
  await db.updateTable('users').set({ password: '!' }).where('id', '=', ana.id).execute();
  const removing = { userId: ana.id, signInId: ana.signInId, id: own.id };
  await assert.rejects(removePasskey(app, removing), { code: 'last-way-in' });
  await enter(ana);
  await db.updateTable('users').set({ google_id: 'g-ana' }).where('id', '=', ana.id).execute();
  const elsewhere = await studio.signIn(ana.id);
  await removePasskey(app, removing);
  await assert.rejects(enter(ana), refused);
  assert.equal(await identifyBearer(db, elsewhere, []), undefined);
  assert.ok(await identifyBearer(db, ana.token, []));
});

test('a passkey is renamed by its owner alone, and goes on opening the account', async () => {
  const holder = await addHolder();
  const stranger = await addHolder();
  const nameOf = async () => (await listPasskeys(db, holder.id)).map(({ name }) => name);
  const id = (await listPasskeys(db, holder.id))[0]?.id ?? '';
  assert.equal(await renamePasskey(db, { id, userId: stranger.id, name: 'Mine' }), false);
  assert.deepEqual(await nameOf(), ['Phone']);
  assert.equal(await renamePasskey(db, { id, userId: holder.id, name: 'Old phone' }), true);
  assert.deepEqual(await nameOf(), ['Old phone']);
  assert.deepEqual(
    (await listPasskeys(db, stranger.id)).map(({ name }) => name),
    ['Phone'],
  );
  await enter(holder);
  for (const name of ['', 'a'.repeat(61)]) {
    await assert.rejects(renamePasskey(db, { id, userId: holder.id, name }), /passkeys_name_short/);
  }
  await removePasskey(app, { userId: holder.id, signInId: holder.signInId, id });
  assert.equal(await renamePasskey(db, { id, userId: holder.id, name: 'Gone' }), false);
});

test('of two who remove one of two each, one way in stays', async () => {
  const ana = await addHolder({ password: '!' });
  const device = createTestAuthenticator();
  const { challenge, handle } = await question(ana.id);
  const credential = device.make({ ...SITE, challenge });
  await addPasskey(app, { userId: ana.id, signInId: ana.signInId, name: 'Key' }, { credential, challenge, handle });
  const all = await listPasskeys(db, ana.id);
  assert.equal(all.length, 2);
  await Promise.allSettled(all.map(({ id }) => removePasskey(app, { userId: ana.id, signInId: ana.signInId, id })));
  assert.equal((await listPasskeys(db, ana.id)).length, 1);
});

test('AUTHN-01: who signs up with a passkey is not proven, and a taken address is answered alike and stays as it is', async () => {
  const email = newEmail();
  const made = await signUp(email);
  const { entered } = await enter(made);
  assert.equal((await identifyCookie(db, entered.token, []))?.isProven, false);
  const owner = await addHolder();
  const before = await db.selectFrom('users').selectAll().where('id', '=', owner.id).execute();
  const second = await signUp(owner.email);
  assert.equal(second.madeId, undefined);
  await assert.rejects(enter(second), refused);
  assert.deepEqual(await db.selectFrom('users').selectAll().where('id', '=', owner.id).execute(), before);
  // A passkey that is known is refused whether or not the address is.
  for (const address of [newEmail(), owner.email]) {
    const { challenge, handle } = await question();
    const credential = made.device.make({ ...SITE, challenge });
    const person = { name: 'P', email: address, network, passkeyName: 'P' };
    await assert.rejects(signUpByPasskey(app, person, { credential, challenge, handle }), refused);
  }
});

test('AUTHN-02 AUTHN-03: a stranger’s passkey at an address nobody proved ends when its owner takes the account', async () => {
  const ways: Record<string, (email: string) => Promise<unknown>> = {
    async 'a password by mail'(email) {
      await askForReset(app, { email, network });
      const token = await linkTokenOf(studio, 'reset', email);
      await resetPassword(app, { token, password: 'the owner’s own', agent: undefined, now: new Date() });
    },
    'coming with Google': (email) => {
      const person = { sub: `g ${email}`, name: 'Owner', email, vouching: 'owner' } as const;
      return signInWithGoogle(app, { person, network, agent: undefined, now: new Date() });
    },
    'booking as a guest': (email) => admitGuest(db, { name: 'Owner', email }),
    'an admin who vouches': (email) =>
      db.transaction().execute((trx) => createProvenUser(trx, { name: 'O', email, passwordHash: 'x', isAdmin: false })),
  };
  for (const [way, take] of Object.entries(ways)) {
    const email = newEmail();
    const stranger = await signUp(email);
    const { entered } = await enter(stranger);
    await take(email);
    await assert.rejects(enter(stranger), refused, way);
    assert.equal(await identifyCookie(db, entered.token, []), undefined, way);
  }
});

test('a new password by mail leaves the passkeys of a proven account', async () => {
  const holder = await addHolder();
  await askForReset(app, { email: holder.email, network });
  const token = await linkTokenOf(studio, 'reset', holder.email);
  await resetPassword(app, { token, password: 'the owner’s own', agent: undefined, now: new Date() });
  await enter(holder);
});

test('an account with a passkey is no idle guest, and is erased with it', async () => {
  const email = newEmail();
  const made = await signUp(email);
  assert.ok(made.madeId);
  await sql`update users set created_at = now() - interval '3 days' where id = ${made.madeId}`.execute(db);
  await forgetIdleGuests(db);
  await enter(made);
  await erasePerson(db, made.madeId);
  await assert.rejects(enter(made), refused);
  assert.deepEqual(await listPasskeys(db, made.madeId), []);
});

test('passkeys are bound to the public address, which must have a name', () => {
  const at = (bookingUrl: string) => passkeySite({ bookingUrl });
  assert.deepEqual(at('https://book.example:8443'), { id: 'book.example', origin: 'https://book.example:8443' });
  assert.equal(at('http://127.0.0.1:3000'), undefined);
  assert.equal(at('http://[::1]:3000'), undefined);
});
