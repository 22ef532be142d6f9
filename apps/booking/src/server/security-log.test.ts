import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TOTP } from 'otpauth';
import { askForNewAddress } from './accounts/ask-for-new-address.ts';
import { askForReset } from './accounts/ask-for-reset.ts';
import { changeAddress } from './accounts/change-address.ts';
import { changeAdmin } from './accounts/change-admin.ts';
import { createAccessToken } from './accounts/create-access-token.ts';
import { disablePerson } from './accounts/disable-person.ts';
import { identifyBearer } from './accounts/identify.ts';
import { linkGoogle } from './accounts/link-google.ts';
import { resetPassword } from './accounts/reset-password.ts';
import { signInWithGoogle } from './accounts/sign-in-with-google.ts';
import { unlinkGoogle } from './accounts/unlink-google.ts';
import { addPasskey } from './passkeys/add-passkey.ts';
import { askForNewPasskey } from './passkeys/ask-for-passkey.ts';
import { listPasskeys } from './passkeys/list-passkeys.ts';
import { passkeySite } from './passkeys/passkey-site.ts';
import { removePasskey } from './passkeys/remove-passkey.ts';
import { createTestAuthenticator } from './passkeys/test-authenticator.ts';
import { SECURITY_EVENTS, type SecurityEvent } from './security-log.ts';
import { createTestApp } from './test-app.ts';
import { linkTokenOf } from './test-mailed-links.ts';
import { identityOf } from './test-studio.ts';
import { passSecondStep } from './two-step/pass-second-step.ts';
import { releaseFromTwoStep } from './two-step/release-from-two-step.ts';
import { renewRecoveryCodes } from './two-step/renew-recovery-codes.ts';
import { switchOffTwoStep } from './two-step/switch-off-two-step.ts';
import { switchOnTwoStep } from './two-step/switch-on-two-step.ts';
import { createKey } from './two-step/two-step.ts';

const studio = await createTestApp({ RATE_LIMITS: 'on' });
const { app, call } = studio;
const password = 'quiet mornings';
const now = new Date();
const ana = await studio.addPerson({ name: 'Ana Costa', password: await app.passwords.hash(password) });
const sofia = await studio.addPerson({ name: 'Sofia Marques', is_admin: true });
const admin = identityOf(sofia.id, { isAdmin: true });
const signIn = (given: string) => call('POST', '/api/v1/sessions', { body: { email: ana.email, password: given } });

const signInId = (await identifyBearer(app.db, ana.token, []))?.signInId ?? 0;
const appKey = createKey();
/** A code of ana's app; each a minute after the one before, since none is taken twice. */
const codeIn = (minutes: number) => {
  const at = new Date(now.getTime() + minutes * 60_000);
  return { code: new TOTP({ secret: appKey }).generate({ timestamp: at.getTime() }), now: at };
};
/** What must stand in no line. */
const secrets = [appKey];

async function addPhone() {
  const asked = await askForNewPasskey(app, { userId: ana.id, name: ana.name, email: ana.email, studio: 'S' });
  const { challenge } = asked.options;
  const { origin, id: rpId } = passkeySite(app.config) ?? assert.fail();
  const credential = createTestAuthenticator().make({ origin, rpId, challenge });
  secrets.push(challenge, asked.handle, credential.id);
  const added = { userId: ana.id, signInId, name: 'Ana’s phone' };
  await addPasskey(app, added, { credential, challenge, handle: asked.handle });
}

/** What brings each event, once. */
const PROVOKED: Record<SecurityEvent, () => Promise<unknown>> = {
  'sign_in.ok': () => signIn(password),
  'sign_in.failed': () => signIn('not the password'),
  'limit.hit': async () => {
    for (let tries = 0; tries < 10; tries++) await app.limits('sign-in-address', 'eve@home.example');
    await assert.rejects(app.limits('sign-in-address', 'eve@home.example'), { code: 'too-many-requests' });
  },
  'access.refused': () => call('POST', '/api/v1/facilitators', { token: ana.token, body: { name: 'x', email: 'y' } }),
  'password.changed': async () => {
    await askForReset(app, { email: ana.email, network: '192.0.2.1' });
    const token = await linkTokenOf(studio, 'reset', ana.email);
    await resetPassword(app, { token, password: 'another quiet one', agent: undefined, now });
  },
  'address.changed': async () => {
    // With the password that the reset above chose.
    const mine = { userId: ana.id, email: ana.email };
    const wish = { newEmail: 'ana@new.example', password: 'another quiet one', network: '192.0.2.1' };
    await askForNewAddress(app, mine, wish);
    const token = await linkTokenOf(studio, 'address', ana.email);
    await changeAddress(app, { token, owner: { by: 'sign-in', userId: ana.id }, agent: undefined, now });
    ana.email = 'ana@new.example';
  },
  'token.made': () =>
    createAccessToken(
      app,
      { userId: ana.id, email: ana.email },
      { name: 'Ana’s calendar', scopes: ['read'], days: 7, password: 'another quiet one', network: '192.0.2.1' },
    ),
  'google.connected': () => linkGoogle(app, { userId: ana.id, sub: 'g-ana' }),
  'google.disconnected': () => unlinkGoogle(app, { userId: ana.id, agent: undefined, now }),
  'passkey.added': addPhone,
  'passkey.removed': async () => {
    const [phone] = await listPasskeys(app.db, ana.id);
    await removePasskey(app, { userId: ana.id, signInId, id: phone?.id ?? '' });
  },
  'two_step.on': async () => {
    const codes = await switchOnTwoStep(app, { userId: ana.id, signInId, key: appKey, ...codeIn(0) });
    secrets.push(...(codes ?? []));
  },
  'recovery_codes.renewed': async () => {
    const codes = await renewRecoveryCodes(app, { userId: ana.id, ...codeIn(1) });
    secrets.push(...(codes ?? []));
  },
  'recovery_code.used': () => passSecondStep(app, { userId: ana.id, code: secrets.at(-1), now }),
  'two_step.off': () => switchOffTwoStep(app, { userId: ana.id, signInId, ...codeIn(2) }),
  'rights.changed': () => changeAdmin(app, { userId: ana.id, isAdmin: true }, admin),
  'account.disabled': () => disablePerson(app, { userId: ana.id, isDisabled: true }, admin),
  'account.enabled': () => disablePerson(app, { userId: ana.id, isDisabled: false }, admin),
  'account.deleted': async () => {
    const { token } = await studio.addPerson();
    assert.equal((await call('DELETE', '/api/v1/me', { token })).status, 204);
  },
};

