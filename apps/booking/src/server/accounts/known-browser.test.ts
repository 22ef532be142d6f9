import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTestApp } from '#server/test-app.ts';
import { knownBrowser, markBrowser } from './known-browser.ts';
import { signIn } from './sign-in.ts';

const KEYS = ['a key that signs', 'an older key'];

test('a browser is known for the address of its sign-in, by any of the keys, and for no other', () => {
  const mark = markBrowser(['an older key'], 'ana@example.org');
  const id = knownBrowser(KEYS, mark, 'ana@example.org');
  assert.equal(id, mark.split('.')[0]);
  assert.equal(knownBrowser(KEYS, mark, 'ben@example.org'), undefined);
  assert.equal(knownBrowser(['another key'], mark, 'ana@example.org'), undefined);
  const [, proof] = mark.split('.');
  for (const forged of [
    undefined,
    '',
    '.',
    'x',
    `${crypto.randomUUID()}.${proof}`,
    `${id}.`,
    `${mark}x`,
    `.${proof}`,
  ]) {
    assert.equal(knownBrowser(KEYS, forged, 'ana@example.org'), undefined, String(forged));
  }
});

test('RATE-01: who guesses one account is slowed down, and its owner still gets in where they did before', async () => {
  const { app, addPerson } = await createTestApp({ RATE_LIMITS: 'on' });
  const email = 'ana@example.org';
  await addPerson({ email, password: await app.passwords.hash('quiet mornings') });
  const tryFrom = (network: string, password: string, mark?: string) =>
    signIn(app, { email, password, network, mark, kind: 'page', now: new Date() });
  const mark = markBrowser(app.config.cookieKeys, email);
  for (let i = 0; i < 10; i++) await assert.rejects(tryFrom(`192.0.2.${i}`, 'a guess'), { code: 'bad-credentials' });
  await assert.rejects(tryFrom('192.0.2.99', 'quiet mornings'), { code: 'too-many-requests' });
  await assert.rejects(tryFrom('192.0.2.99', 'quiet mornings', `${mark}x`), { code: 'too-many-requests' });
  assert.equal((await tryFrom('198.51.100.1', 'quiet mornings', mark)).user.email, email);
  // A browser that is known is no way to guess without end.
  for (let i = 0; i < 9; i++) {
    await assert.rejects(tryFrom('198.51.100.1', 'a guess', mark), { code: 'bad-credentials' });
  }
  await assert.rejects(tryFrom('198.51.100.1', 'a guess', mark), { code: 'too-many-requests' });
});

test('RATE-01: nor are many of them, from many networks, as somebody collects who had the address before', async () => {
  const { app } = await createTestApp({ RATE_LIMITS: 'on' });
  const email = 'ben@example.org';
  const outcomes = [];
  for (let i = 0; i < 40; i++) {
    const mark = markBrowser(app.config.cookieKeys, email);
    const guess = { email, password: 'a guess', network: `192.0.2.${i}`, mark, kind: 'page', now: new Date() } as const;
    outcomes.push(await signIn(app, guess).catch(({ code }) => code));
  }
  assert.deepEqual(
    [outcomes.filter((code) => code === 'bad-credentials').length, outcomes.at(-1)],
    [30, 'too-many-requests'],
  );
});
