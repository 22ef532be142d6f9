import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sql } from 'kysely';
import { PROVE_DAYS } from '#server/mail/mailed-link.ts';
import { createTestApp } from '#server/test-app.ts';
import { linkTokenOf } from '#server/test-mailed-links.ts';
import { admitGuest } from './admit-guest.ts';
import { askForProof } from './ask-for-proof.ts';
import { askForReset } from './ask-for-reset.ts';
import { findProof } from './find-proof.ts';
import { identifyCookie } from './identify.ts';
import { type ProofOfOwnership, proveAddress } from './prove-address.ts';
import { resetPassword } from './reset-password.ts';
import { signUpByMail } from './sign-up-by-mail.ts';

const studio = await createTestApp();
const { app, db } = studio;
const password = 'quiet mornings';
const network = '192.0.2.1';
const now = new Date();
let people = 0;

/** Somebody who has signed up and been sent a link. */
async function signUp() {
  const email = `person-${++people}@example.org`;
  const id = await signUpByMail(app, { name: 'Lea', email, password, network });
  return { id: id ?? assert.fail(), email, token: await linkTokenOf(studio, 'prove', email) };
}

const prove = (token: string, owner: ProofOfOwnership, at = now) =>
  proveAddress(app, { token, owner, agent: 'Firefox on Linux', now: at });

async function isProven(id: number) {
  const { proven_at } = await db.selectFrom('users').select('proven_at').where('id', '=', id).executeTakeFirstOrThrow();
  return proven_at !== null;
}

test('the browser that signed up proves the address with one click, and is signed in by it', async () => {
  const { id, token, email } = await signUp();
  assert.deepEqual(await findProof(app, { token, now }), { id, name: 'Lea', email, isProven: false });
  assert.equal(await isProven(id), false, 'looking at the page changes nothing');
  const opened = await prove(token, { by: 'sign-up', userId: id });
  assert.equal((await identifyCookie(db, opened?.token ?? '', []))?.isProven, true);
  const [signIn] = await db.selectFrom('sign_ins').select(['kind', 'agent']).where('user_id', '=', id).execute();
  assert.deepEqual(signIn, { kind: 'page', agent: 'Firefox on Linux' });
});

test('a browser that is signed in stays as it is; another one needs the password', async () => {
  const first = await signUp();
  assert.equal(await prove(first.token, { by: 'sign-in', userId: first.id }), undefined);
  assert.equal(await isProven(first.id), true);
  const second = await signUp();
  assert.ok(await prove(second.token, { by: 'password', password, network }));
  assert.equal(await isProven(second.id), true);
});

test('AUTHN-15: the link alone proves nothing: whoever made the account first may be a stranger', async () => {
  const { id, token } = await signUp();
  for (const owner of [
    { by: 'password', password: 'not the password', network },
    { by: 'sign-in', userId: id + 1 },
    { by: 'sign-up', userId: 0 },
  ] as const) {
    await assert.rejects(prove(token, owner), { code: 'bad-credentials' });
  }
  assert.equal(await isProven(id), false);
});

test('AUTHN-15: a link proves once, however often it is sent at once', async () => {
  const { id, token } = await signUp();
  const owner = { by: 'sign-up', userId: id } as const;
  const settled = await Promise.allSettled(Array.from({ length: 20 }, () => prove(token, owner)));
  assert.equal(settled.filter(({ status }) => status === 'fulfilled').length, 1);
  for (const one of settled) if (one.status === 'rejected') assert.equal(one.reason.code, 'link-ended');
  const signIns = await db.selectFrom('sign_ins').select('id').where('user_id', '=', id).execute();
  assert.equal(signIns.length, 1);
  assert.equal((await findProof(app, { token, now }))?.isProven, true, 'its page can say that it was done');
});

test('… and without its being noted it would prove every time', async () => {
  const { id, token } = await signUp();
  for (let i = 0; i < 3; i++) {
    await prove(token, { by: 'sign-up', userId: id });
    await sql`update users set proven_at = null where id = ${id}`.execute(db);
  }
  assert.equal((await db.selectFrom('sign_ins').select('id').where('user_id', '=', id).execute()).length, 3);
});

test('AUTHN-15: an older link, one of another account, address, kind or key, and one that came too late open nothing', async () => {
  const { id, token, email } = await signUp();
  const owner = { by: 'sign-up', userId: id } as const;
  await askForReset(app, { email, network });
  const reset = await linkTokenOf(studio, 'reset', email);
  const other = await signUp();
  const forged = `${id}.${other.token.split('.')[1]}`;
  for (const wrong of [reset, forged, '', 'x', `${token}a`, `0${token}`]) {
    await assert.rejects(prove(wrong, owner), { code: 'link-ended' }, wrong);
  }
  const late = new Date(now.getTime() + PROVE_DAYS * 86_400_000 + 60_000);
  await assert.rejects(prove(token, owner, late), { code: 'link-ended' });
  await askForProof(app, { userId: id, email, network });
  await assert.rejects(prove(token, owner), { code: 'link-ended' });
  await sql`update users set email = 'moved@example.org' where id = ${id}`.execute(db);
  await assert.rejects(prove(await linkTokenOf(studio, 'prove', other.email), owner), { code: 'bad-credentials' });
  assert.equal(await isProven(id), false);
});

test('AUTHN-02: a stranger who signed up with somebody’s address is out once its owner has read the mail', async () => {
  const stranger = await signUp();
  const opened = await studio.signIn(stranger.id, 'page');
  const proof = await linkTokenOf(studio, 'prove', stranger.email);
  await askForReset(app, { email: stranger.email, network });
  await resetPassword(app, {
    token: await linkTokenOf(studio, 'reset', stranger.email),
    password: 'the owner’s own words',
    agent: undefined,
    now,
  });
  assert.equal(await identifyCookie(db, opened, []), undefined);
  await assert.rejects(prove(proof, { by: 'sign-up', userId: stranger.id }), { code: 'link-ended' });
});

test('AUTHN-02: a guest books with the address of an account that nobody proved: its password and sign-ins end', async () => {
  const stranger = await signUp();
  const secret = await studio.signIn(stranger.id, 'page');
  assert.equal(await admitGuest(db, { name: 'Owner', email: stranger.email }), stranger.id);
  assert.equal(await identifyCookie(db, secret, []), undefined);
  await assert.rejects(prove(stranger.token, { by: 'password', password, network }), { code: 'bad-credentials' });
  const proven = await studio.addPerson({ name: 'Ana', password: 'a hash' });
  assert.equal(await admitGuest(db, { name: 'Somebody', email: proven.email }), proven.id);
  const row = await db.selectFrom('users').selectAll().where('id', '=', proven.id).executeTakeFirstOrThrow();
  assert.deepEqual([row.name, row.password], ['Ana', 'a hash']);
  assert.equal((await studio.call('GET', '/api/v1/me', { token: proven.token })).status, 200);
});

test('whoever is proven is sent no further link', async () => {
  const { id, email } = await studio.addPerson();
  await askForProof(app, { userId: id, email, network });
  assert.deepEqual(await db.selectFrom('outbox').select('kind').where('user_id', '=', id).execute(), []);
});
