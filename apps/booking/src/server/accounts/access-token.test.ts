import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTestApp } from '#server/test-app.ts';
import { MOST_TOKENS, type Scope } from './access-token.ts';
import { createAccessToken } from './create-access-token.ts';
import { endOwnSignIn } from './end-own-sign-in.ts';
import { exportPerson } from './export-person.ts';
import { listAccessTokens } from './list-access-tokens.ts';
import { listSignIns } from './list-sign-ins.ts';
import { endAllSignIns } from './sign-in.ts';

const studio = await createTestApp();
const { app, db } = studio;
const password = 'quiet mornings';
const hash = await app.passwords.hash(password);
const network = '192.0.2.1';

const { facilitatorId } = await studio.addFacilitator();
const addEvent = () => studio.addEvent({ facilitator_id: facilitatorId });

async function addPerson() {
  const person = await studio.addPerson({ password: hash });
  return { ...person, userId: person.id };
}

const make = (person: { userId: number; email: string }, scopes: Scope[] = ['read'], more = {}) =>
  createAccessToken(app, person, { name: 'Calendar', scopes, days: 30, password, network, ...more });

const statusOf = async (method: string, path: string, token: string, body?: unknown) =>
  (await studio.call(method, path, { token, body })).status;

test('a token may look, and do no more than it was made for', async () => {
  const ana = await addPerson();
  const [event, another] = [await addEvent(), await addEvent()];
  const [look, book] = [await make(ana), await make(ana, ['read', 'book'])];
  assert.equal(await statusOf('GET', '/api/v1/bookings', look), 200);
  assert.equal(await statusOf('POST', '/api/v1/bookings', look, { event_id: event }), 403);
  assert.equal(await statusOf('POST', '/api/v1/bookings', book, { event_id: event }), 201);
  assert.equal(await statusOf('POST', '/api/v1/bookings', ana.token, { event_id: another }), 201);
  const refused = await studio.call('POST', '/api/v1/bookings', { token: look, body: { event_id: another } });
  assert.equal(refused.body.code, 'forbidden');
  assert.match(refused.body.detail, /may “book”/);
});

test('running events takes a token made for it, and a person who may', async () => {
  const maya = await studio.addFacilitator();
  await db.updateTable('users').set({ password: hash }).where('id', '=', maya.id).execute();
  const person = { userId: maya.id, email: maya.email };
  const event = await studio.addEvent({ facilitator_id: maya.facilitatorId });
  const path = `/api/v1/events/${event}`;
  const [book, organise] = [await make(person, ['read', 'book']), await make(person, ['read', 'organise'])];
  assert.equal(await statusOf('GET', `${path}/bookings`, book), 403);
  assert.equal(await statusOf('GET', `${path}/bookings`, organise), 200);
  assert.equal(await statusOf('PATCH', path, organise, { title: 'Yin at noon' }), 200);
  const ana = await addPerson();
  assert.equal(await statusOf('PATCH', path, await make(ana, ['read', 'organise']), { title: 'Mine' }), 403);
});

test('a token that books for its person cancels nobody else’s booking, though its person may', async () => {
  const maya = await studio.addFacilitator();
  await db.updateTable('users').set({ password: hash, is_admin: true }).where('id', '=', maya.id).execute();
  const person = { userId: maya.id, email: maya.email };
  const [event, own] = [await studio.addEvent({ facilitator_id: maya.facilitatorId }), await addEvent()];
  const ana = await addPerson();
  const booked = async (event_id: number, token: string) =>
    (await studio.call('POST', '/api/v1/bookings', { token, body: { event_id } })).body.id;
  const [book, both] = [await make(person, ['read', 'book']), await make(person, ['read', 'book', 'organise'])];
  const [theirs, hers] = [await booked(event, ana.token), await booked(own, book)];
  assert.equal(await statusOf('POST', `/api/v1/bookings/${theirs}/cancel`, book), 404);
  assert.equal(await statusOf('POST', `/api/v1/bookings/${hers}/cancel`, book), 200);
  assert.equal(await statusOf('POST', `/api/v1/bookings/${theirs}/cancel`, both), 200);
  const again = await booked(event, (await addPerson()).token);
  assert.equal(await statusOf('POST', `/api/v1/bookings/${again}/cancel`, maya.token), 200, 'a sign-in is all of her');
});

