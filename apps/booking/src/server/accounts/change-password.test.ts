import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTestApp } from '#server/test-app.ts';
import { linkTokenOf, mailsTo } from '#server/test-mailed-links.ts';
import { askForNewAddress } from './ask-for-new-address.ts';
import { askForReset } from './ask-for-reset.ts';
import { changePassword } from './change-password.ts';
import { findNewAddress } from './find-new-address.ts';
import { findReset } from './find-reset.ts';
import { identifyCookie } from './identify.ts';
import { markBrowser } from './known-browser.ts';
import { signIn } from './sign-in.ts';

const studio = await createTestApp();
const { app, db } = studio;
const current = 'quiet mornings';
const password = 'quieter evenings';
const network = '192.0.2.1';
const now = new Date();

async function addPerson() {
  const person = await studio.addPerson({ password: await app.passwords.hash(current) });
  return { ...person, userId: person.id };
}

const change = (person: { userId: number; email: string }, given = current, chosen = password) =>
  changePassword(app, person, { current: given, password: chosen, network, agent: undefined, now });

test('SESS-06: whoever knows the password chooses another: every other sign-in ends, and the person is told', async () => {
  const ana = await addPerson();
  const elsewhere = await studio.signIn(ana.id, 'page');
  const { token } = await change(ana);
  assert.equal((await identifyCookie(db, token, []))?.userId, ana.id);
  assert.equal(await identifyCookie(db, elsewhere, []), undefined);
  assert.equal((await studio.call('GET', '/api/v1/me', { token: ana.token })).status, 401);
  const again = await signIn(app, { email: ana.email, password, kind: 'page', network, now });
  assert.equal(again.user.id, ana.id);
  await assert.rejects(signIn(app, { email: ana.email, password: current, kind: 'page', network, now }), {
    code: 'bad-credentials',
  });
  assert.deepEqual(await mailsTo(studio, ana.email), ['account.password-changed']);
});

test('AUTHN-04: a new password ends the links on their way: to choose one, and to another address', async () => {
  const ana = await addPerson();
  await askForReset(app, { email: ana.email, network });
  await askForNewAddress(app, ana, { newEmail: 'ana@new.example', password: current, network });
  const reset = await linkTokenOf(studio, 'reset', ana.email);
  const address = await linkTokenOf(studio, 'address', ana.email);
  assert.ok(await findReset(app, { token: reset, now }));
  assert.ok(await findNewAddress(app, { token: address, now }));
  await change(ana);
  assert.equal(await findReset(app, { token: reset, now }), undefined);
  assert.equal(await findNewAddress(app, { token: address, now }), undefined);
  const row = await db.selectFrom('users').selectAll().where('id', '=', ana.id).executeTakeFirstOrThrow();
  assert.deepEqual([row.new_email, row.new_email_asked_at, row.reset_asked_at], [null, null, null]);
});

test('a wrong password, one of somebody else and an account without one change nothing', async () => {
  const ana = await addPerson();
  const ben = await studio.addPerson({ password: await app.passwords.hash('the words of Ben') });
  await assert.rejects(change(ana, 'the words of Ben'), { code: 'bad-credentials' });
  await assert.rejects(change({ userId: ana.id, email: ben.email }, 'the words of Ben'), { code: 'bad-credentials' });
  const guest = await studio.addPerson({ password: '!' });
  await assert.rejects(change({ userId: guest.id, email: guest.email }, '!'), { code: 'bad-credentials' });
  assert.equal((await studio.call('GET', '/api/v1/me', { token: ana.token })).status, 200);
  assert.deepEqual(await mailsTo(studio, ana.email), []);
});

test('of twenty changes at once one is made', async () => {
  const ana = await addPerson();
  const settled = await Promise.allSettled(
    Array.from({ length: 20 }, (_, i) => change(ana, current, `${password} ${i}`)),
  );
  assert.equal(settled.filter(({ status }) => status === 'fulfilled').length, 1);
  for (const one of settled) if (one.status === 'rejected') assert.equal(one.reason.code, 'bad-credentials');
  assert.equal((await db.selectFrom('sign_ins').select('id').where('user_id', '=', ana.id).execute()).length, 1);
});

test('a password is tried here as often as at signing in, and no more', async () => {
  const limited = await createTestApp({ RATE_LIMITS: 'on' });
  const { id: userId, email } = await limited.addPerson({ password: await app.passwords.hash(current) });
  const codes = [];
  for (let i = 0; i < 11; i++) {
    const tried = changePassword(
      limited.app,
      { userId, email },
      { current: `wrong ${i}`, password, network, agent: undefined, now },
    );
    codes.push(await tried.catch(({ code }) => code));
  }
  assert.deepEqual(codes, [...Array(10).fill('bad-credentials'), 'too-many-requests']);
  const mark = markBrowser(limited.app.config.cookieKeys, email);
  const known = { current, password, network: '192.0.2.2', mark, agent: undefined, now };
  assert.ok(await changePassword(limited.app, { userId, email }, known), 'who is at home is not kept out');
});
