import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { GooglePerson } from '#server/google/google-person.ts';
import { createTestApp } from '#server/test-app.ts';
import { linkTokenOf, mailsTo } from '#server/test-mailed-links.ts';
import { admitGuest } from './admit-guest.ts';
import { askForNewAddress } from './ask-for-new-address.ts';
import { askForReset } from './ask-for-reset.ts';
import { erasePerson } from './erase-person.ts';
import { findNewAddress } from './find-new-address.ts';
import { findProof } from './find-proof.ts';
import { findReset } from './find-reset.ts';
import { getGoogleLink } from './get-google-link.ts';
import { identifyCookie } from './identify.ts';
import { linkGoogle } from './link-google.ts';
import { resetPassword } from './reset-password.ts';
import { signIn } from './sign-in.ts';
import { signInWithGoogle } from './sign-in-with-google.ts';
import { signUpByMail } from './sign-up-by-mail.ts';
import { unlinkGoogle } from './unlink-google.ts';

const studio = await createTestApp();
const { app, db, addPerson } = studio;
const network = '192.0.2.1';
const now = new Date();
const PASSWORD = 'what a stranger chose';
const strangersHash = await app.passwords.hash(PASSWORD);
let people = 0;

/** Somebody at Google with an address of their own, whose mailbox Google runs. */
function somebody(more: Partial<GooglePerson> = {}): GooglePerson & { email: string } {
  people++;
  const email = `person${people}@letters.example`;
  return { sub: `g-${people}`, name: `Person ${people}`, vouching: 'owner', ...more, email: more.email ?? email };
}

async function enter(person: GooglePerson) {
  const { userId, entered } = await signInWithGoogle(app, { person, network, agent: 'Firefox', now });
  assert.ok('token' in entered);
  return { userId, token: entered.token };
}
const rowOf = (id: number) => db.selectFrom('users').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
const rowAt = (email: string) => db.selectFrom('users').selectAll().where('email', '=', email).executeTakeFirst();
const withPassword = (email: string, password = PASSWORD) =>
  signIn(app, { email, password, network, kind: 'page', now });

/** An account that a stranger made at an address before its owner came. */
async function stranger(email: string, more: Parameters<typeof addPerson>[0] = {}) {
  return await addPerson({ email, password: strangersHash, proven_at: null, ...more });
}

test('who is new gets an account without a password, proven where Google runs the mailbox', async () => {
  const lea = somebody();
  const { token, userId } = await enter(lea);
  const row = await rowOf(userId);
  assert.deepEqual(
    [row.name, row.email, row.password, row.google_id, row.proven_at !== null],
    [lea.name, lea.email, '!', lea.sub, true],
  );
  assert.equal((await identifyCookie(db, token, []))?.userId, userId);
  await assert.rejects(withPassword(lea.email, '!'), { code: 'bad-credentials' });
});

test('an address that Google saw once is confirmed by a mail of ours first', async () => {
  const ines = somebody({ vouching: 'once' });
  const { userId, token } = await enter(ines);
  assert.equal((await identifyCookie(db, token, [ines.email]))?.isAdmin, false);
  assert.equal((await rowOf(userId)).proven_at, null);
  assert.deepEqual(await mailsTo(studio, ines.email), ['account.prove']);
  assert.ok(await findProof(app, { token: await linkTokenOf(studio, 'prove', ines.email), now }));
  assert.equal((await enter(ines)).userId, userId);
});

test('a name that cannot be used gives way to the address', async () => {
  for (const name of [undefined, '', ' ', 'a\u202Eb', 'x'.repeat(200)]) {
    const { userId } = await enter(somebody({ name, email: `lea.${people}@letters.example` }));
    assert.match((await rowOf(userId)).name, /^lea\.\d+$/);
  }
});

test('AUTHN-01: what a stranger had at the address before its owner came with Google is gone', async () => {
  const owner = somebody();
  const before = await stranger(owner.email);
  await withPassword(owner.email);
  const { userId, token } = await enter(owner);
  assert.equal(userId, before.id);
  await assert.rejects(withPassword(owner.email), { code: 'bad-credentials' });
  const row = await rowOf(userId);
  assert.deepEqual([row.password, row.google_id, row.proven_at !== null], ['!', owner.sub, true]);
  const left = await db.selectFrom('sign_ins').select('id').where('user_id', '=', userId).execute();
  assert.equal(left.length, 1, 'the one of the owner');
  assert.ok(await identifyCookie(db, token, []));
});

