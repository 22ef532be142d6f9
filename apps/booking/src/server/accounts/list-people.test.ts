import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTestApp } from '#server/test-app.ts';
import { countPeople } from './count-people.ts';
import { getListedPerson } from './get-listed-person.ts';
import { listAdmins } from './list-admins.ts';
import { listPeople } from './list-people.ts';

const studio = await createTestApp({ ADMIN_EMAILS: 'boss@studio.example' });
const { app, db } = studio;
const maya = await studio.addFacilitator('Maya Lind');
const ana = await studio.addPerson({ name: 'Ána Costa', email: 'ana@home.example', proven_at: null });
const boss = await studio.addPerson({ name: 'The Boss', email: 'Boss@studio.example' });
const sofia = await studio.addPerson({ name: 'Sofia Marques', is_admin: true });

const find = async (search: string) => {
  const { items } = await listPeople(app, { search, after: undefined, limit: 50 });
  return items.map(({ name }) => name);
};

test('people are found by words of name or address, the newest first', async () => {
  assert.deepEqual(await find(''), ['Sofia Marques', 'The Boss', 'Ána Costa', 'Maya Lind']);
  assert.deepEqual(await find('ana'), ['Ána Costa']);
  assert.deepEqual(await find('STUDIO boss'), ['The Boss']);
  assert.deepEqual(await find('home.example'), ['Ána Costa']);
  assert.deepEqual(await find('_'), []);
});

test('each says what they are, and what is still to come', async () => {
  const place = async (userId: number, event: { date_time?: Date } = {}, status = 'confirmed') =>
    db
      .insertInto('bookings')
      .values({
        user_id: userId,
        event_id: await studio.addEvent({ facilitator_id: maya.facilitatorId, ...event }),
        status,
      })
      .execute();
  await place(ana.id);
  await place(ana.id, {}, 'cancelled');
  await place(ana.id, { date_time: new Date(Date.now() - 86_400_000) });
  const seen = async (id: number) => {
    const { isProven, isAdmin, isAdminByAddress, facilitatorId, upcoming, disabledAt } = await getListedPerson(app, id);
    return { isProven, isAdmin, isAdminByAddress, facilitatorId, upcoming, disabledAt };
  };
  const nobody = {
    isProven: true,
    isAdmin: false,
    isAdminByAddress: false,
    facilitatorId: null,
    upcoming: 0,
    disabledAt: null,
  };
  assert.deepEqual(await seen(ana.id), { ...nobody, isProven: false, upcoming: 1 });
  assert.deepEqual(await seen(boss.id), { ...nobody, isAdmin: true, isAdminByAddress: true });
  assert.deepEqual(await seen(sofia.id), { ...nobody, isAdmin: true });
  assert.deepEqual(await seen(maya.id), { ...nobody, facilitatorId: maya.facilitatorId });
  await assert.rejects(seen(2_000_000_000), { code: 'not-found' });
  assert.deepEqual(await countPeople(app), { people: 4, facilitators: 1, admins: 2 });
});

test('pages follow each other', async () => {
  const seen: string[] = [];
  let after: string | undefined;
  do {
    const page = await listPeople(app, { search: '', after, limit: 3 });
    seen.push(...page.items.map(({ name }) => name));
    after = page.next ?? undefined;
  } while (after);
  assert.deepEqual(seen, await find(''));
  await assert.rejects(listPeople(app, { search: '', after: 'x', limit: 3 }), { code: 'bad-request' });
});

test('the admins are those who were made so and those of ADMIN_EMAILS, whom nobody has to be yet', async () => {
  const waiting = { ...app.config, adminEmails: ['boss@studio.example', 'later@studio.example'] };
  const admins = await listAdmins({ db, config: waiting });
  assert.deepEqual(
    admins.map(({ name, email, isByAddress }) => [name, email, isByAddress]),
    [
      ['Sofia Marques', sofia.email, false],
      ['The Boss', 'Boss@studio.example', true],
      [null, 'later@studio.example', true],
    ],
  );
});
