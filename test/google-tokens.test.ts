import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { GoogleSettings } from '../apps/booking/src/server/google/google-settings.ts';
import { createGoogleSignIn } from '../apps/booking/src/server/google/google-sign-in.ts';
import { createTestApp } from '../apps/booking/src/server/test-app.ts';
import { type Claims, type Lies, startLyingGoogle } from './lying-google.ts';

const google = await startLyingGoogle();
const LEA: Claims = {
  sub: 'g-lea',
  email: 'lea@letters.example',
  email_verified: true,
  name: 'Lea',
  hd: 'letters.example',
};
const MINUTE = 60;

const { app, logLines: log } = await createTestApp(google.settings);
const { config } = app;
if (!app.google || !config.google) throw new Error('sign-in with Google is not set up');
const signIn = app.google;
/** As another process would have it, which knows nothing yet of the provider. */
const freshSignIn = () => createGoogleSignIn(config.google as GoogleSettings, app);

/** Begins a sign-in, as a browser that keeps its cookie. */
async function begin(at = new Date(), from = signIn) {
  const { url, cookie } = await from.begin({ returnTo: '/events' }, at);
  return { url, cookie, jar: (name: string) => (name === cookie.name ? cookie.value : undefined) };
}

async function tell(claims: Claims, lies?: Lies) {
  const { url, jar } = await begin();
  return await signIn.finish(google.comeBack(url, claims, lies), jar, new Date());
}

test('an honest answer says who somebody is, and where they were going', async () => {
  const returned = await tell(LEA);
  assert.deepEqual(returned, {
    errand: { returnTo: '/events' },
    person: { sub: 'g-lea', email: 'lea@letters.example', name: 'Lea', vouching: 'owner' },
  });
  const { url } = await begin();
  assert.equal(url.origin, google.issuer);
  const { code_challenge_method, scope, redirect_uri, response_type } = Object.fromEntries(url.searchParams);
  assert.deepEqual(
    { code_challenge_method, scope, response_type },
    { code_challenge_method: 'S256', scope: 'openid email profile', response_type: 'code' },
  );
  assert.equal(redirect_uri, 'http://localhost:3000/sign-in/google/callback');
});

const now = Math.floor(Date.now() / 1000);
const LIES: Record<string, Lies> = {
  'no algorithm': { header: { alg: 'none' }, signature: 'none' },
  'no algorithm, in capitals': { header: { alg: 'NONE' }, signature: 'none' },
  'no algorithm, yet a signature': { header: { alg: 'none' } },
  'no signature': { signature: 'none' },
  'a broken signature': { signature: 'broken' },
  'a signature by another key': { signature: 'other key' },
  'our public key as a secret': { header: { alg: 'HS256' }, signature: 'public key as secret' },
  'the client’s secret': { header: { alg: 'HS256' }, signature: 'client secret' },
  'another algorithm than it signed with': { header: { alg: 'ES256' } },
  'another algorithm, with a sound signature': { header: { alg: 'ES256' }, signature: 'sound, on a curve' },
  'an algorithm of the same family': { header: { alg: 'PS256' } },
  'no algorithm at all': { header: { alg: undefined } },
  'a key nobody knows': { header: { kid: 'made up' } },
  'a key of its own in the header': { header: { kid: 'made up', jwk: { kty: 'RSA' }, jku: 'http://127.0.0.1:9/jwks' } },
  'a condition nobody understands': { header: { crit: ['b64'], b64: false } },
  'another issuer': { claims: { iss: 'https://accounts.google.example' } },
  'no issuer': { claims: { iss: undefined } },
  'the issuer with a slash': { claims: { iss: `${google.issuer}/` } },
  'another application': { claims: { aud: 'somebody.else' } },
  'no application': { claims: { aud: undefined } },
  'other applications as well': { claims: { aud: ['booking.example', 'somebody.else'] } },
  'issued to another application': { claims: { azp: 'somebody.else' } },
  'issued to another, for both': { claims: { aud: ['booking.example', 'somebody.else'], azp: 'somebody.else' } },
  'a token that has expired': { claims: { exp: now - 2 * MINUTE } },
  'no end': { claims: { exp: undefined } },
  'an end in words': { claims: { exp: '2099-01-01' } },
  'a token of tomorrow': { claims: { iat: now + 86_400, exp: now + 90_000 } },
  'a token of yesterday': { claims: { iat: now - 86_400 } },
  'no time of issue': { claims: { iat: undefined } },
  'a token that counts later': { claims: { nbf: now + 3600 } },
  'another sign-in’s nonce': { claims: { nonce: 'of another' } },
  'no nonce': { claims: { nonce: undefined } },
  nobody: { claims: { sub: undefined } },
  'an empty name of nobody': { claims: { sub: '' } },
  'a number for somebody': { claims: { sub: 42 } },
  'a name too long for anybody': { claims: { sub: 'x'.repeat(101) } },
  'no ID token': { idToken: null },
  'something else than a token': { idToken: 'not.a.token' },
  'two parts of a token': { idToken: 'e30.e30' },
};

