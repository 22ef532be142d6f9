import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTestDatabase } from '@samaya/platform/test-database.ts';
import { createPasswords } from '../apps/booking/src/server/accounts/passwords.ts';
import { buildPages } from '../scripts/build.ts';
import { rowsOf } from './both-databases.ts';
import { mailedLink } from './mailbox.ts';
import { createVisitor, textOf, type VisitedPage } from './page-visitor.ts';
import { startBooking } from './processes.ts';
import { PASSWORD } from './two-apps.ts';

await buildPages({ write: () => undefined });
const database = await createTestDatabase('booking');
const { ownerUrl } = database;
const site = await startBooking({ database });
const hash = await createPasswords().hash(PASSWORD);
const ANA = { email: 'ana@studio.example', password: PASSWORD };
await rowsOf(
  ownerUrl,
  // Ids of more digits than none has, so that what hides them is put to the test.
  `alter table users alter column id restart with 4001;
   insert into facilitators (name, email) values ('Maya Lind', 'maya@studio.example');
   insert into users (name, email, password, proven_at) values ('Ana Costa', '${ANA.email}', '${hash}', now());
   insert into users (name, email, password) values ('Uma Noor', 'uma@studio.example', '${hash}');
   insert into users (name, email, password) values ('Gus Vega', 'gus@studio.example', '!')`,
);

async function plan(title: string, places = 5) {
  const [row] = await rowsOf(
    ownerUrl,
    `insert into events (title, description, event_type, date_time, duration, max_participants, price, facilitator_id)
     select '${title}', 'Sit.', 'session', now() + interval '9 days', 60, ${places}, 10, id from facilitators returning id`,
  );
  const { url } = await createVisitor().get(`${site.url}/e/${row?.id}`);
  return { id: Number(row?.id), url };
}

/** What a stranger sees of an answer: everything but the address they typed, the seal around it, and the request's id. */
async function seen({ status, way, html, headers }: VisitedPage, email: string) {
  const path = new URL(way.at(-1) ?? '').pathname;
  const sealed = new URL(way.at(-1) ?? '').searchParams.get('for')?.length;
  const names = [...headers.keys()].filter((name) => name !== 'content-length').sort();
  const page = html.replaceAll(email, '…').replaceAll(/for=[\w-]+/g, 'for=…');
  return { status, steps: way.length, path, sealed, names, page };
}

// As long as the addresses that are known, so that what is sealed is as long.
const KNOWN = ['ana@studio.example', 'uma@studio.example', 'gus@studio.example'];
const UNKNOWN = 'new@studio.example';

test('AUTHN-10: signing up answers the same whether the address is new, has an account, waits for proof or booked', async () => {
  const answers = [];
  for (const email of [UNKNOWN, ...KNOWN]) {
    const visitor = createVisitor();
    const form = { name: 'Eve Adams', email, password: 'a password of hers' };
    const page = await visitor.post(`${site.url}/sign-up?return_to=/events`, form);
    const [name, value] = [...visitor.cookiesFor(site.url)][0] ?? [];
    const again = await visitor.post(`${site.url}/sign-up/sent`);
    answers.push({ page: await seen(page, email), again: await seen(again, email), name, length: value?.length });
  }
  for (const answer of answers) assert.deepEqual(answer, answers[0]);
  assert.equal(answers[0]?.page.path, '/sign-up/sent');
  const rows = await rowsOf(ownerUrl, `select name, password = '${hash}' as kept from users where email like 'ana@%'`);
  assert.deepEqual(rows, [{ name: 'Ana Costa', kept: true }]);
  await mailedLink(ownerUrl, ANA.email, '/sign-in');
});

test('AUTHN-10: asking for a new password answers the same for every address', async () => {
  const answers = [];
  for (const email of ['not@studio.example', ...KNOWN]) {
    answers.push(await seen(await createVisitor().post(`${site.url}/reset`, { email }), email));
  }
  for (const answer of answers) assert.deepEqual(answer, answers[0]);
  assert.equal(answers[0]?.path, '/reset/sent');
});

