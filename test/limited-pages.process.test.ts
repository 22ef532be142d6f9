import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTestDatabase } from '@samaya/platform/test-database.ts';
import { parseList } from 'structured-headers';
import { createPasswords } from '../apps/booking/src/server/accounts/passwords.ts';
import { buildPages } from '../scripts/build.ts';
import { rowsOf } from './both-databases.ts';
import { createVisitor, textOf, type VisitedPage } from './page-visitor.ts';
import { startBooking } from './processes.ts';
import { PASSWORD } from './two-apps.ts';

await buildPages({ write: () => undefined });
const database = await createTestDatabase('booking');
const site = await startBooking({ database, environment: { RATE_LIMITS: 'on', TRUST_PROXY: '1' } });
const hash = await createPasswords().hash(PASSWORD);
const MAYA = 'maya@studio.example';
const ANA = 'ana@studio.example';
await rowsOf(
  database.ownerUrl,
  `insert into facilitators (name, email) values ('Maya Lind', '${MAYA}');
   insert into users (name, email, password, proven_at) values ('Maya Lind', '${MAYA}', '${hash}', now());
   insert into users (name, email, password, proven_at) values ('Ana Costa', '${ANA}', '${hash}', now());
   insert into users (name, email, password) values ('Uma Noor', 'uma@studio.example', '${hash}')`,
);
const [event, other] = await rowsOf(
  database.ownerUrl,
  `insert into events (title, description, event_type, date_time, duration, max_participants, price, facilitator_id)
   select title, 'Sit.', 'session', now() + interval '9 days', 60, 90, 10, id
   from facilitators, unnest(array['Slow Flow', 'Yin']) title returning id`,
);
const urlOf = async (row?: Record<string, unknown>) => (await createVisitor().get(`${site.url}/e/${row?.id}`)).url;
const [eventUrl, otherUrl] = [await urlOf(event), await urlOf(other)];

/** What a proxy of ours says of where somebody comes from. */
const from = (place: string) => ({ 'x-forwarded-for': place });

async function signedIn(email: string, place: string) {
  const visitor = createVisitor();
  const { status } = await visitor.post(`${site.url}/sign-in`, { email, password: PASSWORD }, from(place));
  assert.equal(status, 200);
  return visitor;
}

/** Sends a form until it is refused; at most as often as `most`, which are let through. */
async function useUp(most: number, send: (turn: number) => Promise<VisitedPage>): Promise<VisitedPage> {
  for (let turn = 0; turn < most; turn++) {
    const { status, html } = await send(turn);
    assert.notEqual(status, 429, `${turn} of ${most}: ${textOf(html)}`);
  }
  return await send(most);
}

/** Refused with a page of ours that says so in words, and with headers for programs; what was typed is kept. */
function assertRefused(page: VisitedPage, limit: string, kept: string[] = []) {
  assert.equal(page.status, 429, limit);
  assert.match(textOf(page.html), /Too many tries\. Try again in \d+ (second|minute)s?\./);
  assert.match(page.html, /<main/);
  const [[name, state] = assert.fail()] = parseList(page.headers.get('ratelimit') ?? '');
  assert.equal(name, limit);
  assert.ok(Number(page.headers.get('retry-after')) >= Number(state?.get('t')) && Number(state?.get('t')) > 0);
  assert.equal(parseList(page.headers.get('ratelimit-policy') ?? '')[0]?.[0], limit);
  for (const value of kept) assert.ok(page.html.includes(value), `${limit} forgets ${value}`);
}

test('RATE-05: every form that is limited says so on its page, how long it lasts, and keeps what was typed', async () => {
  const stranger = createVisitor();
  const form = { name: 'Eve Adams', password: 'a password of hers' };
  assertRefused(
    await useUp(10, (turn) =>
      stranger.post(`${site.url}/sign-up`, { ...form, email: `eve${turn}@example.org` }, from('192.0.2.1')),
    ),
    'sign-up-network',
    ['value="Eve Adams"', 'value="eve10@example.org"'],
  );
  // Five mails an hour to one address: one was its sign-up.
  assertRefused(
    await useUp(4, (turn) => stranger.post(`${site.url}/sign-up/sent`, {}, from(`192.0.2.${10 + turn}`))),
    'account-mail-address',
  );
  assertRefused(
    await useUp(10, (turn) => stranger.post(`${site.url}/reset`, { email: `e${turn}@x.example` }, from('192.0.2.2'))),
    'account-mail-network',
    ['value="e10@x.example"'],
  );
  assertRefused(
    await useUp(20, (turn) =>
      createVisitor().post(
        `${eventUrl}?/book`,
        { name: 'Gus Vega', email: `gus${turn}@example.org`, seats: '2' },
        from('192.0.2.3'),
      ),
    ),
    'guest-booking-network',
    ['value="Gus Vega"', 'value="gus20@example.org"'],
  );
});

test('RATE-05: so do those of people who are signed in', async () => {
  const ana = await signedIn(ANA, '192.0.2.20');
  const book = (turn: number) => ana.post(`${turn < 30 ? eventUrl : otherUrl}?/book`, { seats: '3' });
  assertRefused(await useUp(30, book), 'booking-user', ['<option value="3" selected']);
  const maya = await signedIn(MAYA, '192.0.2.21');
  assertRefused(
    await useUp(20, () => maya.post(`${site.url}/organise/import?/check`, { paste: 'title,nothing else' })),
    'import-user',
    ['title,nothing else'],
  );
  const uma = await signedIn('uma@studio.example', '192.0.2.22');
  for (const action of ['account?/prove', 'account/password?/send']) {
    assertRefused(
      await useUp(action === 'account?/prove' ? 5 : 0, (turn) =>
        uma.post(`${site.url}/${action}`, {}, from(`192.0.2.${30 + turn}`)),
      ),
      'account-mail-address',
    );
  }
});

test('RATE-01: while somebody guesses an account, its owner signs in where they did before, and nowhere else', async () => {
  // The minute in which tries are counted begins with the first one, here.
  await rowsOf(database.ownerUrl, 'delete from rate_limits');
  const owner = await signedIn(ANA, '198.51.100.1');
  await owner.post(`${site.url}/sign-out`);
  const guess = (turn: number) =>
    createVisitor().post(`${site.url}/sign-in`, { email: ANA, password: `guess ${turn}` }, from(`203.0.113.${turn}`));
  // Signing in above was from browsers that nothing was known of.
  let refused = await guess(0);
  for (let turn = 1; turn < 11 && refused.status !== 429; turn++) refused = await guess(turn);
  assertRefused(refused, 'sign-in-address', [`value="${ANA}"`]);
  const elsewhere = createVisitor();
  const late = await elsewhere.post(`${site.url}/sign-in`, { email: ANA, password: PASSWORD }, from('198.51.100.2'));
  assert.equal(late.status, 429);
  const back = await owner.post(`${site.url}/sign-in`, { email: ANA, password: PASSWORD }, from('198.51.100.3'));
  assert.deepEqual([back.status, new URL(back.url).pathname], [200, '/']);
  const mark = owner.cookiesFor(site.url).get('booking_known_browser') ?? assert.fail();
  assert.doesNotMatch(mark, /ana|studio/);
});