for (const [lie, lies] of Object.entries(LIES)) {
  test(`AUTHN-07: ${lie} signs nobody in`, async () => {
    const answer = await tell(LEA, lies).catch((error: { code?: string }) => error);
    assert.ok(answer === undefined || ('code' in answer && answer.code === 'unavailable'), JSON.stringify(answer));
  });
}

test('AUTHN-05: only Google’s own "true" confirms an address, and only where it runs the mailbox it is known now', async () => {
  const vouching = async (claims: Partial<Claims>) => (await tell({ ...LEA, ...claims }))?.person?.vouching;
  for (const email_verified of [false, 'true', 'false', 1, 0, null, undefined, [true], {}, 'yes']) {
    assert.equal(await vouching({ email_verified }), 'never', String(email_verified));
  }
  assert.equal(await vouching({}), 'owner');
  assert.equal(await vouching({ email: 'lea@gmail.com', hd: undefined }), 'owner');
  for (const claims of [
    { hd: undefined },
    { hd: '' },
    { hd: true },
    { hd: 'another.example' },
    { hd: 'example' },
    { email: 'lea@gmail.com.evil.example', hd: undefined },
    { email: 'lea@evilgmail.com', hd: undefined },
  ]) {
    assert.equal(await vouching(claims), 'once', JSON.stringify(claims));
  }
});

/** Another value: the last character of base64 may hold bits that nobody reads, the one before it has none such. */
const touched = (value: string) => value.replace(/.(?=.$)/, (last) => (last === 'A' ? 'B' : 'A'));

test('AUTHN-08: what comes back without its state, with another’s or with none of ours is refused', async () => {
  const mine = await begin();
  const other = await begin();
  const query = google.comeBack(mine.url, LEA);
  const changed = (change: (copy: URLSearchParams) => void) => {
    const copy = new URLSearchParams(query);
    change(copy);
    return copy;
  };
  const refused: [string, URLSearchParams, (name: string) => string | undefined][] = [
    ['no state', changed((copy) => copy.delete('state')), mine.jar],
    ['another’s state', changed((copy) => copy.set('state', other.url.searchParams.get('state') ?? '')), mine.jar],
    ['a state made up', changed((copy) => copy.set('state', 'x'.repeat(43))), () => mine.cookie.value],
    ['a state that is a path', changed((copy) => copy.set('state', '../../x')), () => mine.cookie.value],
    ['no cookie', query, () => undefined],
    ['another’s cookie', query, () => other.cookie.value],
    ['a cookie that was touched', query, () => touched(mine.cookie.value)],
    ['a cookie that is none', query, () => 'e30'],
  ];
  for (const [what, given, jar] of refused) assert.equal(await signIn.finish(given, jar, new Date()), undefined, what);
  const late = new Date(Date.now() + 16 * MINUTE * 1000);
  assert.equal(await signIn.finish(query, mine.jar, late), undefined, 'too late');
  assert.ok(await signIn.finish(query, mine.jar, new Date()), 'none of these used it up');
});

test('AUTHN-08: an answer of another provider is refused', async () => {
  const { url, jar } = await begin();
  const query = google.comeBack(url, LEA);
  query.set('iss', 'https://other.example');
  assert.equal(await signIn.finish(query, jar, new Date()), undefined);
});

test('AUTHN-08: a sign-in comes back once, even where the provider gives tokens for a used code', async () => {
  const { url, jar } = await begin();
  const query = google.comeBack(url, LEA, { takesAnyCode: true });
  const all = await Promise.all(Array.from({ length: 20 }, () => signIn.finish(query, jar, new Date())));
  assert.equal(all.filter((one) => one !== undefined).length, 1);
  assert.equal(await signIn.finish(query, jar, new Date()), undefined);
});

test('AUTHN-08: a code is of no use to who does not hold the verifier it was asked with', async () => {
  const attacker = await begin();
  const victim = await begin();
  const stolen = google.comeBack(victim.url, LEA).get('code') ?? '';
  const query = google.comeBack(attacker.url, { sub: 'g-eve' });
  query.set('code', stolen);
  assert.equal(await signIn.finish(query, attacker.jar, new Date()), undefined);
});