test('a guest who has a place, an account or neither is answered the same, also when it is full', async () => {
  const { id, url } = await plan('Small circle', 3);
  await rowsOf(
    ownerUrl,
    `insert into bookings (user_id, event_id) select id, ${id} from users where email in ('${ANA.email}', 'gus@studio.example')`,
  );
  const ask = async (email: string) => {
    const page = await createVisitor().post(`${url}?/book`, { name: 'Eve', email, seats: '1' });
    return await seen(page, email);
  };
  const open = [await ask(ANA.email), await ask('gus@studio.example'), await ask('tom@studio.example')];
  for (const answer of open) assert.deepEqual(answer, open[0]);
  assert.equal(open[0]?.path, '/booked');
  assert.doesNotMatch(open[0]?.page ?? '', /\/b\/|\/bookings\//);
  const full = [await ask(ANA.email), await ask('tom@studio.example'), await ask('ulf@studio.example')];
  for (const answer of full) assert.deepEqual(answer, full[0]);
  assert.equal(full[0]?.status, 409);
  assert.match(
    textOf(full[0]?.page ?? ''),
    /All places of this event are taken\. If you booked a moment ago, look into/,
  );
  const rows = await rowsOf(
    ownerUrl,
    `select u.email from bookings b join users u on u.id = b.user_id where event_id = ${id}`,
  );
  assert.deepEqual(rows.map(({ email }) => email).sort(), [ANA.email, 'gus@studio.example', 'tom@studio.example']);
});

test('what a guest typed is kept and said at its field; who has an account goes on with the choice', async () => {
  const { id, url } = await plan('Evening sit');
  const wrong = await createVisitor().post(`${url}?/book`, { name: ' ', email: '"><b>x', seats: '3' });
  assert.equal(wrong.status, 422);
  for (const sentence of ['Your name is needed.', 'Write an address such as ana@example.org.']) {
    assert.equal(textOf(wrong.html).split(sentence).length - 1, 2, sentence);
  }
  assert.match(wrong.html, /value="&quot;>&lt;b>x/);
  assert.match(wrong.html, /<option value="3"[^>]* selected/);
  const member = createVisitor();
  const asked = await member.post(`${url}?/book`, { name: '', email: '', seats: '3', member: '1' });
  assert.equal(new URL(asked.url).searchParams.get('return_to'), `${new URL(url).pathname}?seats=3#book`);
  const back = await member.post(asked.url, ANA);
  assert.match(back.html, /<option value="3"[^>]* selected/);
  assert.deepEqual(await rowsOf(ownerUrl, `select 1 from bookings where event_id = ${id}`), []);
});

test('a sign-in that ended while somebody chose leads to signing in, and the choice is kept', async () => {
  const { url } = await plan('Late choice');
  const ana = createVisitor();
  await ana.post(`${site.url}/sign-in`, ANA);
  assert.doesNotMatch((await ana.get(url)).html, /name="email"/);
  await rowsOf(ownerUrl, 'delete from sign_ins');
  const asked = await ana.post(`${url}?/book`, { seats: '2' });
  assert.equal(new URL(asked.url).pathname, '/sign-in');
  const back = await ana.post(asked.url, ANA);
  assert.match(back.html, /<option value="2"[^>]* selected/);
  assert.match(textOf(back.html), /Book 2 places · €20/);
});

test('AUTHN-14: a mailed link is looked at as often as one likes, is kept by nobody, and is written into no log', async () => {
  const { url } = await plan('Quiet hour');
  await createVisitor().post(`${url}?/book`, { name: 'Kim', email: 'kim@studio.example', seats: '1' });
  await createVisitor().post(`${site.url}/sign-up`, { name: 'Pia', email: 'pia@studio.example', password: PASSWORD });
  await createVisitor().post(`${site.url}/reset`, { email: 'kim@studio.example' });
  const guest = await mailedLink(ownerUrl, 'kim@studio.example', '/b/');
  const reset = await mailedLink(ownerUrl, 'kim@studio.example', '/reset/');
  const proof = await mailedLink(ownerUrl, 'pia@studio.example', '/confirm/');
  for (const link of [guest, `${guest}/cancel`, `${guest}/calendar.ics`, reset, proof]) {
    for (let i = 0; i < 3; i++) {
      const { status, headers } = await createVisitor().get(link);
      assert.equal(status, 200, link);
      assert.equal(headers.get('cache-control'), 'no-store', link);
      assert.equal(headers.get('referrer-policy'), 'same-origin', link);
      assert.equal(headers.get('x-robots-tag'), 'noindex, nofollow', link);
    }
    assert.ok((await fetch(link, { method: 'HEAD' })).ok, link);
  }
  const rows = await rowsOf(
    ownerUrl,
    `select proven_at, password from users where email in ('kim@studio.example', 'pia@studio.example') order by email`,
  );
  assert.deepEqual(
    rows.map(({ proven_at, password }) => [proven_at, password === '!']),
    [
      [null, true],
      [null, false],
    ],
  );
  for (const link of [guest, reset, proof]) assert.ok(!site.log().includes(link.split('.').at(-1) ?? ''), link);
  const file = await createVisitor().get(`${guest}/calendar.ics`);
  assert.match(file.html, /SUMMARY:Quiet hour/);
  assert.doesNotMatch(file.html.replaceAll('\r\n ', ''), /\/b\//);
});

test('a link that opens nothing is a page that helps, whatever it looks like', async () => {
  for (const path of ['confirm', 'reset', 'address', 'b']) {
    for (const token of ['x', '1.', `1.${'a'.repeat(43)}`, '%00', `${'9'.repeat(10)}.${'a'.repeat(43)}`]) {
      const page = await createVisitor().get(`${site.url}/${path}/${token}`);
      assert.ok(page.status === 410 || page.status === 400, `${page.status} ${path}/${token}`);
      if (page.status === 410) assert.match(textOf(page.html), /This link has ended/);
      assert.ok(
        (await createVisitor().post(`${site.url}/${path}/${token}`, { password: 'ten characters' })).status < 500,
      );
    }
  }
  for (const path of ['/booked', '/booked/calendar.ics', '/reset/sent', '/sign-up/sent']) {
    for (const query of ['', '?for=', '?for=ana@studio.example', `?for=${'A'.repeat(200)}`]) {
      const { url, html } = await createVisitor().get(site.url + path + query);
      assert.notEqual(new URL(url).pathname, path);
      assert.ok(!html.includes('ana@studio.example'));
    }
  }
});

test('AUTHN-15: a link in another browser asks for the password, and nobody else’s cookie helps', async () => {
  const email = 'rio@studio.example';
  await createVisitor().post(`${site.url}/sign-up`, { name: 'Rio', email, password: PASSWORD });
  const link = await mailedLink(ownerUrl, email, '/confirm/');
  const stranger = createVisitor();
  await stranger.post(`${site.url}/sign-up`, { name: 'Eve', email: 'eve@studio.example', password: PASSWORD });
  await stranger.post(`${site.url}/sign-up`, { name: 'Eve', email, password: 'her own password' });
  assert.match((await stranger.get(link)).html, /name="password"/);
  const refused = await stranger.post(link, { password: 'her own password' });
  assert.equal(refused.status, 401);
  const isProven = async () =>
    (await rowsOf(ownerUrl, `select proven_at is not null as yes from users where email = '${email}'`))[0]?.yes;
  assert.equal(await isProven(), false);
  const phone = await createVisitor().post(link, { password: PASSWORD });
  assert.equal(phone.url, `${site.url}/account?done=confirmed`);
  assert.equal(await isProven(), true);
  assert.match(textOf((await stranger.post(link, { password: PASSWORD })).html), /was confirmed with this link before/);
});

test('somebody on the way to an event signs up and is led there over the mail', async () => {
  const { url } = await plan('On the way');
  const path = `${new URL(url).pathname}?seats=2#book`;
  const visitor = createVisitor();
  const email = 'way@studio.example';
  await visitor.post(`${site.url}/sign-up?${new URLSearchParams({ return_to: path })}`, {
    name: 'Way',
    email,
    password: PASSWORD,
  });
  const back = await visitor.post(await mailedLink(ownerUrl, email, '/confirm/'));
  assert.equal(back.url, site.url + path);
});

test('the link of a booking that was claimed leads to signing in', async () => {
  const { url } = await plan('Claimed');
  await createVisitor().post(`${url}?/book`, { name: 'Noa', email: 'noa@studio.example', seats: '1' });
  const link = await mailedLink(ownerUrl, 'noa@studio.example', '/b/');
  const noa = createVisitor();
  const claimed = await noa.post(`${link}?/claim`, { password: 'noa’s own password' });
  assert.equal(claimed.url, `${site.url}/account?done=kept`);
  assert.match((await noa.get(link)).url, /\/bookings\/\d+$/);
  for (const below of ['', '/cancel', '/calendar.ics']) {
    const asked = await createVisitor().get(link + below);
    assert.match(asked.url, /\/sign-in\?return_to=%2Fbookings%2F\d+$/, below);
  }
  assert.match((await createVisitor().post(`${link}/cancel`)).url, /\/sign-in\?/);
  const again = await createVisitor().post(`${link}?/claim`, { password: 'somebody else’s' });
  assert.match(again.url, /\/sign-in\?/);
});

/** The status and headers of a form's own answer, before the page that follows. */
async function answerTo(visitor: ReturnType<typeof createVisitor>, url: string, fields: Record<string, string> = {}) {
  const cookie = [...visitor.cookiesFor(url)].map(([name, value]) => `${name}=${value}`).join('; ');
  return await fetch(url, {
    method: 'POST',
    redirect: 'manual',
    body: new URLSearchParams(fields),
    headers: { origin: site.url, 'sec-fetch-site': 'same-origin', accept: 'text/html', cookie },
  });
}

/** Somebody proven, signed in. */
async function join(name: string) {
  const email = `${name.toLowerCase()}@studio.example`;
  await rowsOf(
    ownerUrl,
    `insert into users (name, email, password, proven_at) values ('${name}', '${email}', '${hash}', now()) returning id`,
  );
  const visitor = createVisitor();
  await visitor.post(`${site.url}/sign-in`, { email, password: PASSWORD });
  return { visitor, email };
}

test('SESS-01: a password is changed by who knows it, in this browser alone, which gets another sign-in', async () => {
  const { visitor: lou, email } = await join('Lou');
  const phone = createVisitor();
  await phone.post(`${site.url}/sign-in`, { email, password: PASSWORD });
  const old = lou.cookiesFor(site.url).get('samaya_booking');
  const page = `${site.url}/account/password`;
  const wrong = await lou.post(`${page}?/change`, { current: 'not it', password: 'a longer one than that' });
  assert.equal(wrong.status, 422);
  assert.equal(textOf(wrong.html).split('This is not your password.').length - 1, 2);
  const short = await lou.post(`${page}?/change`, { current: PASSWORD, password: 'short' });
  assert.match(textOf(short.html), /A password has 10 characters at least\./);
  assert.doesNotMatch(short.html, /value="short"/);
  const done = await lou.post(`${page}?/change`, { current: PASSWORD, password: 'a longer one than that' });
  assert.equal(done.url, `${site.url}/account?done=chosen`);
  assert.notEqual(lou.cookiesFor(site.url).get('samaya_booking'), old);
  const replayed = await fetch(`${site.url}/account`, {
    headers: { cookie: `samaya_booking=${old}` },
    redirect: 'manual',
  });
  assert.equal(replayed.status, 303);
  assert.equal(new URL((await phone.get(`${site.url}/account`)).url).pathname, '/sign-in');
  const again = await createVisitor().post(`${site.url}/sign-in`, { email, password: 'a longer one than that' });
  assert.equal(new URL(again.url).pathname, '/');
});

test('who has no password is sent a link to choose one, and asked for it before the address changes', async () => {
  const { visitor, email } = await join('Gia');
  await rowsOf(ownerUrl, `update users set password = '!' where email = '${email}'`);
  const page = await visitor.get(`${site.url}/account/password`);
  assert.match(textOf(page.html), /You have no password yet/);
  assert.doesNotMatch(page.html, /name="current"/);
  assert.match(textOf((await visitor.get(`${site.url}/account/address`)).html), /you need a password/);
  const sent = await visitor.post(`${site.url}/account/password?/send`);
  assert.match(textOf(sent.html), /Look into your mail/);
  const chosen = await visitor.post(await mailedLink(ownerUrl, email, '/reset/'), { password: 'a first one of mine' });
  assert.equal(chosen.url, `${site.url}/account?done=chosen`);
});

test('AUTHN-10: asking for another address answers the same whether it is free, somebody’s or a guest’s', async () => {
  const { visitor, email: own } = await join('Mia');
  const answers = [];
  for (const email of [UNKNOWN.replace('new', 'abc'), 'uma@studio.example', 'gus@studio.example']) {
    const answer = await answerTo(visitor, `${site.url}/account/address`, { email, password: PASSWORD });
    const path = answer.headers.get('location') ?? '';
    const names = [...answer.headers.keys()].sort();
    const { html, ...page } = await visitor.get(site.url + path);
    assert.match(textOf(html), /A mail is on its way to/);
    answers.push({ status: answer.status, length: path.length, names, page: await seen({ html, ...page }, email) });
  }
  for (const answer of answers) assert.deepEqual(answer, answers[0]);
  const wrong = await visitor.post(`${site.url}/account/address`, { email: 'uma@studio.example', password: 'not it' });
  assert.equal(wrong.status, 422);
  const same = await visitor.post(`${site.url}/account/address`, { email: own, password: PASSWORD });
  assert.match(textOf(same.html), /This is the address you have\./);
  await mailedLink(ownerUrl, 'uma@studio.example', '/sign-in');
});

test('an address changes once its mailbox said so: to strangers the link says nothing of whose account it is', async () => {
  const { visitor: ida, email } = await join('Ida');
  const newEmail = 'ida@home.example';
  await ida.post(`${site.url}/account/address`, { email: newEmail, password: PASSWORD });
  const link = await mailedLink(ownerUrl, newEmail, '/address/');
  const stranger = createVisitor();
  const seen = await stranger.get(link);
  assert.equal(seen.headers.get('cache-control'), 'no-store');
  assert.ok(!seen.html.includes(email) && !seen.html.includes('Ida'), 'a mistyped address is a stranger’s');
  assert.equal((await fetch(link, { method: 'HEAD' })).status, 200);
  assert.equal((await stranger.post(link, { password: 'not it' })).status, 401);
  assert.match(textOf((await ida.get(link)).html), /Ida, from now on you sign in with ida@home\.example/);
  const done = await ida.post(link);
  assert.equal(done.url, `${site.url}/account?done=address`);
  assert.match(textOf(done.html), /ida@home\.example, confirmed/);
  await mailedLink(ownerUrl, email, '/reset');
  assert.match(textOf((await stranger.get(link)).html), /This link has ended/);
  assert.ok(!site.log().includes(link.split('.').at(-1) ?? ''));
  const before = await createVisitor().post(`${site.url}/sign-in`, { email, password: PASSWORD });
  assert.equal(before.status, 401);
});

test('SESS-08: an account is renamed, signed out elsewhere, exported and left, by its person alone', async () => {
  const [ana, phone] = [createVisitor(), createVisitor()];
  const chrome =
    'Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Mobile Safari/537.36';
  await ana.post(`${site.url}/sign-in`, ANA);
  await phone.post(`${site.url}/sign-in`, ANA, { 'user-agent': chrome });
  const account = `${site.url}/account`;

  const renamed = await ana.post(`${account}?/name`, { name: 'Ana <b>Costa' });
  assert.match(textOf(renamed.html), /Your name is saved/);
  assert.match(renamed.html, /value="Ana &lt;b>Costa"/);
  assert.equal((await ana.post(`${account}?/name`, { name: '\u202e' })).status, 422);

  const listed = await ana.get(`${account}/sign-ins`);
  assert.match(textOf(listed.html), /this one.*Chrome on Android/);
  const elsewhere = /name="sign_in" value="(\d+)"/.exec(listed.html)?.[1] ?? '';
  const [uma] = await rowsOf(
    ownerUrl,
    `insert into sign_ins (secret_hash, kind, user_id, expires_at)
     select 'x', 'page', id, now() + interval '1 day' from users where email = 'uma@studio.example' returning id`,
  );
  for (const id of [String(uma?.id), 'x', '', '-1', '9'.repeat(18)]) {
    assert.equal((await ana.post(`${account}/sign-ins?/end`, { sign_in: id })).status, 404, id);
  }
  assert.equal((await rowsOf(ownerUrl, `select 1 from sign_ins where id = ${uma?.id}`)).length, 1);
  const ended = await ana.post(`${account}/sign-ins?/end`, { sign_in: elsewhere });
  assert.match(textOf(ended.html), /Signed out there/);
  assert.equal(new URL((await phone.get(account)).url).pathname, '/sign-in');
  assert.equal((await ana.get(account)).status, 200);

  const offered = await ana.get(`${account}/export`);
  assert.match(textOf(offered.html), /Everything, as JSON.*You 1 line.*Sign-ins \d+ lines/);
  const file = await ana.get(`${account}/export/everything.json`);
  assert.match(file.headers.get('content-disposition') ?? '', /^attachment; filename="samaya-\d+\.json"$/);
  assert.equal(JSON.parse(file.html).users.email, ANA.email);
  const table = await ana.get(`${account}/export/users.csv`);
  assert.match(table.headers.get('content-disposition') ?? '', /^attachment; filename="samaya-\d+-users\.csv"$/);
  assert.match(table.html, /\r\n\d+,Ana <b>Costa,ana@studio\.example,/);
  for (const none of ['secrets.csv', 'users', '../users.csv', 'exported_at.csv']) {
    assert.equal((await ana.get(`${account}/export/${encodeURIComponent(none)}`)).status, 404, none);
  }
  for (const path of ['', '/everything.json', '/users.csv']) {
    assert.equal(new URL((await createVisitor().get(`${account}/export${path}`)).url).pathname, '/sign-in');
  }

  await phone.post(`${site.url}/sign-in`, ANA);
  await ana.post(`${account}/sign-ins?/endAll`);
  for (const visitor of [ana, phone]) assert.equal(new URL((await visitor.get(account)).url).pathname, '/sign-in');

  const { url } = await plan('Left behind');
  await ana.post(`${site.url}/sign-in`, ANA);
  const { url: bookingUrl } = await ana.post(`${url}?/book`, { seats: '1' });
  assert.match(textOf((await ana.get(`${account}/delete`)).html), /upcoming bookings? (is|are) cancelled/);
  assert.equal((await ana.post(`${account}/delete`, { password: 'wrong' })).status, 401);
  assert.equal((await ana.get(bookingUrl)).status, 200);
  const left = await ana.post(`${account}/delete`, { password: PASSWORD });
  assert.match(textOf(left.html), /Your account is deleted/);
  assert.deepEqual(await rowsOf(ownerUrl, `select 1 from users where email = '${ANA.email}'`), []);
  assert.equal(new URL((await ana.get(account)).url).pathname, '/sign-in');
});

test('somebody makes a token on a page without a script, uses it, and ends it', async () => {
  const [tia, tom] = ['tia@studio.example', 'tom.r@studio.example'];
  for (const email of [tia, tom]) {
    await rowsOf(ownerUrl, `insert into users (name, email, password) values ('T', '${email}', '${hash}')`);
  }
  const person = createVisitor();
  await person.post(`${site.url}/sign-in`, { email: tia, password: PASSWORD });
  const page = `${site.url}/account/tokens`;
  assert.match(textOf((await person.get(page)).html), /You have no tokens/);
  const wanted = { name: 'Calendar at home', book: 'on', days: '30' };
  const wrong = await person.post(`${page}?/make`, { ...wanted, password: 'not this one' });
  assert.equal(wrong.status, 422);
  assert.match(wrong.html, /value="Calendar at home"/);
  assert.match(textOf(wrong.html), /This is not your password/);
  const nameless = await person.post(`${page}?/make`, { ...wanted, name: ' ', password: PASSWORD });
  assert.match(textOf(nameless.html), /Say what it is for/);

  const made = await person.post(`${page}?/make`, { ...wanted, password: PASSWORD });
  assert.equal(made.headers.get('cache-control'), 'no-store');
  const [token] = /samaya_[\w-]{43}/.exec(made.html) ?? [];
  const ask = async () =>
    (await fetch(`${site.url}/api/v1/bookings`, { headers: { authorization: `Bearer ${token}` } })).status;
  assert.equal(await ask(), 200);
  const listed = await person.get(page);
  assert.doesNotMatch(listed.html, /samaya_[\w-]{43}/);
  assert.match(textOf(listed.html), /Calendar at home ?May look, book and cancel/);
  const [, id = ''] = /name="token" value="(\d+)"/.exec(listed.html) ?? [];
  const stranger = createVisitor();
  await stranger.post(`${site.url}/sign-in`, { email: tom, password: PASSWORD });
  assert.equal((await stranger.post(`${page}?/end`, { token: id })).status, 404);
  assert.equal(await ask(), 200);
  assert.match(textOf((await person.post(`${page}?/end`, { token: id })).html), /The token has ended/);
  assert.equal(await ask(), 401);
});
