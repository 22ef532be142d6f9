import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import { mock, test } from 'node:test';
import { hashToken } from '@samaya/platform/opaque-token.ts';
import { sql } from 'kysely';
import { sweep } from '#server/sweep.ts';
import { createTestApp } from '#server/test-app.ts';
import { createProvenUser } from './create-proven-user.ts';
import { identifyBearer, identifyCookie } from './identify.ts';
import { listSignIns } from './list-sign-ins.ts';
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

test('AUTHN-11: refuses alike, at the price of one hash, whatever is wrong', async () => {
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

test('LOAD-09: a flood of sign-ins is answered up to a bound, and refused with Retry-After beyond it', {
  timeout: 60_000,
}, async () => {
  const flooded = await createTestApp();
  flooded.app.passwords = createPasswords(1, 8);
  // Nothing is hashed before all have come, however long that takes.
  const { argon2 } = crypto;
  const allCame = Promise.withResolvers<void>();
  const hashing = mock.method(crypto, 'argon2', (...given: Parameters<typeof argon2>) => {
    allCame.promise.then(() => argon2(...given));
  });
  syncBuiltinESMExports();
  let turnedAway = 0;
  const answers = await Promise.all(
    Array.from({ length: 60 }, async (_, i) => {
      const answer = await tryToSignIn(`flood${i}@example.org`, password, flooded);
      if (answer.status === 503 && ++turnedAway === 51) allCame.resolve();
      return answer;
    }),
  ).finally(() => {
    hashing.mock.restore();
    syncBuiltinESMExports();
  });
  const served = answers.filter(({ status }) => status === 401);
  const refused = answers.filter(({ status }) => status === 503);
  assert.deepEqual([served.length, refused.length], [9, 51], 'one is hashed, eight wait');
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

test('SESS-04: a sign-in ends by the clock, and is noted as used once an hour at most', async () => {
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

test('SESS-04: a page’s sign-in ends after a week unused and a month in all, sooner for who organises or assists', async () => {
  const ana = await addPerson();
  const maya = await studio.addFacilitator();
  const boss = await addPerson({ email: 'chief@example.org' });
  const admin = await addPerson({ is_admin: true });
  const helper = await addPerson();
  const unproven = await addPerson({ proven_at: null });
  for (const { email } of [helper, unproven]) {
    await db.insertInto('assistants').values({ facilitator_id: maya.facilitatorId, email }).execute();
  }
  const adminEmails = [boss.email];
  const holds = async (userId: number, kind: 'page' | 'api', ages: { unused: string; age?: string; left?: string }) => {
    const secret = await studio.signIn(userId, kind);
    const { unused, age = unused, left = '1 day' } = ages;
    await sql`update sign_ins set last_seen_at = clock_timestamp() - ${unused}::interval,
        created_at = clock_timestamp() - ${age}::interval, expires_at = clock_timestamp() + ${left}::interval
      where secret_hash = ${hashToken(secret)}`.execute(db);
    const found = await (kind === 'page' ? identifyCookie : identifyBearer)(db, secret, adminEmails);
    await sweep(db);
    const rows = await sql`select 1 from sign_ins where secret_hash = ${hashToken(secret)}`.execute(db);
    if (found) assert.equal(rows.rows.length, 1, 'what holds is not swept');
    return found !== undefined;
  };
  assert.equal(await holds(ana.id, 'page', { unused: '6 days 23 hours', age: '29 days' }), true);
  assert.equal(await holds(ana.id, 'page', { unused: '7 days 1 minute' }), false);
  assert.equal(await holds(ana.id, 'page', { unused: '1 minute', left: '-1 second' }), false);
  assert.equal(await holds(ana.id, 'api', { unused: '29 days' }), true);
  for (const { id } of [maya, boss, admin, helper]) {
    assert.equal(await holds(id, 'page', { unused: '23 hours', age: '6 days' }), true);
    assert.equal(await holds(id, 'page', { unused: '25 hours' }), false);
    assert.equal(await holds(id, 'page', { unused: '1 minute', age: '7 days 1 minute' }), false);
  }
  const listed = { signInId: 0, isAdmin: false, facilitatorId: null };
  for (const { id } of [maya, helper]) {
    const { length } = await listSignIns(db, { ...listed, userId: id, facilitatorId: id === maya.id ? 1 : null });
    assert.equal(length, 2);
  }
  assert.equal(
    await holds(unproven.id, 'page', { unused: '6 days' }),
    true,
    'an address that nobody confirmed has no right',
  );
  await db.deleteFrom('assistants').where('email', '=', helper.email).execute();
  assert.equal(await holds(helper.id, 'page', { unused: '6 days' }), true, 'who assists nobody any more');
  const { token } = await signIn(app, {
    email: lea.email,
    password,
    kind: 'page',
    network: undefined,
    now: new Date(),
  });
  const { expires_at } = await db
    .selectFrom('sign_ins')
    .select('expires_at')
    .where('secret_hash', '=', hashToken(token))
    .executeTakeFirstOrThrow();
  assert.ok(Math.abs(expires_at.getTime() - Date.now() - 30 * 86_400_000) < 60_000);
});

test('AUTHN-13: a hash of lower cost is replaced at the next sign-in, and only by the right password', async () => {
  const weak = '$argon2id$v=19$m=1024,t=1,p=1$c2FtYXlhLXRlc3Rpbmc$';
  const tag = await new Promise<Buffer>((resolve, reject) =>
    crypto.argon2(
      'argon2id',
      {
        message: password,
        nonce: Buffer.from('samaya-testing'),
        memory: 1024,
        passes: 1,
        parallelism: 1,
        tagLength: 32,
      },
      (error, made) => (error ? reject(error) : resolve(made)),
    ),
  );
  const old = weak + tag.toString('base64').replace('=', '');
  const { id, email } = await addPerson({ password: old });
  const kept = async () =>
    (await db.selectFrom('users').select('password').where('id', '=', id).executeTakeFirstOrThrow()).password;
  assert.equal((await tryToSignIn(email, 'not the password')).status, 401);
  assert.equal(await kept(), old);
  assert.equal((await tryToSignIn(email)).status, 201);
  const stronger = await kept();
  assert.match(stronger, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  const again = await tryToSignIn(email);
  assert.equal(again.status, 201);
  assert.equal(await kept(), stronger, 'once');
  assert.equal((await call('GET', '/api/v1/me', { token: again.body.token })).status, 200);
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
