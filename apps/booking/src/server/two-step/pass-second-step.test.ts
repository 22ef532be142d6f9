import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sql } from 'kysely';
import { TOTP } from 'otpauth';
import { finishSignIn } from '#server/accounts/finish-sign-in.ts';
import { firstStepOf } from '#server/accounts/first-step.ts';
import { identifyBearer } from '#server/accounts/identify.ts';
import { endAllSignIns, openSignIn, signIn } from '#server/accounts/sign-in.ts';
import { createTestApp, type TestApp } from '#server/test-app.ts';
import { passSecondStep } from './pass-second-step.ts';
import { releaseFromTwoStep } from './release-from-two-step.ts';
import { renewRecoveryCodes } from './renew-recovery-codes.ts';
import { switchOffTwoStep } from './switch-off-two-step.ts';
import { switchOnTwoStep } from './switch-on-two-step.ts';
import { createKey, openKey, sealKey } from './two-step.ts';

const studio = await createTestApp();
const { app, call, db } = studio;
const password = 'quiet mornings';
const passwordHash = await app.passwords.hash(password);
const HALF_MINUTE = 30_000;
/** A clock of the tests' own; each begins well after the one before. */
let clock = Date.parse('2026-12-01T10:00:00Z');
const later = (steps: number) => new Date(clock + steps * HALF_MINUTE);

/** A person who signs in in two steps since a moment ago. */
async function addCareful(at: TestApp = studio) {
  clock += 100 * HALF_MINUTE;
  const person = await at.addPerson({ password: passwordHash });
  const { signInId } = (await identifyBearer(at.db, person.token, [])) ?? { signInId: 0 };
  const key = createKey();
  const codeAt = (now: Date) => new TOTP({ secret: key }).generate({ timestamp: now.getTime() });
  const codes = await switchOnTwoStep(at.app, {
    userId: person.id,
    signInId,
    key,
    code: codeAt(later(0)),
    now: later(0),
  });
  assert.equal(codes?.length, 10);
  return { ...person, signInId, key, codes: codes ?? [], codeAt };
}

const signInsOf = async (userId: number) =>
  (await db.selectFrom('sign_ins').select('id').where('user_id', '=', userId).execute()).map(({ id }) => Number(id));

const mailsTo = async (userId: number) =>
  (
    await db
      .selectFrom('outbox')
      .select('kind')
      .where('user_id', '=', userId)
      .where('destination', '=', 'mail')
      .execute()
  )
    .map(({ kind }) => kind)
    .sort();

test('AUTHN-16: a code is taken once, also while it is still shown, and of twenty at once one is', async () => {
  const ana = await addCareful();
  const now = later(2);
  const code = ana.codeAt(now);
  const tries = await Promise.allSettled(
    Array.from({ length: 20 }, () => passSecondStep(app, { userId: ana.id, code, now })),
  );
  assert.equal(tries.filter(({ status }) => status === 'fulfilled').length, 1);
  for (const after of [now, new Date(now.getTime() + 29_000), later(3)]) {
    await assert.rejects(passSecondStep(app, { userId: ana.id, code, now: after }), { code: 'bad-code' });
  }
  // The one of before it is still within the window, and counts as used with it.
  const before = ana.codeAt(later(1));
  await assert.rejects(passSecondStep(app, { userId: ana.id, code: before, now }), { code: 'bad-code' });
  await passSecondStep(app, { userId: ana.id, code: ana.codeAt(later(3)), now: later(3) });
});

test('AUTHN-16: negative control: without the guard on the last code, a code is taken again', async () => {
  const ana = await addCareful();
  const now = later(2);
  const code = ana.codeAt(now);
  await passSecondStep(app, { userId: ana.id, code, now });
  await sql`update users set two_step_last = 0 where id = ${ana.id}`.execute(db);
  await passSecondStep(app, { userId: ana.id, code, now });
});

test('AUTHN-16: the code that switched it on opens nothing', async () => {
  const ana = await addCareful();
  const again = passSecondStep(app, { userId: ana.id, code: ana.codeAt(later(0)), now: later(0) });
  await assert.rejects(again, { code: 'bad-code' });
});