test('AUTHN-08: two tabs each finish what they began', async () => {
  const [one, two] = [await begin(), await begin()];
  const both = (name: string) => one.jar(name) ?? two.jar(name);
  assert.notEqual(one.cookie.name, two.cookie.name);
  assert.equal((await signIn.finish(google.comeBack(two.url, LEA), both, new Date()))?.person?.sub, 'g-lea');
  assert.equal((await signIn.finish(google.comeBack(one.url, LEA), both, new Date()))?.person?.sub, 'g-lea');
});

test('who declines at Google is nobody, and goes back', async () => {
  const { url, jar } = await begin();
  const query = new URLSearchParams({ error: 'access_denied', state: url.searchParams.get('state') ?? '' });
  assert.deepEqual(await signIn.finish(query, jar, new Date()), { errand: { returnTo: '/events' }, person: undefined });
});

test('nothing secret is in the log', () => {
  assert.ok(log.some((line) => line.includes('"security":"sign_in.failed"')));
  assert.doesNotMatch(log.join('\n'), /eyJ|of no use|a secret of the two|lea@/);
});

type Answer = NonNullable<Parameters<typeof google.at>[1]>;
const text =
  (status: number, body: string, type = 'application/json'): Answer =>
  (response) =>
    void response.writeHead(status, { 'content-type': type }).end(body);

const BAD: Record<string, Answer> = {
  '500': text(500, '{"error":"server_error"}'),
  '500 without a word': text(500, ''),
  '502 in HTML': text(502, '<h1>Bad gateway</h1>', 'text/html'),
  garbage: text(200, '\u0000\u0001{{{'),
  'an empty answer': text(200, ''),
  'a list': text(200, '[]'),
  null: text(200, 'null'),
  HTML: text(200, '<html>', 'text/html'),
  'another place': (response) => void response.writeHead(302, { location: 'http://127.0.0.1:9/' }).end(),
  'ten megabytes': text(200, `{"a":"${'x'.repeat(10_000_000)}"}`),
  'no end': (response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    const more = () => {
      while (response.write('x'.repeat(64_000)));
      response.once('drain', more);
    };
    more();
  },
  'a broken line': (response) => void response.socket?.destroy(),
  'a line broken in the middle': (response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
    response.write('{"issuer":', () => response.socket?.destroy());
  },
};

for (const path of ['/.well-known/openid-configuration', '/token', '/jwks'] as const) {
  for (const [what, answer] of Object.entries(BAD)) {
    test(`FUZZ-13: ${what} at ${path} signs nobody in, and the next try works`, async (t) => {
      t.after(() => google.at(path));
      const fresh = freshSignIn();
      const isBeginning = path.startsWith('/.well-known');
      if (isBeginning) google.at(path, answer);
      const attempt = async () => {
        const { url, jar } = await begin(new Date(), fresh);
        google.at(path, answer);
        return await fresh.finish(google.comeBack(url, LEA), jar, new Date());
      };
      const answered = await attempt().catch((error: { code?: string }) => error.code);
      // A sound list of no keys, or of no tokens, is a refusal; else the provider is away.
      assert.ok(
        answered === 'unavailable' || (answered === undefined && /^(a list|null)$/.test(what)),
        String(answered),
      );
      google.at(path);
      const { url, jar } = await begin(new Date(), fresh);
      assert.ok(await fresh.finish(google.comeBack(url, LEA), jar, new Date()));
    });
  }
}

test('FUZZ-13: who is slow is given up after seconds', async (t) => {
  const held: (() => void)[] = [];
  t.after(() => {
    google.at('/token');
    for (const end of held) end();
  });
  const { url, jar } = await begin();
  google.at('/token', (response) => {
    held.push(() => response.destroy());
    response.writeHead(200, { 'content-type': 'application/json' });
    response.write(' ');
  });
  const begun = performance.now();
  await assert.rejects(signIn.finish(google.comeBack(url, LEA), jar, new Date()), { code: 'unavailable' });
  assert.ok(performance.now() - begun < 8000);
});

test('FUZZ-13: a provider that names itself otherwise is not believed', async (t) => {
  t.after(() => google.at('/.well-known/openid-configuration'));
  const fresh = freshSignIn();
  google.at('/.well-known/openid-configuration', text(200, JSON.stringify({ issuer: 'https://other.example' })));
  await assert.rejects(fresh.begin({}, new Date()), { code: 'unavailable' });
});
