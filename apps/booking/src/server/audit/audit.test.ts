import assert from 'node:assert/strict';
import { test } from 'node:test';
import pg from 'pg';
import { changeAdmin } from '#server/accounts/change-admin.ts';
import { disablePerson } from '#server/accounts/disable-person.ts';
import { erasePerson } from '#server/accounts/erase-person.ts';
import { removePerson } from '#server/accounts/remove-person.ts';
import { signOutPerson } from '#server/accounts/sign-out-person.ts';
import { cancelEvent } from '#server/events/cancel-event.ts';
import { addFacilitator } from '#server/facilitators/add-facilitator.ts';
import { changeFacilitator } from '#server/facilitators/change-facilitator.ts';
import { importSchedule } from '#server/imports/import-schedule.ts';
import { csvOf, readText } from '#server/imports/test-rows.ts';
import { replayDead } from '#server/notifications/replay-dead.ts';
import { changeStudio } from '#server/studio/change-studio.ts';
import { readStudio } from '#server/studio/read-studio.ts';
import { createTestApp } from '#server/test-app.ts';
import { identityOf } from '#server/test-studio.ts';
import type { ActKind } from './audit.ts';
import { listActs } from './list-acts.ts';
import { recordAct } from './record-act.ts';

const studio = await createTestApp();
const { app, db, addPerson } = studio;
const sofia = await addPerson({ name: 'Sofia Marques', is_admin: true });
const admin = identityOf(sofia.id, { isAdmin: true });
const maya = await studio.addFacilitator('Maya Lind');
const origin = { network: '192.0.2.7', requestId: 'request-1' };

const allOf = async (filter: { kind?: ActKind; search?: string } = {}) =>
  (await listActs(db, { kind: filter.kind, search: filter.search ?? '', after: undefined, limit: 100 })).items;
const countOf = async () => (await allOf()).length;

/** What was added to the trail by `act`, newest first. */
async function addedBy(act: () => Promise<unknown>) {
  const before = await countOf();
  await act();
  const acts = await allOf();
  return acts.slice(0, acts.length - before);
}

test('DATA-08: what admins do to others is kept with who, to whom and from where, and doing nothing keeps nothing', async () => {
  const { id: userId } = await addPerson({ name: 'Lea Brandt' });
  const eventId = await studio.addEvent({ facilitator_id: maya.facilitatorId });
  await db.insertInto('outbox').values({ kind: 'user.changed', user_id: userId, dead_at: new Date() }).execute();
  const house = await readStudio(db);
  const once = { userId: sofia.id, origin, key: null, method: 'POST', path: '/', rawBody: new Uint8Array() };
  const acts: [ActKind, () => Promise<unknown>][] = [
    ['admin.made', () => changeAdmin(app, { userId, isAdmin: true }, admin, origin)],
    ['admin.unmade', () => changeAdmin(app, { userId, isAdmin: false }, admin, origin)],
    ['person.disabled', () => disablePerson(app, { userId, isDisabled: true }, admin, origin)],
    ['person.enabled', () => disablePerson(app, { userId, isDisabled: false }, admin, origin)],
    ['event.cancelled', () => cancelEvent(db, eventId, admin, origin)],
    ['settings.changed', () => changeStudio(db, { ...house, name: 'Another house' }, admin, origin)],
    [
      'facilitator.changed',
      () => changeFacilitator(db, { id: maya.facilitatorId, changes: { bio: 'Walks.' } }, admin, origin),
    ],
    ['messages.replayed', () => replayDead(db, {}, { userId: sofia.id, origin })],
  ];
  for (const [kind, act] of acts) {
    const [kept, ...more] = await addedBy(act);
    assert.equal(kept?.kind, kind);
    assert.deepEqual(more, []);
    assert.deepEqual(kept.actor, { id: sofia.id, name: 'Sofia Marques' });
    assert.deepEqual([kept.network, kept.requestId], ['192.0.2.7', 'request-1']);
    // The second time nothing is left to do.
    if (kind === 'admin.made' || kind === 'person.disabled') assert.deepEqual(kept.person?.id, userId);
    else assert.deepEqual(await addedBy(act), [], kind);
  }
  const [added] = await addedBy(() =>
    addFacilitator(app, { name: 'Noah', email: 'noah@studio.example', password: 'quiet mornings' }, once),
  );
  assert.deepEqual(
    [added?.kind, added?.facilitator?.name, added?.details],
    ['facilitator.added', 'Noah', { fields: ['account'] }],
  );
  const [out] = await addedBy(() => signOutPerson(app, { userId }, admin, origin));
  assert.deepEqual([out?.kind, out?.person?.name], ['person.signed_out', 'Lea Brandt']);
  const [removed] = await addedBy(() => removePerson(app, userId, admin, origin));
  assert.deepEqual([removed?.kind, removed?.person], ['person.removed', { id: userId, name: null }]);
});

test('an import that is applied is kept with how many events it wrote, one that only looks is not', async () => {
  const house = await readStudio(db);
  const schedule = readText(csvOf({ facilitator_email: maya.email }));
  const run = (apply: boolean) =>
    importSchedule(db, schedule, {
      actor: { kind: 'admin' },
      now: new Date(),
      moveTo: undefined,
      from: undefined,
      studio: house,
      apply,
      skipRefused: false,
    });
  assert.deepEqual(await addedBy(() => run(false)), []);
  const [kept] = await addedBy(() => run(true));
  assert.deepEqual([kept?.kind, kept?.actor, kept?.details], ['schedule.imported', null, { count: 1 }]);
  assert.deepEqual(await addedBy(() => run(true)), [], 'the second time nothing is written');
});