test('AUTHN-16: the sixth guess is refused for a while, right or wrong; a recovery code still lets its owner in', async () => {
  const limited = await createTestApp({ RATE_LIMITS: 'on' });
  const ana = await addCareful(limited);
  const now = later(2);
  const ask = (code: string) => passSecondStep(limited.app, { userId: ana.id, code, now });
  const right = ana.codeAt(now);
  const wrong = right === '000000' ? '000001' : '000000';
  for (let i = 0; i < 5; i++) await assert.rejects(ask(wrong), { code: 'bad-code' });
  await assert.rejects(ask(right), ({ code, retryAfterSeconds }) => {
    assert.equal(code, 'too-many-requests');
    return retryAfterSeconds > 500 && retryAfterSeconds <= 600;
  });
  await ask(ana.codes[0] ?? '');
});

test('AUTHN-16: who does not know the password uses up no guesses, and does not learn that there is a second step', async () => {
  const limited = await createTestApp({ RATE_LIMITS: 'on' });
  const ana = await addCareful(limited);
  const ben = await limited.addPerson({ password: passwordHash });
  const answers = new Set<string>();
  for (let i = 0; i < 8; i++) {
    const email = i % 2 ? ana.email : ben.email;
    const body = { email, password: 'not the password', code: '000000' };
    const answer = await limited.call('POST', '/api/v1/sessions', { body });
    answers.add(JSON.stringify([answer.status, { ...answer.body, instance: '' }]));
  }
  assert.equal(answers.size, 1);
  assert.match([...answers][0] ?? '', /^\[401,.*"bad-credentials"/);
  const { rows } = await sql`select key from rate_limits where key like 'second-step%'`.execute(limited.db);
  assert.deepEqual(rows, []);
});

test('AUTHN-16: recovery codes are kept hashed, and each opens once', async () => {
  const ana = await addCareful();
  const kept = await db.selectFrom('recovery_codes').selectAll().where('user_id', '=', ana.id).execute();
  assert.equal(kept.length, 10);
  const [first = '', second = ''] = ana.codes;
  const [row] = await db.selectFrom('users').selectAll().where('id', '=', ana.id).execute();
  const everything = JSON.stringify([kept.map(({ code_hash }) => code_hash.toString('latin1')), row]);
  for (const code of ana.codes) assert.ok(!everything.includes(code.replaceAll('-', '').slice(0, 8)));
  assert.ok(!everything.includes(ana.key));
  const now = later(2);
  const tries = await Promise.allSettled(
    Array.from({ length: 10 }, () => passSecondStep(app, { userId: ana.id, code: first, now })),
  );
  assert.equal(tries.filter(({ status }) => status === 'fulfilled').length, 1);
  const ben = await addCareful();
  await assert.rejects(passSecondStep(app, { userId: ben.id, code: second, now }), { code: 'bad-code' });
  await passSecondStep(app, { userId: ana.id, code: second.toUpperCase().replaceAll('-', ' '), now });
  assert.deepEqual(await mailsTo(ana.id), ['account.recovery-used', 'account.recovery-used', 'account.two-step-on']);
});

test('the API asks for a code once the password was right, and takes it with all the rest', async () => {
  const ana = await addCareful();
  await assert.rejects(signIn(app, { email: ana.email, password, kind: 'api', network: undefined, now: later(2) }), {
    code: 'second-factor-needed',
  });
  const credentials = { email: ana.email, password };
  const asked = await call('POST', '/api/v1/sessions', { body: credentials });
  assert.deepEqual([asked.status, asked.body.code], [401, 'second-factor-needed']);
  const wrong = await call('POST', '/api/v1/sessions', { body: { ...credentials, code: 'no code' } });
  assert.deepEqual([wrong.status, wrong.body.code], [401, 'bad-code']);
  // The machine's clock, which the API goes by, is not the one of these tests.
  await sql`update users set two_step_last = 0 where id = ${ana.id}`.execute(db);
  const right = await call('POST', '/api/v1/sessions', { body: { ...credentials, code: ana.codeAt(new Date()) } });
  assert.equal(right.status, 201, right.text);
  assert.equal((await call('GET', '/api/v1/me', { token: right.body.token })).status, 200);
  const plain = await studio.addPerson({ password: passwordHash });
  const unasked = { email: plain.email, password, code: '123456' };
  assert.equal((await call('POST', '/api/v1/sessions', { body: unasked })).status, 201);
});

test('nothing opens a sign-in of such an account without the second step', async () => {
  const ana = await addCareful();
  const entry = { userId: ana.id, checkedHash: passwordHash, kind: 'page', agent: undefined, now: later(2) } as const;
  assert.equal(await openSignIn(db, entry), undefined);
  assert.ok(await openSignIn(db, { ...entry, isSecondStepDone: true }));
});

test('nor does one that was being opened while it was switched on', async () => {
  const person = await studio.addPerson({ password: passwordHash });
  const { signInId } = (await identifyBearer(db, person.token, [])) ?? { signInId: 0 };
  const key = createKey();
  const now = later(0);
  const code = new TOTP({ secret: key }).generate({ timestamp: now.getTime() });
  const passwords = {
    ...app.passwords,
    // Between the check of the password and the sign-in another hash is made of it.
    isWeak: () => true,
    async hash(plain: string) {
      await switchOnTwoStep(app, { userId: person.id, signInId, key, code, now });
      return await app.passwords.hash(plain);
    },
  };
  const entry = { email: person.email, password, network: undefined, now } as const;
  await assert.rejects(signIn({ ...app, passwords }, { ...entry, kind: 'api' }), { code: 'bad-credentials' });
  assert.deepEqual(await signInsOf(person.id), [signInId]);
});

test('a key that somebody was putting into an app is of no use once they were signed out', async () => {
  const person = await studio.addPerson({ password: passwordHash });
  const { signInId } = (await identifyBearer(db, person.token, [])) ?? { signInId: 0 };
  await endAllSignIns(db, person.id);
  const key = createKey();
  const code = new TOTP({ secret: key }).generate({ timestamp: clock });
  const late = switchOnTwoStep(app, { userId: person.id, signInId, key, code, now: later(0) });
  await assert.rejects(late, { code: 'unauthenticated' });
});

test('the first step is void once the password changed', async () => {
  const ana = await addCareful();
  const firstStep = firstStepOf({ userId: ana.id, checkedHash: passwordHash });
  const finish = (now: Date) =>
    finishSignIn(app, { firstStep, code: ana.codeAt(now), network: '192.0.2.1', agent: undefined, now });
  assert.ok((await finish(later(2))).token);
  await db.updateTable('users').set({ password: 'another' }).where('id', '=', ana.id).execute();
  await assert.rejects(finish(later(4)), { code: 'bad-credentials' });
});

test('switching it on ends the sign-ins elsewhere, is told by mail, and happens once', async () => {
  const person = await studio.addPerson({ password: passwordHash });
  const elsewhere = await studio.signIn(person.id);
  const { signInId } = (await identifyBearer(db, person.token, [])) ?? { signInId: 0 };
  const key = createKey();
  const now = later(0);
  const code = new TOTP({ secret: key }).generate({ timestamp: now.getTime() });
  const order = { userId: person.id, signInId, key, code, now };
  await assert.rejects(switchOnTwoStep(app, { ...order, code: '12345' }), { code: 'bad-code' });
  const made = await Promise.all(Array.from({ length: 5 }, () => switchOnTwoStep(app, order)));
  assert.equal(made.filter((codes) => codes).length, 1);
  assert.equal(await identifyBearer(db, elsewhere, []), undefined);
  assert.ok(await identifyBearer(db, person.token, []));
  assert.deepEqual(await mailsTo(person.id), ['account.two-step-on']);
});

test('an account whose address nobody confirmed has no second step', async () => {
  const person = await studio.addPerson({ password: passwordHash, proven_at: null });
  const { signInId } = (await identifyBearer(db, person.token, [])) ?? { signInId: 0 };
  const key = createKey();
  const code = new TOTP({ secret: key }).generate({ timestamp: clock });
  const order = { userId: person.id, signInId, key, code, now: later(0) };
  await assert.rejects(switchOnTwoStep(app, order), { code: 'not-proven' });
});

test('switching it off takes a code, ends recovery codes and the sign-ins elsewhere, and is told by mail', async () => {
  const ana = await addCareful();
  const elsewhere = await studio.signIn(ana.id);
  const order = { userId: ana.id, signInId: ana.signInId, now: later(2) };
  await assert.rejects(switchOffTwoStep(app, { ...order, code: '' }), { code: 'bad-code' });
  await switchOffTwoStep(app, { ...order, code: ana.codeAt(later(2)) });
  assert.equal(await identifyBearer(db, elsewhere, []), undefined);
  assert.ok(await identifyBearer(db, ana.token, []));
  assert.deepEqual(await db.selectFrom('recovery_codes').select('user_id').where('user_id', '=', ana.id).execute(), []);
  assert.ok((await signIn(app, { email: ana.email, password, kind: 'api', network: undefined, now: later(2) })).token);
  assert.deepEqual(await mailsTo(ana.id), ['account.two-step-off', 'account.two-step-on']);
});

test('new recovery codes end the old ones', async () => {
  const ana = await addCareful();
  const codes = await renewRecoveryCodes(app, { userId: ana.id, code: ana.codes[0] ?? '', now: later(2) });
  assert.equal(codes?.length, 10);
  for (const old of ana.codes) {
    await assert.rejects(passSecondStep(app, { userId: ana.id, code: old, now: later(2) }), { code: 'bad-code' });
  }
  await passSecondStep(app, { userId: ana.id, code: codes?.[3], now: later(2) });
});

test('an admin lets somebody in again who lost everything, never themselves', async () => {
  const ana = await addCareful();
  const boss = await studio.addPerson({ is_admin: true });
  const admin = await identifyBearer(db, boss.token, []);
  const nobody = await identifyBearer(db, (await studio.addPerson()).token, []);
  assert.ok(admin && nobody);
  await assert.rejects(releaseFromTwoStep(app, ana.id, nobody), { code: 'forbidden' });
  await assert.rejects(releaseFromTwoStep(app, boss.id, admin), { code: 'forbidden' });
  await assert.rejects(releaseFromTwoStep(app, 2_000_000, admin), { code: 'not-found' });
  await releaseFromTwoStep(app, ana.id, admin);
  assert.equal(await identifyBearer(db, ana.token, []), undefined);
  assert.ok((await signIn(app, { email: ana.email, password, kind: 'api', network: undefined, now: later(2) })).token);
  assert.deepEqual(await mailsTo(ana.id), ['account.two-step-off', 'account.two-step-on']);
});

test('a key sealed with an older cookie key is sealed anew when a code is used', async () => {
  const ana = await addCareful();
  const older = { ...app, config: { ...app.config, cookieKeys: ['newest', ...app.config.cookieKeys] } };
  await passSecondStep(older, { userId: ana.id, code: ana.codeAt(later(2)), now: later(2) });
  const { two_step_secret: kept } = await db
    .selectFrom('users')
    .select('two_step_secret')
    .where('id', '=', ana.id)
    .executeTakeFirstOrThrow();
  assert.equal(openKey(kept ?? '', ana.id, ['newest']), ana.key);
  // A secret that somebody moved to another row of the database opens nothing there.
  const ben = await addCareful();
  await db
    .updateTable('users')
    .set({ two_step_secret: sealKey(ana.key, ana.id, app.config.cookieKeys) })
    .where('id', '=', ben.id)
    .execute();
  const moved = passSecondStep(app, { userId: ben.id, code: ana.codeAt(later(4)), now: later(4) });
  await assert.rejects(moved, { code: 'bad-code' });
});