test('no token reaches the account itself', async () => {
  const ana = await addPerson();
  const token = await make(ana, ['read', 'book', 'organise']);
  assert.equal(await statusOf('PATCH', '/api/v1/me', token, { name: 'Eve' }), 403);
  assert.equal(await statusOf('GET', '/api/v1/me/export', token), 403);
  assert.equal(await statusOf('DELETE', '/api/v1/me', token), 403);
  assert.equal(await statusOf('GET', '/api/v1/me', token), 200);
});

test('every route for people who are signed in says what a token needs, or that none is enough', async () => {
  const { body } = await studio.call('GET', '/openapi.json');
  const needs = Object.entries<Record<string, { security?: { bearer?: string[] }[] }>>(body.paths).flatMap(
    ([path, methods]) =>
      Object.entries(methods).flatMap(([method, { security }]) =>
        security?.[0]?.bearer ? [`${method} ${path} ${security[0].bearer.join() || '-'}`] : [],
      ),
  );
  assert.deepEqual(needs.filter((each) => each.endsWith(' -')).sort(), [
    'delete /api/v1/me -',
    'get /api/v1/me/export -',
    'patch /api/v1/facilitators/{id} -',
    'patch /api/v1/me -',
    'post /api/v1/facilitators -',
  ]);
});

test('a wrong password makes none, and neither does somebody else’s', async () => {
  const [ana, ben] = [await addPerson(), await addPerson()];
  await assert.rejects(make(ana, ['read'], { password: 'not this one' }), { code: 'bad-credentials' });
  await assert.rejects(make({ userId: ana.userId, email: ben.email }), { code: 'bad-credentials' });
  assert.deepEqual(await listAccessTokens(db, ana.userId), []);
});

test('SESS-02: only the hash of a token is kept', async () => {
  const ana = await addPerson();
  const token = await make(ana);
  assert.match(token, /^samaya_[\w-]{43}$/);
  const rows = await db.selectFrom('sign_ins').selectAll().where('user_id', '=', ana.userId).execute();
  assert.ok(!JSON.stringify(rows).includes(token.slice(7)));
});

test('a token ends with its day, with its person’s word, and with every sign-in', async () => {
  const ana = await addPerson();
  const [one, two, three] = [await make(ana), await make(ana), await make(ana)];
  const [newest, middle] = await listAccessTokens(db, ana.userId);
  await endOwnSignIn(db, { id: String(newest?.id), userId: ana.userId });
  assert.equal(await statusOf('GET', '/api/v1/me', three), 401);
  await db
    .updateTable('sign_ins')
    .set({ expires_at: new Date(Date.now() - 1000) })
    .where('id', '=', Number(middle?.id))
    .execute();
  assert.equal(await statusOf('GET', '/api/v1/me', two), 401);
  assert.equal(await statusOf('GET', '/api/v1/me', one), 200);
  assert.equal((await listAccessTokens(db, ana.userId)).length, 1);
  await endAllSignIns(db, ana.userId);
  assert.equal(await statusOf('GET', '/api/v1/me', one), 401);
});

test('tokens are listed apart from sign-ins, and exported with them', async () => {
  const ana = await addPerson();
  await make(ana, ['read', 'book']);
  const identity = { userId: ana.userId, signInId: 0, isAdmin: false, facilitatorId: null };
  assert.deepEqual(
    (await listSignIns(db, identity)).map(({ kind }) => kind),
    ['api'],
  );
  const [listed] = await listAccessTokens(db, ana.userId);
  assert.deepEqual([listed?.name, listed?.scopes, listed?.usedAt], ['Calendar', ['read', 'book'], null]);
  const { sign_ins } = await exportPerson(db, { userId: ana.userId, now: new Date() });
  assert.deepEqual(
    sign_ins.map(({ name, scopes }) => [name, scopes]),
    [
      [null, null],
      ['Calendar', ['read', 'book']],
    ],
  );
});

test('one person has so many tokens at most, also when two are made at once', async () => {
  const ana = await addPerson();
  await db
    .insertInto('sign_ins')
    .values(
      Array.from({ length: MOST_TOKENS - 1 }, (_, n) => ({
        secret_hash: Buffer.from(`${ana.userId} ${n}`),
        kind: 'api',
        user_id: ana.userId,
        name: `Number ${n}`,
        scopes: ['read'],
        expires_at: new Date(Date.now() + 86_400_000),
      })),
    )
    .execute();
  const made = await Promise.allSettled([make(ana), make(ana), make(ana)]);
  assert.equal(made.filter(({ status }) => status === 'fulfilled').length, 1);
  const refused = made.find((each) => each.status === 'rejected');
  assert.equal(refused?.reason.code, 'too-many-tokens');
});
