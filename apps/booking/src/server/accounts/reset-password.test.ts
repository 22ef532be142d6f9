import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sql } from 'kysely';
import { TOTP } from 'otpauth';
import { RESET_MINUTES } from '#server/mail/mailed-link.ts';
import { createTestApp } from '#server/test-app.ts';
import { linkTokenOf, mailsTo } from '#server/test-mailed-links.ts';
import { switchOnTwoStep } from '#server/two-step/switch-on-two-step.ts';
import { createKey } from '#server/two-step/two-step.ts';
import { askForReset } from './ask-for-reset.ts';
import { erasePerson } from './erase-person.ts';
import { findReset } from './find-reset.ts';
import { finishSignIn } from './finish-sign-in.ts';
import { giveToOwner } from './give-to-owner.ts';
import { identifyBearer, identifyCookie } from './identify.ts';
import { resetPassword } from './reset-password.ts';
import { signIn } from './sign-in.ts';

const studio = await createTestApp();
const { app, db, addPerson } = studio;
const password = 'a new long password';
const network = '192.0.2.1';
const now = new Date();

async function forget(person: Parameters<typeof addPerson>[0] = {}) {
  const forgetful = await addPerson({ password: await app.passwords.hash('forgotten by now'), ...person });
  await askForReset(app, { email: forgetful.email, network });
  return { ...forgetful, link: await linkTokenOf(studio, 'reset', forgetful.email) };
}

const reset = (token: string, at = now) => resetPassword(app, { token, password, agent: undefined, now: at });

async function resetAndEnter(link: string) {
  const entered = await reset(link);
  assert.ok('token' in entered);
  return entered;
}

test('AUTHN-02: a forgotten password is chosen anew, every sign-in ends, and this browser is signed in', async () => {
  const ana = await forget();
  const elsewhere = await studio.signIn(ana.id, 'page');
  assert.deepEqual(await mailsTo(studio, ana.email), ['account.reset']);
  assert.equal((await findReset(app, { token: ana.link, now }))?.email, ana.email);
  const { token } = await resetAndEnter(ana.link);
  assert.equal((await identifyCookie(db, token, []))?.userId, ana.id);
  assert.equal(await identifyCookie(db, elsewhere, []), undefined);
  assert.equal((await studio.call('GET', '/api/v1/me', { token: ana.token })).status, 401);
  const again = await signIn(app, { email: ana.email, password, kind: 'page', network, now });
  assert.equal(again.user.id, ana.id);
  const old = signIn(app, { email: ana.email, password: 'forgotten by now', kind: 'page', network, now });
  await assert.rejects(old, { code: 'bad-credentials' });
});

test('AUTHN-03: who holds the mailbox of an account that nobody proved, or of a guest, makes it theirs', async () => {
  for (const person of [
    { proven_at: null, google_id: 'g-stranger' },
    { proven_at: null, password: '!' },
  ]) {
    const unproven = await forget(person);
    const { token } = await resetAndEnter(unproven.link);
    assert.equal((await identifyCookie(db, token, []))?.isProven, true);
    const row = await db.selectFrom('users').selectAll().where('id', '=', unproven.id).executeTakeFirstOrThrow();
    assert.equal(row.google_id, null);
  }
  const proven = await forget({ google_id: 'g-own' });
  await reset(proven.link);
  const row = await db.selectFrom('users').selectAll().where('id', '=', proven.id).executeTakeFirstOrThrow();
  assert.equal(row.google_id, 'g-own');
});

test('AUTHN-14: a link chooses one password, however many are sent with it at once', async () => {
  const ana = await forget();
  const settled = await Promise.allSettled(
    Array.from({ length: 20 }, (_, i) =>
      resetPassword(app, { token: ana.link, password: `${password} ${i}`, agent: undefined, now }),
    ),
  );
  assert.equal(settled.filter(({ status }) => status === 'fulfilled').length, 1);
  for (const one of settled) if (one.status === 'rejected') assert.equal(one.reason.code, 'link-ended');
  assert.equal((await db.selectFrom('sign_ins').select('id').where('user_id', '=', ana.id).execute()).length, 1);
  assert.equal(await findReset(app, { token: ana.link, now }), undefined);
});