test('DATA-08: an act that does not happen is not in the trail, and one that is not kept does not happen', async () => {
  const { id: userId } = await addPerson();
  const before = await countOf();
  await assert.rejects(changeAdmin(app, { userId: sofia.id, isAdmin: false }, admin), { code: 'forbidden' });
  await assert.rejects(
    db.transaction().execute(async (trx) => {
      await recordAct(trx, { kind: 'admin.made', userId }, origin);
      throw new Error('the rest failed');
    }),
    /the rest failed/,
  );
  assert.equal(await countOf(), before);

  const owner = new pg.Client({ connectionString: studio.ownerUrl });
  await owner.connect();
  await owner.query("alter table audit_trail add constraint refuse_all check (kind <> 'person.disabled') not valid");
  await assert.rejects(disablePerson(app, { userId, isDisabled: true }, admin, origin));
  await owner.query('alter table audit_trail drop constraint refuse_all').finally(() => owner.end());
  const row = await db.selectFrom('users').select('disabled_at').where('id', '=', userId).executeTakeFirst();
  assert.deepEqual(row, { disabled_at: null });
});

test('DATA-08: nobody changes or deletes what is in the trail, neither the application nor who owns the tables', async () => {
  const before = await countOf();
  const statements = [
    "update audit_trail set network = 'elsewhere'",
    'update audit_trail set actor_id = 1 where false',
    'delete from audit_trail',
    'truncate audit_trail',
  ];
  for (const connectionString of [studio.appUrl, studio.ownerUrl]) {
    const client = new pg.Client({ connectionString });
    await client.connect();
    for (const statement of statements) {
      // 42501: insufficient privilege.
      await assert.rejects(client.query(statement), { code: '42501' }, statement);
    }
    if (connectionString === studio.appUrl) {
      for (const statement of ['alter table audit_trail disable trigger all', 'drop table audit_trail']) {
        await assert.rejects(client.query(statement), { code: '42501' }, statement);
      }
    }
    await client.end();
  }
  assert.equal(await countOf(), before);
});

test('negative control: without the trigger the application could write the trail anew', async () => {
  const owner = new pg.Client({ connectionString: studio.ownerUrl });
  await owner.connect();
  await owner.query('alter table audit_trail disable trigger audit_trail_only_grows');
  const { numUpdatedRows } = await db.updateTable('audit_trail').set({ network: '192.0.2.7' }).executeTakeFirst();
  await owner.query('alter table audit_trail enable trigger audit_trail_only_grows').finally(() => owner.end());
  assert.ok(numUpdatedRows > 0n);
});

test('acts are found by kind and by whoever did them or had them done, a page after the other', async () => {
  const [zoe, yan] = [await addPerson({ name: 'Zoé Ruiz', email: 'zoe@home.example' }), await addPerson()];
  const byZoe = identityOf(zoe.id, { isAdmin: true });
  await changeAdmin(app, { userId: zoe.id, isAdmin: true }, admin);
  for (let round = 0; round < 3; round++) {
    for (const isDisabled of [true, false]) await disablePerson(app, { userId: yan.id, isDisabled }, byZoe);
  }
  const found = await allOf({ search: 'zoe' });
  assert.deepEqual(
    found.map(({ kind }) => kind),
    [...Array(3).fill(['person.enabled', 'person.disabled']).flat(), 'admin.made'],
  );
  assert.equal((await allOf({ search: 'ZOE ruiz', kind: 'person.disabled' })).length, 3);
  assert.equal((await allOf({ search: 'home.example' })).length, 7);
  assert.deepEqual(await allOf({ search: 'nobody of this name' }), []);

  const seen: number[] = [];
  let after: string | undefined;
  do {
    const page = await listActs(db, { kind: undefined, search: '', after, limit: 4 });
    seen.push(...page.items.map(({ id }) => id));
    after = page.next ?? undefined;
  } while (after);
  assert.deepEqual(
    seen,
    (await allOf()).map(({ id }) => id),
  );
  await assert.rejects(listActs(db, { kind: undefined, search: '', after: 'x', limit: 4 }), { code: 'bad-request' });
});

test('who is erased is nobody in particular in it, and no name or address is kept in the rows', async () => {
  const [tom, uma] = [await addPerson({ name: 'Tom Ek', email: 'tom@home.example' }), await addPerson()];
  await changeAdmin(app, { userId: tom.id, isAdmin: true }, admin);
  await disablePerson(app, { userId: uma.id, isDisabled: true }, identityOf(tom.id, { isAdmin: true }));
  await erasePerson(db, tom.id);
  const [disabled, made] = await allOf();
  assert.deepEqual(
    [disabled?.actor, made?.person],
    [
      { id: tom.id, name: null },
      { id: tom.id, name: null },
    ],
  );
  assert.deepEqual(await allOf({ search: 'tom' }), []);
  const rows = JSON.stringify(await db.selectFrom('audit_trail').selectAll().execute());
  assert.doesNotMatch(rows, /@|Tom|Sofia|Lea|Walks/);
});

test('a person’s export holds what they did and what was done to them, without where others were', async () => {
  const [ina, boss] = [await addPerson(), await addPerson({ is_admin: true })];
  await changeAdmin(app, { userId: ina.id, isAdmin: true }, identityOf(boss.id, { isAdmin: true }), origin);
  await changeAdmin(app, { userId: boss.id, isAdmin: false }, identityOf(ina.id, { isAdmin: true }), origin);
  const { body } = await studio.call('GET', '/api/v1/me/export', { token: ina.token });
  assert.deepEqual(
    body.audit_trail.map(({ kind, done, network }: Record<string, unknown>) => [kind, done, network]),
    [
      ['admin.made', 'to you', null],
      ['admin.unmade', 'by you', '192.0.2.7'],
    ],
  );
});