test('AUTHN-01: … and also when the stranger signs in at that very moment, twenty times', async () => {
  const owner = somebody();
  const { id } = await stranger(owner.email);
  const tries = Array.from({ length: 20 }, () => withPassword(owner.email).catch(() => undefined));
  const { token } = await enter(owner);
  const opened = await Promise.all(tries);
  for (const one of opened) if (one) assert.equal(await identifyCookie(db, one.token, []), undefined);
  assert.equal((await identifyCookie(db, token, []))?.userId, id);
});

test('AUTHN-02: no sign-in that a stranger kept outlives the owner’s coming', async () => {
  const owner = somebody();
  const before = await stranger(owner.email);
  const page = await studio.signIn(before.id, 'page');
  await enter(owner);
  assert.equal(await identifyCookie(db, page, []), undefined);
  assert.equal((await studio.call('GET', '/api/v1/me', { token: before.token })).status, 401);
});

test('AUTHN-03: a Google account that a stranger tied to an address is cut off when its owner comes', async () => {
  for (const way of ['Google', 'mail', 'a booking'] as const) {
    const owner = somebody();
    const trojan = somebody({ sub: `g-trojan-${people}` });
    const before = await stranger(owner.email, { google_id: trojan.sub });
    if (way === 'Google') await enter(owner);
    else if (way === 'a booking') await admitGuest(db, { name: 'Owner', email: owner.email });
    else {
      await askForReset(app, { email: owner.email, network });
      const token = await linkTokenOf(studio, 'reset', owner.email);
      await resetPassword(app, { token, password: 'the owner’s own', agent: undefined, now });
    }
    const { userId } = await enter(trojan);
    assert.notEqual(userId, before.id, way);
  }
});

test('AUTHN-03: a guest who booked with an address that somebody’s Google account only named is not read by them', async () => {
  const named = somebody({ vouching: 'once' });
  const { userId, token } = await enter(named);
  assert.equal(await admitGuest(db, { name: 'Owner', email: named.email }), userId);
  assert.equal(await identifyCookie(db, token, []), undefined);
  await assert.rejects(enter(named), { code: 'google-known' });
});

test('AUTHN-03: an account whose address nobody confirmed is tied to no Google account', async () => {
  const owner = somebody();
  const before = await stranger(owner.email);
  await assert.rejects(linkGoogle(app, { userId: before.id, sub: 'g-trojan' }), { code: 'not-proven' });
  assert.equal((await getGoogleLink(db, before.id)).isLinked, false);
});

test('AUTHN-04: links on their way, to another address, to confirm, to choose a password, end when the owner comes', async () => {
  const owner = somebody();
  const before = await stranger(owner.email);
  const network = '192.0.2.77';
  const newEmail = `eve${people}@evil.example`;
  await askForNewAddress(app, { userId: before.id, email: owner.email }, { newEmail, password: PASSWORD, network });
  await askForReset(app, { email: owner.email, network });
  const reset = await linkTokenOf(studio, 'reset', owner.email);
  assert.ok(await findReset(app, { token: reset, now }));
  await enter(owner);
  assert.equal((await rowOf(before.id)).new_email, null);
  assert.equal(await findReset(app, { token: reset, now }), undefined);
  assert.equal(await findNewAddress(app, { token: reset, now }), undefined);
});

test('AUTHN-05: an address that Google does not confirm opens nothing and makes nothing', async () => {
  const proven = await addPerson({ password: strangersHash });
  const guest = await addPerson({ password: '!', proven_at: null });
  for (const email of [proven.email, guest.email, 'nobody-yet@letters.example']) {
    await assert.rejects(enter(somebody({ email, vouching: 'never' })), { code: 'google-unproven' });
  }
  assert.equal(await rowAt('nobody-yet@letters.example'), undefined);
  for (const { id } of [proven, guest]) assert.equal((await rowOf(id)).google_id, null);
});

test('AUTHN-05: an address that Google saw once, and may be another’s by now, takes no account over', async () => {
  const proven = await addPerson({ password: strangersHash });
  const unproven = await stranger('waits@letters.example');
  const guest = await addPerson({ password: '!', proven_at: null });
  for (const { email, id } of [proven, unproven, guest]) {
    const before = await rowOf(id);
    await assert.rejects(enter(somebody({ email, vouching: 'once' })), { code: 'google-known' });
    assert.deepEqual(await rowOf(id), before);
  }
});

