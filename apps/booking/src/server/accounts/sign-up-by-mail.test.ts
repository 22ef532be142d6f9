import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import { mock, test } from 'node:test';
import { createTestApp } from '#server/test-app.ts';
import { mailsTo } from '#server/test-mailed-links.ts';
import { askForReset } from './ask-for-reset.ts';
import { repeatSignUpMail } from './repeat-sign-up-mail.ts';
import { signUpByMail } from './sign-up-by-mail.ts';

const studio = await createTestApp();
const { app, db, addPerson, call } = studio;
const password = 'quiet mornings';
const network = '192.0.2.1';

async function rowOf(email: string) {
  return await db.selectFrom('users').selectAll().where('email', '=', email).executeTakeFirstOrThrow();
}

test('somebody new has an account that is not proven, and a link to prove it in the mail', async () => {
  const id = await signUpByMail(app, { name: 'Lea Brandt', email: 'lea@example.org', password, network });
  const row = await rowOf('lea@example.org');
  assert.deepEqual([row.id, row.name, row.proven_at], [id, 'Lea Brandt', null]);
  assert.ok(row.prove_asked_at);
  assert.deepEqual(await mailsTo(studio, row.email), ['account.prove']);
});

test('through the API too a link to prove the address is sent, once for a repeated request', async () => {
  const body = { name: 'Ida', email: 'ida@example.org', password };
  const headers = { 'idempotency-key': 'ida-1' };
  for (let i = 0; i < 2; i++) assert.equal((await call('POST', '/api/v1/users', { body, headers })).status, 201);
  assert.equal((await call('POST', '/api/v1/users', { body })).status, 409);
  assert.deepEqual(await mailsTo(studio, body.email), ['account.prove']);
  assert.ok((await rowOf(body.email)).prove_asked_at);
});

test('AUTHN-17: whoever has the address is told by mail, keeps everything, and costs what somebody new costs', async () => {
  const passwordHash = await app.passwords.hash('another password');
  const ana = await addPerson({ name: 'Ana', email: 'ana@example.org', password: passwordHash });
  const guest = await addPerson({ name: 'Gus', email: 'gus@example.org', password: '!', proven_at: null });
  const waiting = await addPerson({ name: 'Wim', email: 'wim@example.org', password: passwordHash, proven_at: null });
  const { argon2 } = crypto;
  const hashing = mock.method(crypto, 'argon2', argon2);
  syncBuiltinESMExports();
  const before = await db.selectFrom('users').select(['id', 'name', 'password']).orderBy('id').execute();
  for (const { email } of [ana, guest, waiting, { email: 'new@example.org' }]) {
    hashing.mock.resetCalls();
    const made = await signUpByMail(app, { name: 'Eve', email, password, network });
    assert.equal(hashing.mock.callCount(), 1, email);
    assert.equal(made !== undefined, email === 'new@example.org', email);
  }
  hashing.mock.restore();
  syncBuiltinESMExports();
  const after = await db.selectFrom('users').select(['id', 'name', 'password']).orderBy('id').execute();
  assert.deepEqual(after.slice(0, -1), before);
  assert.deepEqual(await mailsTo(studio, ana.email), ['account.known']);
  // They never chose a password: the link lets them choose one, and nobody else.
  assert.deepEqual(await mailsTo(studio, guest.email), ['account.reset']);
  assert.deepEqual(await mailsTo(studio, waiting.email), ['account.known']);
});

test('one of twenty sign-ups at once with one address makes the account', async () => {
  const made = await Promise.all(
    Array.from({ length: 20 }, (_, i) =>
      signUpByMail(app, { name: `Twin ${i}`, email: 'twin@example.org', password, network }),
    ),
  );
  assert.equal(made.filter((id) => id !== undefined).length, 1);
  assert.equal((await mailsTo(studio, 'twin@example.org')).filter((kind) => kind === 'account.prove').length, 1);
});

test('the link is sent anew to whoever made the account, and to nobody else', async () => {
  const id = await signUpByMail(app, { name: 'Rio', email: 'rio@example.org', password, network });
  const first = (await rowOf('rio@example.org')).prove_asked_at;
  await repeatSignUpMail(app, { email: 'rio@example.org', madeId: id, network });
  const second = (await rowOf('rio@example.org')).prove_asked_at;
  assert.ok(first && second && second > first, 'the older link has ended');
  await repeatSignUpMail(app, { email: 'rio@example.org', madeId: undefined, network });
  await repeatSignUpMail(app, { email: 'nobody@example.org', madeId: 7, network });
  assert.deepEqual(await mailsTo(studio, 'rio@example.org'), ['account.prove', 'account.prove', 'account.known']);
  assert.deepEqual((await rowOf('rio@example.org')).prove_asked_at, second);
});

test('RATE-06: mail asked for is limited by network and by address, known or not', async () => {
  const limited = await createTestApp({ RATE_LIMITS: 'on' });
  await limited.addPerson({ email: 'known@example.org' });
  for (const email of ['known@example.org', 'unknown@example.org']) {
    for (let i = 0; i < 5; i++) await askForReset(limited.app, { email, network: `192.0.2.${i}` });
    const sixth = askForReset(limited.app, { email, network: '192.0.2.99' });
    await assert.rejects(sixth, { code: 'too-many-requests' });
    const signUp = signUpByMail(limited.app, { name: 'N', email, password, network: '198.51.100.1' });
    await assert.rejects(signUp, { code: 'too-many-requests' });
  }
  assert.equal((await mailsTo(limited, 'known@example.org')).length, 5);
  for (let i = 0; i < 10; i++) await askForReset(limited.app, { email: `n${i}@example.org`, network: '203.0.113.1' });
  const eleventh = askForReset(limited.app, { email: 'n11@example.org', network: '203.0.113.1' });
  await assert.rejects(eleventh, { code: 'too-many-requests' });
});
