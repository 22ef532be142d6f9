import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTestApp } from '#server/test-app.ts';
import { erasePerson } from './erase-person.ts';
import { findOrAddPerson, type NamedPerson } from './find-or-add-person.ts';
import { signIn } from './sign-in.ts';

const { app, db, addPerson } = await createTestApp();

const find = (person: NamedPerson) => db.transaction().execute((trx) => findOrAddPerson(trx, person));

const rowOf = (id: number) =>
  db
    .selectFrom('users')
    .select(['name', 'email', 'password', 'proven_at', 'is_admin'])
    .where('id', '=', id)
    .executeTakeFirstOrThrow();

test('somebody new gets an account that nobody has confirmed and no password opens', async () => {
  const id = await find({ name: 'Lea Brandt', email: 'lea@example.org' });
  assert.deepEqual(await rowOf(id), {
    name: 'Lea Brandt',
    email: 'lea@example.org',
    password: '!',
    proven_at: null,
    is_admin: false,
  });
  for (const password of ['!', '']) {
    const tried = signIn(app, {
      email: 'lea@example.org',
      password,
      network: undefined,
      kind: 'page',
      now: new Date(),
    });
    await assert.rejects(tried, { code: 'bad-credentials' });
  }
});

test('who is there stays as they are, however the address is written in the table', async () => {
  const ana = await addPerson({ name: 'Ana Costa', email: 'Ana.Costa@example.org', password: 'a hash' });
  const before = await rowOf(ana.id);
  assert.equal(await find({ name: 'Somebody Else', email: 'ana.costa@example.org' }), ana.id);
  assert.deepEqual(await rowOf(ana.id), before);
});

test('who was erased is somebody new the next time', async () => {
  const first = await find({ name: 'Ben Okoye', email: 'ben@example.org' });
  await erasePerson(db, first);
  const second = await find({ name: 'Ben Okoye', email: 'ben@example.org' });
  assert.notEqual(second, first);
  assert.equal((await rowOf(second)).name, 'Ben Okoye');
});

test('many at once with one new address are one person', async () => {
  const ids = await Promise.all(
    Array.from({ length: 20 }, (_, index) => find({ name: `Name ${index}`, email: 'crowd@example.org' })),
  );
  assert.equal(new Set(ids).size, 1);
});
