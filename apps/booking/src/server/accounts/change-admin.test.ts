import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTestApp } from '#server/test-app.ts';
import { identityOf } from '#server/test-studio.ts';
import { changeAdmin } from './change-admin.ts';
import { findPerson } from './identity-queries.ts';
import { listPeople } from './list-people.ts';
import { updateIsAdmin } from './people-queries.ts';
import { removePerson } from './remove-person.ts';

const studio = await createTestApp({ ADMIN_EMAILS: 'boss@studio.example' });
const { app, db, addPerson } = studio;
const admin = (id: number) => identityOf(id, { isAdmin: true });

const adminsAmong = async (...ids: number[]) => {
  const rows = await db.selectFrom('users').select('id').where('id', 'in', ids).where('is_admin', '=', true).execute();
  return rows.map(({ id }) => id);
};

test('an admin makes another one, and makes them none again', async () => {
  const [sofia, ana] = [await addPerson({ is_admin: true }), await addPerson()];
  await changeAdmin(app, { userId: ana.id, isAdmin: true }, admin(sofia.id));
  await changeAdmin(app, { userId: ana.id, isAdmin: true }, admin(sofia.id));
  assert.deepEqual(await adminsAmong(ana.id), [ana.id]);
  await changeAdmin(app, { userId: ana.id, isAdmin: false }, admin(sofia.id));
  assert.deepEqual(await adminsAmong(ana.id), []);
});

test('nobody changes it of themselves, nor does who is no admin any more', async () => {
  const [sofia, ana, ben] = [await addPerson({ is_admin: true }), await addPerson(), await addPerson()];
  for (const isAdmin of [true, false]) {
    await assert.rejects(changeAdmin(app, { userId: sofia.id, isAdmin }, admin(sofia.id)), { code: 'forbidden' });
  }
  // Whoever still holds a page of before.
  await assert.rejects(changeAdmin(app, { userId: ben.id, isAdmin: true }, admin(ana.id)), { code: 'forbidden' });
  await assert.rejects(changeAdmin(app, { userId: 2_000_000_000, isAdmin: true }, admin(sofia.id)), {
    code: 'not-found',
  });
  assert.deepEqual(await adminsAmong(sofia.id, ana.id, ben.id), [sofia.id]);
});

test('an address that nobody confirmed makes no admin, and one of ADMIN_EMAILS stays one', async () => {
  const sofia = await addPerson({ is_admin: true });
  const unproven = await addPerson({ proven_at: null });
  await assert.rejects(changeAdmin(app, { userId: unproven.id, isAdmin: true }, admin(sofia.id)), {
    code: 'not-proven',
  });
  const boss = await addPerson({ email: 'Boss@studio.example' });
  await assert.rejects(changeAdmin(app, { userId: boss.id, isAdmin: false }, admin(sofia.id)), { code: 'forbidden' });
  await changeAdmin(app, { userId: sofia.id, isAdmin: false }, admin(boss.id));
  assert.deepEqual(await adminsAmong(sofia.id, unproven.id), []);
});

/** Two admins who unmake each other at once; answers how many are left. */
async function unmakeEachOther(): Promise<number> {
  const [one, other] = [await addPerson({ is_admin: true }), await addPerson({ is_admin: true })];
  await Promise.allSettled([
    changeAdmin(app, { userId: other.id, isAdmin: false }, admin(one.id)),
    changeAdmin(app, { userId: one.id, isAdmin: false }, admin(other.id)),
  ]);
  return (await adminsAmong(one.id, other.id)).length;
}

test('of two admins who unmake each other at once one stays', async () => {
  for (let round = 0; round < 20; round++) assert.equal(await unmakeEachOther(), 1);
});

test('negative control: without the lock each finds the other an admin still, and none is left', async () => {
  const pair = [await addPerson({ is_admin: true }), await addPerson({ is_admin: true })];
  let looked = 0;
  let bothLooked = () => {};
  const together = new Promise<void>((resolve) => {
    bothLooked = resolve;
  });
  await Promise.all(
    pair.map(({ id }, index) =>
      db.transaction().execute(async (trx) => {
        const self = await findPerson(trx, { userId: id, adminEmails: [] });
        assert.equal(self?.is_admin, true);
        looked++;
        if (looked === 2) bothLooked();
        await together;
        await updateIsAdmin(trx, pair[1 - index]?.id ?? 0, false);
      }),
    ),
  );
  assert.deepEqual(await adminsAmong(...pair.map(({ id }) => id)), []);
});

test('somebody is removed by an admin, unless it is themselves or another admin', async () => {
  const [sofia, tom, ana] = [
    await addPerson({ is_admin: true }),
    await addPerson({ is_admin: true }),
    await addPerson(),
  ];
  await assert.rejects(removePerson(app, sofia.id, admin(sofia.id)), { code: 'forbidden' });
  await assert.rejects(removePerson(app, tom.id, admin(sofia.id)), { code: 'forbidden' });
  await assert.rejects(removePerson(app, ana.id, identityOf(tom.id)), { code: 'forbidden' });
  await removePerson(app, ana.id, admin(sofia.id));
  await assert.rejects(removePerson(app, ana.id, admin(sofia.id)), { code: 'not-found' });
  const { items } = await listPeople(app, { search: ana.email, after: undefined, limit: 5 });
  assert.deepEqual(items, []);
});