test('AUTHN-06: a known Google account is the same person whatever address Google shows now, confirmed or not', async () => {
  const lea = somebody();
  const { userId } = await enter(lea);
  const victim = await addPerson({ password: strangersHash });
  for (const change of [
    { email: 'lea.married@letters.example' },
    { email: victim.email },
    { email: undefined },
    { vouching: 'never' as const },
  ]) {
    assert.equal((await enter({ ...lea, ...change })).userId, userId);
  }
  assert.equal((await rowOf(userId)).email, lea.email);
  assert.equal((await rowOf(victim.id)).google_id, null);
});

test('AUTHN-06: the same address at another Google account is somebody else: whoever bought the domain stays out', async () => {
  const lea = somebody();
  const { userId } = await enter(lea);
  const buyer = somebody({ email: lea.email });
  await assert.rejects(enter(buyer), { code: 'google-known' });
  assert.equal((await rowOf(userId)).google_id, lea.sub);
});

test('a password account that is proven is tied to the Google account that runs its mailbox, and keeps its password', async () => {
  const ana = await addPerson({ password: strangersHash });
  const person = somebody({ email: ana.email });
  assert.equal((await enter(person)).userId, ana.id);
  assert.equal((await rowOf(ana.id)).google_id, person.sub);
  assert.equal((await withPassword(ana.email)).user.id, ana.id);
  assert.equal((await studio.call('GET', '/api/v1/me', { token: ana.token })).status, 200, 'nobody is signed out');
});

test('a guest’s bookings are theirs when they come with Google', async () => {
  const guest = await addPerson({ password: '!', proven_at: null, name: 'Gus' });
  const person = somebody({ email: guest.email });
  assert.equal((await enter(person)).userId, guest.id);
  const row = await rowOf(guest.id);
  assert.deepEqual([row.name, row.proven_at !== null], ['Gus', true]);
});

test('AUTHN-17: an address that only becomes a known one by tidying it up is not that one', async () => {
  const victim = await addPerson({ email: 'victim@letters.example', password: strangersHash });
  for (const email of [
    'ｖictim@letters.example',
    'victim@letters.ｅxample',
    'vi\u0441tim@letters.example',
    ' victim@letters.example',
    'victim@letters.example\u0000',
    'victim@letters.example\n',
    '"victim"@letters.example',
    'victim@letters.example,eve@evil.example',
    'Eve <victim@letters.example>',
  ]) {
    await assert.rejects(enter(somebody({ email })), { code: 'google-unproven' }, JSON.stringify(email));
  }
  assert.equal((await rowOf(victim.id)).google_id, null);
  assert.equal((await enter(somebody({ email: 'Victim@Letters.Example' }))).userId, victim.id);
});

test('AUTHN-17: signing up with the address of a Google account changes nothing of it', async () => {
  const lea = somebody();
  const { userId } = await enter(lea);
  const before = await rowOf(userId);
  for (const email of [lea.email, lea.email.toUpperCase().toLowerCase()]) {
    assert.equal(await signUpByMail(app, { name: 'Eve', email, password: 'a password of hers', network }), undefined);
  }
  const { status } = await studio.call('POST', '/api/v1/users', {
    body: { name: 'Eve', email: lea.email.toUpperCase(), password: 'a password of hers' },
  });
  assert.equal(status, 409);
  assert.deepEqual(await rowOf(userId), before);
});

test('AUTHN-18: nobody says by themselves which Google account or address is theirs', async () => {
  const ana = await addPerson({ password: strangersHash });
  const victim = somebody();
  await enter(victim);
  const before = await rowOf(ana.id);
  const claims = { google_id: victim.sub, sub: victim.sub, userId: 1, proven_at: now };
  for (const [method, path, body] of [
    ['PATCH', '/api/v1/me', { name: ana.name, email: victim.email, ...claims }],
    ['POST', '/api/v1/sessions', { email: ana.email, password: PASSWORD, ...claims }],
    ['POST', '/api/v1/users', { name: 'Eve', email: 'eve@evil.example', password: PASSWORD, ...claims }],
  ] as const) {
    const answer = await studio.call(method, path, { body, token: method === 'PATCH' ? ana.token : undefined });
    assert.equal(answer.status, 422, `${method} ${path}`);
  }
  assert.deepEqual(await rowOf(ana.id), before);
});