/** What may be nobody's. */
const OF_A_REQUEST: ReadonlySet<SecurityEvent> = new Set(['limit.hit', 'access.refused']);

for (const event of SECURITY_EVENTS) {
  test(`OBS-05: ${event} is one line of JSON, without an address, a name or a secret`, async () => {
    const before = studio.logLines.length;
    await PROVOKED[event]();
    const added = studio.logLines.slice(before).join('');
    const lines = added.split('\n').filter((line) => line.includes('"security"'));
    assert.equal(lines.length, 1, added);
    const { security, level, time, app: name, user_id: userId } = JSON.parse(lines[0] ?? '');
    assert.deepEqual([security, name], [event, 'booking']);
    assert.ok(Number.isInteger(userId) || OF_A_REQUEST.has(event), 'the person by their id');
    assert.ok(['info', 'warn'].includes(level) && Number.isFinite(Date.parse(time)));
    assert.doesNotMatch(added, /@|%40|Ana|Sofia|quiet|not the password|Bearer/i);
    for (const secret of secrets) assert.ok(!added.includes(secret), secret);
  });
}

test('a change in how somebody signs in says from where it was asked, by which request, and who did it for them', async () => {
  const origin = { network: '192.0.2.9', requestId: 'request-9' };
  const ben = await studio.addPerson();
  const key = createKey();
  const code = new TOTP({ secret: key }).generate({ timestamp: now.getTime() });
  const before = studio.logLines.length;
  await linkGoogle(app, { userId: ben.id, sub: 'g-ben' }, origin);
  await linkGoogle(app, { userId: ben.id, sub: 'g-ben' }, origin);
  await switchOnTwoStep(app, { userId: ben.id, signInId: 0, key, code, now }, origin);
  await releaseFromTwoStep(app, ben.id, admin, origin);
  await releaseFromTwoStep(app, ben.id, admin, origin);
  const lines = studio.logLines.slice(before).map((line) => JSON.parse(line));
  const said = lines.map(({ security, user_id, by, network, request_id }) => [
    security,
    user_id,
    by,
    network,
    request_id,
  ]);
  assert.deepEqual(said, [
    ['google.connected', ben.id, undefined, '192.0.2.9', 'request-9'],
    ['two_step.on', ben.id, undefined, '192.0.2.9', 'request-9'],
    ['two_step.off', ben.id, sofia.id, '192.0.2.9', 'request-9'],
  ]);
});

test('an account that Google finds by its address is connected with the first sign-in alone', async () => {
  const lea = await studio.addPerson({ email: 'lea@letters.example' });
  const person = { sub: 'g-lea', name: 'Lea', email: lea.email, vouching: 'owner' } as const;
  const before = studio.logLines.length;
  for (let times = 0; times < 2; times++) {
    await signInWithGoogle(app, { person, network: '192.0.2.1', agent: undefined, now });
  }
  const events = studio.logLines.slice(before).map((line) => JSON.parse(line));
  assert.deepEqual(
    events.map(({ security }) => security),
    ['google.connected', 'sign_in.ok', 'sign_in.ok'],
  );
  assert.deepEqual([events[0].user_id, events[0].network], [lea.id, '192.0.2.1']);
});

test('a sign-in that fails says whose account it was, and of an unknown address nothing', async () => {
  const failed = async (email: string) => {
    const before = studio.logLines.length;
    await call('POST', '/api/v1/sessions', { body: { email, password: 'not the password' } });
    return JSON.parse(studio.logLines.slice(before).join('').split('\n')[0] ?? '');
  };
  assert.equal((await failed(ana.email)).user_id, ana.id);
  const unknown = await failed('nobody@home.example');
  assert.deepEqual([unknown.security, unknown.user_id], ['sign_in.failed', undefined]);
  assert.equal(unknown.network, '127.0.0.1');
});
