import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import { mock, test } from 'node:test';
import { sql } from 'kysely';
import { createTestApp } from '#server/test-app.ts';
import { createProvenUser } from './create-proven-user.ts';
import { identifyBearer, identifyCookie } from './identify.ts';
import { createPasswords } from './passwords.ts';
import { endAllSignIns, signIn } from './sign-in.ts';

const studio = await createTestApp();
const { app, call, db, addPerson } = studio;
const password = 'quiet mornings';
const passwordHash = await app.passwords.hash(password);
const lea = await addPerson({ email: 'lea@example.org', password: passwordHash });

function tryToSignIn(email: string, given = password, at = studio) {
  return at.call('POST', '/api/v1/sessions', { body: { email, password: given } });
}

test('refuses alike, at the price of one hash, whatever is wrong', async () => {
  const gone = await addPerson({ email: 'gone@example.org', password: passwordHash });
  await db.updateTable('users').set({ deleted_at: new Date() }).where('id', '=', gone.id).execute();
  await addPerson({ email: 'google@example.org', password: '!' });
  await addPerson({ email: 'seed@example.org', password: 'quiet mornings' });
  const { argon2 } = crypto;
  const hashing = mock.method(crypto, 'argon2', argon2);
  syncBuiltinESMExports();
  const answers: string[] = [];
  for (const email of [
    'lea@example.org',
    'nobody@example.org',
    'gone@example.org',
    'google@example.org',
    'seed@example.org',
  ]) {
    hashing.mock.resetCalls();
    const { status, body } = await tryToSignIn(email, email.startsWith('lea') ? 'wrong password' : password);
    assert.equal(hashing.mock.callCount(), 1, email);
    const [, cost] = hashing.mock.calls[0]?.arguments ?? [];
    assert.deepEqual([cost?.memory, cost?.passes], [19_456, 2], email);
    answers.push(JSON.stringify([status, { ...body, instance: '' }]));
  }
  assert.equal(new Set(answers).size, 1, answers.join('\n'));
  assert.match(answers[0] ?? '', /^\[401,.*"code":"bad-credentials"/);

  hashing.mock.resetCalls();
  const { status } = await tryToSignIn('lea@example.org', 'a'.repeat(129));
  const long = signIn(app, {
    email: 'lea@example.org',
    password: 'a'.repeat(60_000),
    kind: 'page',
    network: undefined,
    now: new Date(),
  });
  await assert.rejects(long, { code: 'bad-credentials' });
  assert.deepEqual([status, hashing.mock.callCount()], [422, 0]);
  hashing.mock.restore();
  syncBuiltinESMExports();
});

test('RATE-03: the eleventh try at an address within a minute is refused, however the address is written', async () => {
  const limited = await createTestApp({ RATE_LIMITS: 'on' });
  const spellings = ['ana@example.org', 'ANA@example.org', ' Ana@Example.org ', 'ana＠example.org', 'ana@example．org'];
  for (let i = 0; i < 10; i++) {
    const { status, text } = await tryToSignIn(spellings[i % spellings.length] ?? '', 'wrong password', limited);
    assert.equal(status, 401, text);
  }
  for (const spelling of spellings) {
    const { status, body, headers } = await tryToSignIn(spelling, 'wrong password', limited);
    assert.deepEqual([status, body.code], [429, 'too-many-requests'], spelling);
    const seconds = Number(headers.get('retry-after'));
    assert.ok(seconds >= 1 && seconds <= 60, `${seconds}`);
  }
  assert.equal((await tryToSignIn('ana@example.org.', 'wrong password', limited)).status, 422);
  assert.equal((await tryToSignIn('ben@example.org', 'wrong password', limited)).status, 401);
});

test('RATE-02: the thirty-first try from a network is refused, and does not count against the address it names', async () => {
  const limited = await createTestApp({ RATE_LIMITS: 'on' });
  for (let i = 0; i < 30; i++) assert.equal((await tryToSignIn(`p${i}@example.org`, password, limited)).status, 401);
  for (let i = 0; i < 12; i++) assert.equal((await tryToSignIn('victim@example.org', password, limited)).status, 429);
  const { rows } = await sql`select key from rate_limits where key like '%victim%'`.execute(limited.db);
  assert.deepEqual(rows, []);
});

test('the eleventh sign-up within an hour from a network is refused', async () => {
  const limited = await createTestApp({ RATE_LIMITS: 'on' });
  const signUp = (i: number) =>
    limited.call('POST', '/api/v1/users', { body: { name: 'N', email: `n${i}@example.org`, password } });
  for (let i = 0; i < 10; i++) assert.equal((await signUp(i)).status, 201);
  const { status, headers } = await signUp(10);
  assert.equal(status, 429);
  assert.ok(Number(headers.get('retry-after')) > 60);
});

test('LOAD-09: a flood of sign-ins is answered up to a bound, and refused with Retry-After beyond it', async () => {
  const flooded = await createTestApp();
  flooded.app.passwords = createPasswords(1, 8);
  const answers = await Promise.all(
    Array.from({ length: 60 }, (_, i) => tryToSignIn(`flood${i}@example.org`, password, flooded)),
  );
  const served = answers.filter(({ status }) => status === 401);
  const refused = answers.filter(({ status }) => status === 503);
  assert.equal(served.length + refused.length, 60);
  assert.ok(served.length >= 9 && served.length < 40, `${served.length}`);
  assert.ok(refused.every(({ body, headers }) => body.code === 'unavailable' && headers.get('retry-after') === '2'));
  assert.equal((await tryToSignIn('after@example.org', password, flooded)).status, 401);
});

test('a page’s secret is no bearer, and a bearer no cookie', async () => {
  const now = new Date();
  const page = await signIn(app, { email: lea.email, password, kind: 'page', network: undefined, now });
  const api = await signIn(app, { email: lea.email, password, kind: 'api', network: undefined, now });
  assert.equal((await identifyCookie(db, page.token, []))?.userId, lea.id);
  assert.equal(await identifyBearer(db, page.token, []), undefined);
  assert.equal(await identifyCookie(db, api.token, []), undefined);
  assert.equal((await call('GET', '/api/v1/me', { token: page.token })).status, 401);
  await endAllSignIns(db, lea.id);
  assert.equal(await identifyCookie(db, page.token, []), undefined);
  assert.equal((await call('GET', '/api/v1/me', { token: api.token })).status, 401);
});

test('a sign-in ends by the clock, and is noted as used once an hour at most', async () => {
  const { id, token } = await addPerson();
  const seen = async () =>
    (await db.selectFrom('sign_ins').select('last_seen_at').where('user_id', '=', id).executeTakeFirstOrThrow())
      .last_seen_at;
  const lately = await seen();
  await call('GET', '/api/v1/me', { token });
  assert.deepEqual(await seen(), lately);
  await sql`update sign_ins set last_seen_at = now() - interval '61 minutes' where user_id = ${id}`.execute(db);
  await call('GET', '/api/v1/me', { token });
  assert.ok((await seen()) >= lately);
  await sql`update sign_ins set expires_at = clock_timestamp() where user_id = ${id}`.execute(db);
  assert.equal((await call('GET', '/api/v1/me', { token })).status, 401);
});

test('rights that hang on an address are those of proven people only', async () => {
  const adminEmails = ['boss@example.org'];
  const { facilitatorId } = await studio.addFacilitator();
  await db.updateTable('facilitators').set({ email: 'Teacher@Example.org' }).where('id', '=', facilitatorId).execute();
  for (const proven_at of [null, new Date()]) {
    const boss = await addPerson({ email: 'boss@example.org', proven_at });
    const teacher = await addPerson({ email: 'teacher@example.org', proven_at });
    const isProven = proven_at !== null;
    assert.equal((await identifyBearer(db, boss.token, adminEmails))?.isAdmin, isProven);
    assert.equal((await identifyBearer(db, teacher.token, adminEmails))?.isAdmin, false);
    assert.equal(
      (await identifyBearer(db, teacher.token, adminEmails))?.facilitatorId,
      isProven ? facilitatorId : null,
    );
    assert.equal(
      (await call('GET', '/api/v1/me', { token: teacher.token })).body.facilitator_id,
      isProven ? facilitatorId : null,
    );
    await db
      .updateTable('users')
      .set({ email: sql<string>`'old-' || id || email` })
      .where('id', 'in', [boss.id, teacher.id])
      .execute();
  }
});

test('a sign-in checked against a password that was replaced meanwhile is refused', async () => {
  await addPerson({ email: 'squatter@example.org', password: passwordHash, proven_at: null });
  const slow = {
    ...app,
    passwords: {
      ...app.passwords,
      // The account is handed over while the old password is being checked.
      async verify(given: string, kept: string | undefined) {
        const holds = await app.passwords.verify(given, kept);
        await db.transaction().execute((trx) =>
          createProvenUser(trx, {
            name: 'Owner',
            email: 'squatter@example.org',
            passwordHash: 'another',
            isAdmin: false,
          }),
        );
        return holds;
      },
    },
  };
  const late = signIn(slow, {
    email: 'squatter@example.org',
    password,
    kind: 'api',
    network: undefined,
    now: new Date(),
  });
  await assert.rejects(late, { code: 'bad-credentials' });
});
