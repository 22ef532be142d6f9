import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTestApp } from '#server/test-app.ts';

const studio = await createTestApp();
const { call, db } = studio;
const PATH = '/api/v1/facilitators';
const admin = await studio.addPerson({ is_admin: true });
const ana = await studio.addPerson();
const maya = await studio.addFacilitator('Maya Lind');
const password = 'quiet mornings';

function add(body: unknown, headers: Record<string, string> = {}) {
  return call('POST', PATH, { token: admin.token, body, headers });
}
function trySignIn(email: string, given = password) {
  return call('POST', '/api/v1/sessions', { body: { email, password: given } });
}

test('lists page by page, without addresses', async () => {
  for (let i = 0; i < 4; i++)
    await add({ name: `Guest ${i}`, email: `guest${i}@example.org`, bio: 'Line one\nLine two' });
  const seen: number[] = [];
  let next = `${PATH}?limit=2`;
  for (;;) {
    const { status, body, text } = await call('GET', next);
    assert.equal(status, 200);
    assert.ok(!text.includes('@'), text);
    assert.ok(body.items.length <= 2);
    seen.push(...body.items.map(({ id }: { id: number }) => id));
    if (body.next === null) break;
    next = `${PATH}?limit=2&after=${body.next}`;
  }
  assert.equal(seen.length, 5);
  assert.deepEqual(
    seen,
    [...new Set(seen)].sort((a, b) => a - b),
  );
  const one = await call('GET', `${PATH}/${seen[1]}`);
  assert.deepEqual(one.body, { id: seen[1], name: 'Guest 0', bio: 'Line one\nLine two', specialties: null });
});

test('refuses queries and ids it cannot mean', async () => {
  for (const query of [
    'limit=0',
    'limit=101',
    'limit=x',
    'limit=1.5',
    'after=x',
    'after=W10',
    'after=WyIxIl0',
    'q=x',
    'limit=1&limit=2',
  ]) {
    assert.equal((await call('GET', `${PATH}?${query}`)).status, 400, query);
  }
  for (const id of ['0', 'x', '2147483647', '99999999999', '1%00'])
    assert.equal((await call('GET', `${PATH}/${id}`)).status, 404, id);
});

test('only admins add and change', async () => {
  const body = { name: 'New', email: 'new@example.org' };
  for (const [token, expected] of [
    [undefined, 401],
    [ana.token, 403],
    [maya.token, 403],
  ] as const) {
    assert.equal((await call('POST', PATH, { token, body })).status, expected);
    assert.equal(
      (await call('PATCH', `${PATH}/${maya.facilitatorId}`, { token, body: { name: 'X' } })).status,
      expected,
    );
  }
});

test('adds a facilitator with the account they sign in with', async () => {
  const noah = { name: 'Noah Adeyemi', email: 'Noah@example.org', specialties: 'Meditation', password };
  const headers = { 'idempotency-key': 'noah-1' };
  const made = await add(noah, headers);
  assert.equal(made.status, 201, made.text);
  assert.deepEqual(made.body, { id: made.body.id, name: 'Noah Adeyemi', bio: null, specialties: 'Meditation' });
  assert.equal((await add(noah, headers)).text, made.text);
  const signedIn = await trySignIn('noah@example.org');
  assert.deepEqual([signedIn.status, signedIn.body.user.facilitator_id], [201, made.body.id]);
  const taken = await add({ ...noah, name: 'Another' });
  assert.deepEqual([taken.status, taken.body.code], [409, 'email-taken']);
});

test('without a password no account is made or touched', async () => {
  await call('POST', '/api/v1/users', { body: { name: 'Ida', email: 'ida@example.org', password } });
  assert.equal((await add({ name: 'Ida', email: 'ida@example.org' })).status, 201);
  const { status, body } = await trySignIn('ida@example.org');
  assert.deepEqual([status, body.user.facilitator_id], [201, null]);
});

