import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { admitGuest } from '../apps/booking/src/server/accounts/admit-guest.ts';
import { askForNewAddress } from '../apps/booking/src/server/accounts/ask-for-new-address.ts';
import { askForReset } from '../apps/booking/src/server/accounts/ask-for-reset.ts';
import { changeAddress } from '../apps/booking/src/server/accounts/change-address.ts';
import { changePassword } from '../apps/booking/src/server/accounts/change-password.ts';
import { erasePerson } from '../apps/booking/src/server/accounts/erase-person.ts';
import { resetPassword } from '../apps/booking/src/server/accounts/reset-password.ts';
import { endAllSignIns } from '../apps/booking/src/server/accounts/sign-in.ts';
import { linkTokenOf } from '../apps/booking/src/server/test-mailed-links.ts';
import { startBothApps } from './both-apps.ts';

const { booking, crm, tell, hold } = await startBothApps();
const { app, db } = booking;
const password = 'quiet mornings';
const network = '192.0.2.1';
const now = new Date();
const MOST_MS = 1000;
const ENOUGH_MS = 30_000;

/** A facilitator who is signed in to both applications. */
async function facilitate() {
  const maya = await booking.addFacilitator();
  const passwordHash = await app.passwords.hash(password);
  await db.updateTable('users').set({ password: passwordHash }).where('id', '=', maya.id).execute();
  const atCrm = await crm.signIn(maya.facilitatorId, maya.id);
  return { ...maya, userId: maya.id, atCrm, page: await booking.signIn(maya.id, 'page') };
}

const isInCrm = async (token: string) => (await crm.ask('GET', '/api/v1/me', { token })).status === 200;
const isInBooking = async (token: string) => (await booking.call('GET', '/api/v1/me', { token })).status === 200;

/** Milliseconds until CRM knows the token no more. */
async function untilOut(token: string): Promise<number> {
  const begin = performance.now();
  while (await isInCrm(token)) {
    if (performance.now() - begin > ENOUGH_MS) assert.fail('still signed in to CRM');
    await sleep(10);
  }
  return performance.now() - begin;
}

type Maya = Awaited<ReturnType<typeof facilitate>>;

const WAYS: Record<string, (maya: Maya) => Promise<unknown>> = {
  'signing out everywhere': ({ id }) => endAllSignIns(db, id),
  'a new password': (maya) =>
    changePassword(app, maya, { current: password, password: 'other words now', network, agent: undefined, now }),
  async 'a password chosen by mail'({ email }) {
    await askForReset(app, { email, network });
    const token = await linkTokenOf(booking, 'reset', email);
    await resetPassword(app, { token, password: 'other words now', agent: undefined, now });
  },
  async 'a new address'(maya) {
    await askForNewAddress(app, maya, { newEmail: `new-${maya.email}`, password, network });
    const token = await linkTokenOf(booking, 'address', maya.email);
    await changeAddress(app, { token, owner: { by: 'sign-in', userId: maya.id }, agent: undefined, now });
  },
  deletion: ({ id }) => erasePerson(db, id),
};

for (const [way, go] of Object.entries(WAYS)) {
  test(`SESS-06: ${way} at booking ends the sign-ins there at once, and those of CRM within a second`, async () => {
    const other = await facilitate();
    const times: number[] = [];
    for (const maya of [await facilitate(), await facilitate()]) {
      assert.ok(await isInCrm(maya.atCrm));
      await go(maya);
      app.relay.wake();
      times.push(await untilOut(maya.atCrm));
      assert.equal(await isInBooking(maya.token), false);
    }
    // A machine may stand still for once, so the quicker of the two counts.
    assert.ok(Math.min(...times) <= MOST_MS, times.join());
    assert.ok((await isInCrm(other.atCrm)) && (await isInBooking(other.token)), 'and nobody else’s');
  });
}

test('SESS-06: with CRM away its sign-ins end when it is back; what was begun after that stays', async () => {
  const maya = await facilitate();
  await hold();
  await endAllSignIns(db, maya.id);
  app.relay.wake();
  await sleep(300);
  assert.ok(await isInCrm(maya.atCrm));
  await tell();
  assert.equal(await isInCrm(maya.atCrm), false);
  const later = await crm.signIn(maya.facilitatorId, maya.id);
  await tell();
  assert.ok(await isInCrm(later));
});

test('… and without the message CRM would not know of it', async () => {
  const maya = await facilitate();
  await db.deleteFrom('sign_ins').where('user_id', '=', maya.id).execute();
  await tell();
  assert.equal(await isInBooking(maya.token), false);
  assert.ok(await isInCrm(maya.atCrm));
});

test('of somebody who was never proven CRM is told nothing', async () => {
  const stranger = await booking.addPerson({ proven_at: null, password: await app.passwords.hash(password) });
  await admitGuest(db, { name: 'Owner', email: stranger.email });
  const told = await db.selectFrom('outbox').select('kind').where('user_id', '=', stranger.id).execute();
  assert.deepEqual(told, []);
});
