import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import { after, mock, test } from 'node:test';
import pg from 'pg';
import { askForNewPasskey } from '#server/passkeys/ask-for-passkey.ts';
import { createTestAuthenticator } from '#server/passkeys/test-authenticator.ts';
import { createTestApp } from '#server/test-app.ts';
import { askForNewAddress } from './ask-for-new-address.ts';
import { askForReset } from './ask-for-reset.ts';
import { erasePerson } from './erase-person.ts';
import { repeatSignUpMail } from './repeat-sign-up-mail.ts';
import { signIn } from './sign-in.ts';
import { signUpByMail } from './sign-up-by-mail.ts';
import { signUpByPasskey } from './sign-up-by-passkey.ts';

const studio = await createTestApp({ BOOKING_URL: 'http://localhost:3000' });
const { app, db, addPerson } = studio;
const password = 'quiet mornings';
const passwordHash = await app.passwords.hash(password);
const network = '192.0.2.1';
const now = new Date();

const hashing = mock.method(crypto, 'argon2', crypto.argon2);
syncBuiltinESMExports();
const querying = mock.method(pg.Client.prototype, 'query', pg.Client.prototype.query);
after(() => mock.restoreAll());

/** What a piece of work costs: hashes, and statements but for their values. */
async function costOf(work: () => Promise<unknown>) {
  hashing.mock.resetCalls();
  querying.mock.resetCalls();
  const outcome = await work().then(
    () => 'done',
    ({ code }) => code,
  );
  const statements = querying.mock.calls.map(({ arguments: [query] }) => {
    const text = typeof query === 'string' ? query : String((query as { text?: string }).text);
    // Either of two columns of one row.
    return text.replace(/"(prove|reset)_asked_at"/, '"…_asked_at"');
  });
  return { outcome, hashes: hashing.mock.callCount(), statements };
}

let added = 0;
/** An address of each kind there is; new ones each time. */
async function addresses() {
  const at = () => `somebody-${++added}@example.org`;
  const [proven, unproven, guest, erased] = [at(), at(), at(), at()];
  await addPerson({ email: proven, password: passwordHash });
  await addPerson({ email: unproven, password: passwordHash, proven_at: null });
  await addPerson({ email: guest, password: '!', proven_at: null });
  await erasePerson(db, (await addPerson({ email: erased, password: passwordHash })).id);
  return { unknown: at(), proven, unproven, guest, erased };
}

const WORKS: Record<string, (email: string) => Promise<unknown>> = {
  'signing up': (email) => signUpByMail(app, { name: 'Eve', email, password, network }),
  'signing up with a passkey': async (email) => {
    const { options, handle } = await askForNewPasskey(app, { name: 'Eve', email, studio: 'Samaya' });
    const { challenge } = options;
    const site = { origin: 'http://localhost:3000', rpId: 'localhost' };
    const credential = createTestAuthenticator().make({ ...site, challenge });
    await signUpByPasskey(app, { name: 'Eve', email, network, passkeyName: 'P' }, { credential, challenge, handle });
  },
  'asking for the mail of a sign-up again': (email) => repeatSignUpMail(app, { email, madeId: undefined, network }),
  'asking for a new password': (email) => askForReset(app, { email, network }),
  'signing in with a wrong password': (email) =>
    signIn(app, { email, password: 'not the password', kind: 'page', network, now }),
  'signing in with a password that is too long': (email) =>
    signIn(app, { email, password: 'x'.repeat(129), kind: 'page', network, now }),
};

for (const [what, work] of Object.entries(WORKS)) {
  test(`AUTHN-11: ${what} costs the same hashes and statements whoever has the address`, async () => {
    const costs = [];
    for (const [kind, email] of Object.entries(await addresses()))
      costs.push({ kind, ...(await costOf(() => work(email))) });
    for (const { kind, ...cost } of costs) {
      const { kind: _first, ...first } = costs[0] ?? assert.fail();
      assert.deepEqual(cost, first, kind);
    }
  });
}

test('AUTHN-11: asking for another address costs the same whoever has that', async () => {
  const costs = [];
  for (const [kind, newEmail] of Object.entries(await addresses())) {
    const { id: userId, email } = await addPerson({ password: passwordHash });
    const ask = () => askForNewAddress(app, { userId, email }, { newEmail, password, network });
    costs.push({ kind, ...(await costOf(ask)) });
  }
  for (const { kind, ...cost } of costs) {
    const { kind: _first, ...first } = costs[0] ?? assert.fail();
    assert.deepEqual(cost, first, kind);
  }
});

test('… and the count sees a hash and a statement more', async () => {
  const one = await costOf(() => app.passwords.hash(password));
  assert.deepEqual([one.hashes, one.statements.length], [1, 0]);
  const two = await costOf(() => db.selectFrom('users').select('id').limit(1).execute());
  assert.deepEqual([two.hashes, two.statements.length], [0, 1]);
});