test('a stranger who signed up with the address before loses it', async () => {
  const email = 'kadek@example.org';
  await call('POST', '/api/v1/users', { body: { name: 'Stranger', email, password: 'of a stranger' } });
  const stranger = (await trySignIn(email, 'of a stranger')).body;
  await studio.signIn(stranger.user.id, 'page');
  const made = await add({ name: 'Kadek Surya', email, password });
  assert.equal(made.status, 201);
  assert.equal((await call('GET', '/api/v1/me', { token: stranger.token })).status, 401);
  assert.deepEqual(await db.selectFrom('sign_ins').select('id').where('user_id', '=', stranger.user.id).execute(), []);
  assert.equal((await trySignIn(email, 'of a stranger')).status, 401);
  const { status, body } = await trySignIn(email);
  assert.deepEqual([status, body.user.name, body.user.facilitator_id], [201, 'Kadek Surya', made.body.id]);
});

test('a proven person keeps their password, and the admin is told', async () => {
  const hash = await studio.app.passwords.hash('their own one');
  await studio.addPerson({ email: 'proven@example.org', password: hash });
  const refused = await add({ name: 'Proven', email: 'proven@example.org', password });
  assert.deepEqual([refused.status, refused.body.code], [409, 'email-taken']);
  assert.deepEqual(
    await db.selectFrom('facilitators').select('id').where('email', '=', 'proven@example.org').execute(),
    [],
  );
  const added = await add({ name: 'Proven', email: 'proven@example.org' });
  assert.equal(added.status, 201);
  assert.equal((await trySignIn('proven@example.org', 'their own one')).body.user.facilitator_id, added.body.id);
});

test('changes what is given, tells CRM, and moves the rights with the address', async () => {
  const change = (body: unknown, id = maya.facilitatorId) =>
    call('PATCH', `${PATH}/${id}`, { token: admin.token, body });
  const renamed = await change({ name: 'Maya Lind-Okoye', bio: 'Slow.', specialties: null });
  assert.deepEqual(
    [renamed.status, renamed.body],
    [200, { id: maya.facilitatorId, name: 'Maya Lind-Okoye', bio: 'Slow.', specialties: null }],
  );
  assert.deepEqual((await change({})).body, renamed.body);
  assert.deepEqual((await change({ bio: null })).body.bio, null);
  const taken = await change({ email: 'NOAH@example.org' });
  assert.deepEqual([taken.status, taken.body.code], [409, 'email-taken']);
  assert.equal((await change({ email: ana.email })).status, 200);
  assert.equal((await call('GET', '/api/v1/me', { token: ana.token })).body.facilitator_id, maya.facilitatorId);
  assert.equal((await call('GET', '/api/v1/me', { token: maya.token })).body.facilitator_id, null);
  const told = await db
    .selectFrom('outbox')
    .select('kind')
    .where('facilitator_id', '=', maya.facilitatorId)
    .where('booking_id', 'is', null)
    .execute();
  assert.deepEqual(told, [{ kind: 'facilitator.changed' }, { kind: 'facilitator.changed' }]);
  assert.equal((await change({ name: 'X' }, 2_147_483_647)).status, 404);
});

test('refuses what is no name, address or text, by field', async () => {
  const good = { name: 'Good', email: 'good@example.org' };
  const wrong: [object, string][] = [
    [{ ...good, name: 'a'.repeat(101) }, '/name'],
    [{ ...good, email: 'good' }, '/email'],
    [{ ...good, bio: 'a\0b' }, '/bio'],
    [{ ...good, bio: 'a'.repeat(10_001) }, '/bio'],
    [{ ...good, specialties: 'a'.repeat(201) }, '/specialties'],
    [{ ...good, specialties: 7 }, '/specialties'],
    [{ ...good, password: 'short' }, '/password'],
    [{ ...good, id: 7 }, '/id'],
  ];
  for (const [body, pointer] of wrong) {
    const answer = await add(body);
    assert.equal(answer.status, 422, answer.text);
    assert.equal(answer.body.errors[0].pointer, pointer);
  }
  const patched = await call('PATCH', `${PATH}/${maya.facilitatorId}`, { token: admin.token, body: { password } });
  assert.equal(patched.status, 422);
});