test('… and twenty of what it does would go through without the look at the link', async () => {
  const ana = await forget();
  const settled = await Promise.allSettled(
    Array.from({ length: 20 }, (_, i) =>
      db.transaction().execute((trx) =>
        giveToOwner(trx, {
          account: { id: ana.id, isProven: true },
          passwordHash: `hash ${i}`,
          agent: undefined,
          now,
        }),
      ),
    ),
  );
  assert.equal(settled.filter(({ status }) => status === 'fulfilled').length, 20);
});

test('AUTHN-14: an older link, one of another person or kind, and one that came too late open nothing, and hash nothing', async () => {
  const ana = await forget();
  const ben = await forget();
  const proof = await linkTokenOf(studio, 'prove', ana.email);
  let hashed = 0;
  const hash = (given: string) => {
    hashed++;
    return app.passwords.hash(given);
  };
  const counting = { ...app, passwords: { ...app.passwords, hash } };
  const late = new Date(now.getTime() + RESET_MINUTES * 60_000 + 60_000);
  const tries: [string, Date][] = [
    [proof, now],
    [`${ana.id}.${ben.link.split('.')[1]}`, now],
    ['', now],
    [`${ana.link}x`, now],
    [ana.link, late],
  ];
  await askForReset(app, { email: ben.email, network });
  tries.push([ben.link, now]);
  for (const [token, at] of tries) {
    const refused = resetPassword(counting, { token, password, agent: undefined, now: at });
    await assert.rejects(refused, { code: 'link-ended' }, token);
  }
  assert.equal(hashed, 0);
});

test('AUTHN-14: a link ends when the password changes by another way, and with the account', async () => {
  const ana = await forget();
  await sql`update users set password = 'another hash' where id = ${ana.id}`.execute(db);
  await assert.rejects(reset(ana.link), { code: 'link-ended' });
  const gone = await forget();
  await erasePerson(db, gone.id);
  await assert.rejects(reset(gone.link), { code: 'link-ended' });
});

test('AUTHN-14: a link holds 256 bits that no table holds, and a newer one ends it', async () => {
  const links = new Set<string>();
  const ana = await forget();
  for (let i = 0; i < 5; i++) {
    await askForReset(app, { email: ana.email, network });
    links.add(await linkTokenOf(studio, 'reset', ana.email));
  }
  assert.equal(links.size, 5, 'each is another');
  const secrets = [...links].map((link) => link.split('.')[1] ?? '');
  for (const secret of secrets) assert.equal(Buffer.from(secret, 'base64url').length, 32);
  const { rows } = await sql<{ kept: string }>`
    select users::text as kept from users union all select outbox::text from outbox`.execute(db);
  for (const { kept } of rows) {
    for (const secret of secrets) assert.ok(!kept.includes(secret));
  }
  for (const link of [...links].slice(0, -1)) await assert.rejects(reset(link), { code: 'link-ended' });
  await reset([...links].at(-1) ?? '');
});

test('an address nobody has is answered like one somebody has', async () => {
  const before = await db.selectFrom('outbox').select('id').execute();
  assert.equal(await askForReset(app, { email: 'nobody@example.org', network }), undefined);
  assert.equal((await db.selectFrom('outbox').select('id').execute()).length, before.length);
});

test('a new password by mail leaves two-step sign-in on, and this browser is asked for the code', async () => {
  const careful = await forget();
  const { signInId } = (await identifyBearer(db, careful.token, [])) ?? { signInId: 0 };
  const key = createKey();
  const code = new TOTP({ secret: key }).generate({ timestamp: now.getTime() });
  const codes = await switchOnTwoStep(app, { userId: careful.id, signInId, key, code, now });
  const entered = await reset(careful.link);
  assert.ok(!('token' in entered));
  assert.deepEqual(await db.selectFrom('sign_ins').select('id').where('user_id', '=', careful.id).execute(), []);
  const next = { firstStep: entered, network, agent: undefined, now };
  await assert.rejects(finishSignIn(app, { ...next, code: '' }), { code: 'bad-code' });
  assert.ok((await finishSignIn(app, { ...next, code: codes?.[0] ?? '' })).token);
});