test('a disabled account is not signed in to, nor tied to anybody', async () => {
  const lea = somebody();
  const { userId } = await enter(lea);
  const unproven = await stranger(somebody().email);
  const disabled_at = now;
  await db.updateTable('users').set({ disabled_at }).where('id', 'in', [userId, unproven.id]).execute();
  await assert.rejects(enter(lea), { code: 'google-refused' });
  await assert.rejects(enter({ ...lea, email: 'free@letters.example' }), { code: 'google-refused' });
  await assert.rejects(enter(somebody({ email: unproven.email })), { code: 'google-known' });
  assert.equal((await rowOf(unproven.id)).google_id, null);
});

test('DATA-05: who is erased and comes back with the same Google account is somebody new', async () => {
  const lea = somebody();
  const { userId } = await enter(lea);
  await db.updateTable('users').set({ name: 'Her old name' }).where('id', '=', userId).execute();
  await erasePerson(db, userId);
  assert.equal((await rowOf(userId)).google_id, null);
  const again = await enter(lea);
  assert.notEqual(again.userId, userId);
  assert.equal((await rowOf(again.userId)).name, lea.name);
});

test('of eight first sign-ins at once one makes the account, and all of them open it', async () => {
  const lea = somebody();
  const opened = await Promise.all(Array.from({ length: 8 }, () => enter(lea)));
  assert.equal(new Set(opened.map(({ userId }) => userId)).size, 1);
});

test('the database itself keeps a Google account from opening two accounts', async () => {
  const [one, two] = [await addPerson({ google_id: 'g-once' }), await addPerson()];
  const twice = db.updateTable('users').set({ google_id: 'g-once' }).where('id', '=', two.id).execute();
  await assert.rejects(twice, /users_google_id_unique/);
  assert.equal((await rowOf(one.id)).google_id, 'g-once');
});

test('who is signed in ties Google to the account, whatever address it has there, but to one account only', async () => {
  const [ana, ben] = [await addPerson(), await addPerson()];
  await linkGoogle(app, { userId: ana.id, sub: 'g-ana' });
  await linkGoogle(app, { userId: ana.id, sub: 'g-ana' });
  assert.deepEqual(await mailsTo(studio, ana.email), ['account.google-connected'], 'told once, of the one change');
  assert.equal((await enter(somebody({ sub: 'g-ana', email: ben.email }))).userId, ana.id);
  await assert.rejects(linkGoogle(app, { userId: ben.id, sub: 'g-ana' }), { code: 'google-taken' });
  await assert.rejects(linkGoogle(app, { userId: ana.id, sub: 'g-other' }), { code: 'google-taken' });
  assert.deepEqual(await mailsTo(studio, ben.email), [], 'what was refused is told to nobody');
});

test('who has an account is told by mail when Google opens it for the first time, and of no further sign-in', async () => {
  const mia = somebody();
  const { id } = await addPerson({ email: mia.email, password: strangersHash });
  for (let times = 0; times < 2; times++) assert.equal((await enter(mia)).userId, id);
  assert.deepEqual(await mailsTo(studio, mia.email), ['account.google-connected']);
  const fresh = somebody();
  await enter(fresh);
  assert.deepEqual(await mailsTo(studio, fresh.email), [], 'who is new knows');
});

test('Google is taken off only where a password or a passkey is left; whoever came in by it is out', async () => {
  const lea = somebody();
  const { userId, token } = await enter(lea);
  await assert.rejects(unlinkGoogle(app, { userId, agent: undefined, now }), { code: 'last-way-in' });
  assert.equal((await getGoogleLink(db, userId)).isLinked, true);
  await db.updateTable('users').set({ password: strangersHash }).where('id', '=', userId).execute();
  const opened = await unlinkGoogle(app, { userId, agent: undefined, now });
  assert.equal(await identifyCookie(db, token, []), undefined);
  assert.equal((await identifyCookie(db, opened?.token ?? '', []))?.userId, userId);
  assert.deepEqual(await getGoogleLink(db, userId), {
    isLinked: false,
    hasPassword: true,
    hasPasskey: false,
    isProven: true,
  });
  assert.equal(await unlinkGoogle(app, { userId, agent: undefined, now }), undefined);
  assert.deepEqual(await mailsTo(studio, lea.email), ['account.google-disconnected']);
});

test('who signs in in two steps is asked for the code after Google, too', async () => {
  const lea = somebody();
  const { userId } = await enter(lea);
  const twoStep = { two_step_secret: 'sealed', two_step_since: now, two_step_last: 0 };
  await db.updateTable('users').set(twoStep).where('id', '=', userId).execute();
  const { entered } = await signInWithGoogle(app, { person: lea, network, agent: 'Firefox', now });
  assert.ok(!('token' in entered));
  assert.equal(entered.userId, userId);
});
