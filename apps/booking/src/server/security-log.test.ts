import assert from 'node:assert/strict';
import { test } from 'node:test';
import { askForNewAddress } from './accounts/ask-for-new-address.ts';
import { askForReset } from './accounts/ask-for-reset.ts';
import { changeAddress } from './accounts/change-address.ts';
import { changeAdmin } from './accounts/change-admin.ts';
import { createAccessToken } from './accounts/create-access-token.ts';
import { disablePerson } from './accounts/disable-person.ts';
import { identifyCookie } from './accounts/identify.ts';
import { linkGoogle } from './accounts/link-google.ts';
import { resetPassword } from './accounts/reset-password.ts';
import { unlinkGoogle } from './accounts/unlink-google.ts';
import { SECURITY_EVENTS, type SecurityEvent } from './security-log.ts';
import { createTestApp } from './test-app.ts';
import { linkTokenOf } from './test-mailed-links.ts';
import { identityOf } from './test-studio.ts';

const studio = await createTestApp({ RATE_LIMITS: 'on' });
const { app, call } = studio;
const password = 'quiet mornings';
const now = new Date();
const ana = await studio.addPerson({ name: 'Ana Costa', password: await app.passwords.hash(password) });
const sofia = await studio.addPerson({ name: 'Sofia Marques', is_admin: true });
const admin = identityOf(sofia.id, { isAdmin: true });
const signIn = (given: string) => call('POST', '/api/v1/sessions', { body: { email: ana.email, password: given } });

async function signedIn(userId: number) {
  const { signInId = 0 } = (await identifyCookie(app.db, await studio.signIn(userId, 'page'), [])) ?? {};
  return { userId, signInId };
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
  'google.connected': async () => await linkGoogle(app, { ...(await signedIn(ana.id)), sub: 'g-ana' }),
  'google.disconnected': async () => await unlinkGoogle(app, { ...(await signedIn(ana.id)), agent: undefined, now }),
  'rights.changed': () => changeAdmin(app, { userId: ana.id, isAdmin: true }, admin),
  'account.disabled': () => disablePerson(app, { userId: ana.id, isDisabled: true }, admin),
  'account.enabled': () => disablePerson(app, { userId: ana.id, isDisabled: false }, admin),
  'account.deleted': async () => {
    const { token } = await studio.addPerson();
    assert.equal((await call('DELETE', '/api/v1/me', { token })).status, 204);
  },
};

for (const event of SECURITY_EVENTS) {
  test(`OBS-05: ${event} is one line of JSON, without an address, a name or a secret`, async () => {
    const before = studio.logLines.length;
    await PROVOKED[event]();
    const added = studio.logLines.slice(before).join('');
    const lines = added.split('\n').filter((line) => line.includes('"security"'));
    assert.equal(lines.length, 1, added);
    const { security, level, time, app: name } = JSON.parse(lines[0] ?? '');
    assert.deepEqual([security, name], [event, 'booking']);
    assert.ok(['info', 'warn'].includes(level) && Number.isFinite(Date.parse(time)));
    assert.doesNotMatch(added, /@|%40|Ana|Sofia|quiet|not the password|Bearer/i);
  });
}

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
