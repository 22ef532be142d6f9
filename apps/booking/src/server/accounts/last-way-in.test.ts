import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sql, type Transaction } from 'kysely';
import type { DB } from '#server/database-types.ts';
import { listPasskeys } from '#server/passkeys/list-passkeys.ts';
import { deletePasskey, selectHasWayIn } from '#server/passkeys/passkey-queries.ts';
import { removePasskey } from '#server/passkeys/remove-passkey.ts';
import { createTestApp } from '#server/test-app.ts';
import { untilWaitedFor } from '#server/test-waiting.ts';
import { NO_PASSWORD } from './account.ts';
import { selectAccountState } from './account-state-queries.ts';
import { getGoogleLink } from './get-google-link.ts';
import { setGoogleId } from './google-account-queries.ts';
import { lockAccount } from './lock-account.ts';
import { unlinkGoogle } from './unlink-google.ts';

const studio = await createTestApp();
const { app, db } = studio;
const now = new Date();
let added = 0;

/** Somebody without a password, whom Google and one passkey let in. */
async function addPerson() {
  const { id: userId } = await studio.addPerson({ google_id: `g-${++added}` });
  const { rows } = await sql<{ id: string }>`
    insert into passkeys (user_id, credential_id, public_key, counter, name)
    values (${userId}, ${Buffer.from(`key ${added}`)}, 'k', 0, 'Phone') returning id::text`.execute(db);
  return { userId, passkey: rows[0]?.id ?? '' };
}
type Person = Awaited<ReturnType<typeof addPerson>>;

const disconnect = ({ userId }: Person) => unlinkGoogle(app, { userId, agent: undefined, now });
const remove = ({ userId, passkey }: Person) => removePasskey(app, { userId, signInId: 0, id: passkey });
const isOnlyWay = { code: 'last-way-in' };

async function waysOf({ userId }: Person): Promise<string[]> {
  const { isLinked, hasPasskey } = await getGoogleLink(db, userId);
  return [...(isLinked ? ['Google'] : []), ...(hasPasskey ? ['passkey'] : [])];
}

test('who has a passkey and no password disconnects Google, and then keeps the passkey', async () => {
  const person = await addPerson();
  assert.ok(await disconnect(person));
  assert.deepEqual(await waysOf(person), ['passkey']);
  await assert.rejects(remove(person), isOnlyWay);
  assert.deepEqual(await waysOf(person), ['passkey']);
});

test('who has Google and no password removes the passkey, and then keeps Google', async () => {
  const person = await addPerson();
  await remove(person);
  await assert.rejects(disconnect(person), isOnlyWay);
  assert.deepEqual(await waysOf(person), ['Google']);
});

test('of two tabs that take off one of the last two ways each, one is refused', async () => {
  for (let round = 0; round < 20; round++) {
    const person = await addPerson();
    const both = round % 2 ? [disconnect(person), remove(person)] : [remove(person), disconnect(person)];
    const refused = (await Promise.allSettled(both)).filter((one) => one.status === 'rejected');
    assert.deepEqual(
      refused.map(({ reason }) => reason.code),
      ['last-way-in'],
    );
    assert.equal((await waysOf(person)).length, 1);
  }
});

/** Takes one way off, and lets `other` begin before that is committed; answers which ways are left. */
async function whileOneGoes(
  person: Person,
  { first, other }: { first: (trx: Transaction<DB>) => Promise<unknown>; other: () => Promise<unknown> },
): Promise<string[]> {
  let outcome: Promise<unknown> = Promise.resolve();
  await db.transaction().execute(async (trx) => {
    await first(trx);
    outcome = Promise.allSettled([other()]);
    await untilWaitedFor(trx, outcome);
  });
  await outcome;
  return await waysOf(person);
}

test('who waits for the other tab looks again at what is left', async () => {
  const one = await addPerson();
  const googleGoes = async (trx: Transaction<DB>) => {
    await lockAccount(trx, one.userId);
    await setGoogleId(trx, one.userId, null);
  };
  assert.deepEqual(await whileOneGoes(one, { first: googleGoes, other: () => remove(one) }), ['passkey']);

  const two = await addPerson();
  const passkeyGoes = async (trx: Transaction<DB>) => {
    await lockAccount(trx, two.userId);
    await deletePasskey(trx, { id: two.passkey, userId: two.userId });
  };
  assert.deepEqual(await whileOneGoes(two, { first: passkeyGoes, other: () => disconnect(two) }), ['Google']);
});

test('negative control: without the lock on the account each finds the other way still there, and both go', async () => {
  const one = await addPerson();
  const removeUnlocked = () =>
    db.transaction().execute(async (trx) => {
      await deletePasskey(trx, { id: one.passkey, userId: one.userId });
      assert.ok(await selectHasWayIn(trx, one.userId, NO_PASSWORD));
    });
  const googleGoes = (trx: Transaction<DB>) => setGoogleId(trx, one.userId, null);
  assert.deepEqual(await whileOneGoes(one, { first: googleGoes, other: removeUnlocked }), []);

  const two = await addPerson();
  const disconnectUnlocked = () =>
    db.transaction().execute(async (trx) => {
      assert.equal((await selectAccountState(trx, two.userId))?.passwordHash, NO_PASSWORD);
      assert.equal((await listPasskeys(trx, two.userId)).length, 1);
      await setGoogleId(trx, two.userId, null);
    });
  const passkeyGoes = (trx: Transaction<DB>) => deletePasskey(trx, { id: two.passkey, userId: two.userId });
  assert.deepEqual(await whileOneGoes(two, { first: passkeyGoes, other: disconnectUnlocked }), []);
});
