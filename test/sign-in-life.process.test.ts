import assert from 'node:assert/strict';
import { request } from 'node:http';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createPasswords } from '../apps/booking/src/server/accounts/passwords.ts';
import { rowsOf } from './both-databases.ts';
import { mailedLink } from './mailbox.ts';
import { createVisitor, type VisitedPage } from './page-visitor.ts';
import { startBooking } from './processes.ts';
import { PASSWORD, startTwoApps } from './two-apps.ts';

const { booking, crm, databases } = await startTwoApps();
const { ownerUrl } = databases.booking;
// A second process on the same database, under the same public address.
const second = await startBooking({
  database: databases.booking,
  otherUrl: crm.url,
  environment: { BOOKING_URL: booking.url },
});
const hash = await createPasswords().hash(PASSWORD);
const COOKIE = 'samaya_booking';
const MOST_MS = 1000;

/** Somebody proven, with an address of their own. */
async function addPerson(name: string) {
  const email = `${name.toLowerCase()}@home.example`;
  await rowsOf(
    ownerUrl,
    `insert into users (name, email, password, proven_at) values ('${name}', '${email}', '${hash}', now())`,
  );
  return { email, password: PASSWORD };
}

const holds = async (secret: string, at = booking) => {
  const answer = await fetch(`${at.url}/account`, { redirect: 'manual', headers: { cookie: `${COOKIE}=${secret}` } });
  return answer.status === 200;
};

/** Sends a form with this cookie and no other; answers the form's own answer. */
async function send(url: string, fields: Record<string, string>, cookie = '', headers: Record<string, string> = {}) {
  const origin = new URL(url).origin;
  return await fetch(url, {
    method: 'POST',
    redirect: 'manual',
    body: new URLSearchParams(fields),
    headers: { origin, 'sec-fetch-site': 'same-origin', accept: 'text/html', cookie, ...headers },
  });
}

const givenBy = (answer: Response) =>
  new RegExp(`${COOKIE}=([^;]+)`).exec(answer.headers.getSetCookie().join('\n'))?.[1];

test('SESS-01: whatever cookie a browser was given before, signing in and choosing a password give it another', async () => {
  const ana = await addPerson('Ana1');
  const eve = await addPerson('Eve1');
  const planted = givenBy(await send(`${booking.url}/sign-in`, eve)) ?? assert.fail();
  for (const before of ['made-up', 'a'.repeat(43), planted]) {
    const answer = await send(`${booking.url}/sign-in`, ana, `${COOKIE}=${before}`);
    const given = givenBy(answer) ?? assert.fail();
    assert.notEqual(given, before);
    assert.ok(await holds(given));
    assert.equal(await holds(before), false, 'what was planted is of no use to who planted it');
  }
  const old = givenBy(await send(`${booking.url}/sign-in`, ana)) ?? assert.fail();
  await send(`${booking.url}/reset`, { email: ana.email });
  const link = await mailedLink(ownerUrl, ana.email, '/reset/');
  const chosen = givenBy(await send(link, { password: 'quiet mornings' }, `${COOKIE}=${old}`)) ?? assert.fail();
  assert.notEqual(chosen, old);
  assert.deepEqual([await holds(old), await holds(chosen)], [false, true]);
});

test('SESS-05: signing out ends the sign-in in every process, and has the browser forget what it kept', async () => {
  const ben = await addPerson('Ben5');
  for (const [path, at] of [
    ['/sign-out', booking],
    ['/account/sign-ins?/endAll', second],
  ] as const) {
    const secret = givenBy(await send(`${booking.url}/sign-in`, ben)) ?? assert.fail();
    assert.ok((await holds(secret)) && (await holds(secret, second)));
    const answer = await send(at.url + path, {}, `${COOKIE}=${secret}`, { origin: booking.url });
    assert.equal(answer.status, 303);
    assert.equal(answer.headers.get('clear-site-data'), '"cache", "storage"');
    assert.match(answer.headers.getSetCookie().join(), new RegExp(`${COOKIE}=;.*(Max-Age=0|1970)`, 'i'));
    for (const process of [booking, second]) {
      assert.equal(await holds(secret, process), false);
      const csv = await fetch(`${process.url}/account/export/users.csv`, {
        redirect: 'manual',
        headers: { cookie: `${COOKIE}=${secret}` },
      });
      assert.equal(csv.headers.get('location')?.split('?')[0], '/sign-in');
    }
  }
});

test('SESS-06: what one process ended is over in another within a second, for programs too', async () => {
  const ways: Record<string, (token: string, email: string) => Promise<unknown>> = {
    'sign-out': (token) =>
      fetch(`${booking.url}/api/v1/sessions/current`, {
        method: 'DELETE',
        headers: { authorization: `Bearer ${token}` },
      }),
    deletion: (token) =>
      fetch(`${booking.url}/api/v1/me`, { method: 'DELETE', headers: { authorization: `Bearer ${token}` } }),
    async 'a new password'(_token, email) {
      const secret = givenBy(await send(`${booking.url}/sign-in`, { email, password: PASSWORD }));
      const form = { current: PASSWORD, password: 'quiet mornings' };
      await send(`${booking.url}/account/password?/change`, form, `${COOKIE}=${secret}`);
    },
  };
  for (const [index, [way, end]] of Object.entries(ways).entries()) {
    const { email } = await addPerson(`Kim${index}`);
    const answer = await fetch(`${second.url}/api/v1/sessions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email, password: PASSWORD }),
    });
    const { token } = (await answer.json()) as { token: string };
    const isIn = async () =>
      (await fetch(`${second.url}/api/v1/me`, { headers: { authorization: `Bearer ${token}` } })).status === 200;
    // The second process remembers who it saw a moment ago.
    for (let i = 0; i < 3; i++) assert.ok(await isIn(), way);
    await end(token, email);
    const ended = performance.now();
    // Whoever asks later is not let in, however long each answer takes.
    for (let asked = ended; await isIn(); asked = performance.now()) {
      assert.ok(asked - ended <= MOST_MS, way);
      await sleep(20);
    }
  }
});

/** What a stranger sees of an answer, but for the address they typed. */
function seen({ status, headers, html, way }: VisitedPage, email: string) {
  const names = [...headers.keys()].sort();
  return { status, names, length: html.length, html: html.replaceAll(email, '…'), steps: way.length };
}

test('AUTHN-10: signing in answers the same whether the address is unknown, known, not proven or a guest’s', async () => {
  await addPerson('Mia0');
  await rowsOf(
    ownerUrl,
    `insert into users (name, email, password) values ('Uma', 'uma0@home.example', '${hash}'), ('Gus', 'gus0@home.example', '!')`,
  );
  for (const password of ['not the password', '', 'x'.repeat(129)]) {
    const answers = [];
    for (const email of ['new0@home.example', 'mia0@home.example', 'uma0@home.example', 'gus0@home.example']) {
      answers.push(seen(await createVisitor().post(`${booking.url}/sign-in`, { email, password }), email));
    }
    for (const answer of answers) assert.deepEqual(answer, answers[0]);
    assert.equal(answers[0]?.status, 401);
  }
});

/** Sends a form with headers that fetch would not send; answers the status. */
async function sendAs(path: string, fields: Record<string, string>, headers: Record<string, string>): Promise<number> {
  const body = new URLSearchParams(fields).toString();
  return await new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port: booking.port, path, method: 'POST' }, (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    });
    sent.on('error', reject);
    for (const [name, value] of Object.entries({ 'content-type': 'application/x-www-form-urlencoded', ...headers })) {
      sent.setHeader(name, value);
    }
    sent.end(body);
  });
}

test('AUTHN-14: whatever host a request names, the mailed link leads to the site', async () => {
  const { email } = await addPerson('Poe14');
  const origin = { origin: booking.url, 'sec-fetch-site': 'same-origin' };
  let sent = 0;
  const poisons: Record<string, string>[] = [
    { host: 'evil.example' },
    { 'x-forwarded-host': 'evil.example' },
    { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https', 'x-forwarded-port': '443' },
    { forwarded: 'host=evil.example;proto=https' },
    { 'x-original-url': 'https://evil.example/', 'x-host': 'evil.example' },
  ];
  for (const poison of poisons) {
    const status = await sendAs('/reset', { email }, { accept: 'text/html', ...origin, ...poison });
    if (status === 303) sent++;
    else assert.ok(status === 403 || status === 421 || status === 400, String(status));
  }
  assert.ok(sent > 0);
  await mailedLink(ownerUrl, email, '/reset/', sent);
  const mails = await rowsOf(ownerUrl, `select text, html from local_mailbox where recipient = '${email}'`);
  for (const { text, html } of mails) {
    assert.ok(!`${text}${html}`.includes('evil.example'));
    for (const link of String(text).match(/https?:\/\/\S+/g) ?? []) assert.ok(link.startsWith(`${booking.url}/`), link);
  }
});

test('AUTHN-14: nothing that looks at a link uses it up', async () => {
  const { email } = await addPerson('Pia14');
  await send(`${booking.url}/reset`, { email });
  const link = await mailedLink(ownerUrl, email, '/reset/');
  const looks: RequestInit[] = [
    { method: 'HEAD' },
    { headers: { purpose: 'prefetch', 'sec-purpose': 'prefetch;prerender' } },
    { headers: { 'user-agent': 'Mozilla/5.0 (compatible; LinkScanner/1.0)' } },
    { method: 'OPTIONS' },
  ];
  for (const init of looks) {
    for (let i = 0; i < 3; i++) await (await fetch(link, init)).arrayBuffer();
  }
  const [row] = await rowsOf(ownerUrl, `select password = '${hash}' as kept from users where email = '${email}'`);
  assert.equal(row?.kept, true);
  assert.equal((await send(link, { password: 'quiet mornings' })).headers.get('location'), '/account?done=chosen');
});

test('AUTHN-17: signing up or being added with an address that is there changes nothing of whom it belongs to', async () => {
  const { email } = await addPerson('Ida17');
  const row = async () => await rowsOf(ownerUrl, `select md5(users::text) as sum from users where email = '${email}'`);
  const before = await row();
  const maya = createVisitor();
  await maya.post(`${booking.url}/sign-in`, { email: 'maya.lind@studio.example', password: PASSWORD });
  const [event] = await rowsOf(
    ownerUrl,
    `insert into events (title, description, event_type, date_time, duration, max_participants, price, facilitator_id)
     select 'Sit', 'Sit.', 'session', now() + interval '9 days', 60, 40, 10, id from facilitators limit 1 returning id`,
  );
  for (const written of [
    email,
    email.toUpperCase(),
    ` ${email} `,
    'ｉｄａ17@home.example',
    'ida17＠home.example',
    'Ida17@HOME.example',
  ]) {
    const form = { name: 'Eve', email: written, password: 'a password of Eve' };
    await createVisitor().post(`${booking.url}/sign-up`, form);
    assert.deepEqual(await row(), before, `page ${written}`);
    const { status } = await fetch(`${booking.url}/api/v1/users`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(form),
    });
    assert.equal(status, 409, written);
    const { url } = await createVisitor().get(`${booking.url}/e/${event?.id}`);
    await createVisitor().post(`${url}?/book`, { name: 'Eve', email: written, seats: '1' });
    await maya.post(`${booking.url}/organise/events/${event?.id}/roster?/add`, {
      name: 'Eve',
      email: written,
      seats: '1',
    });
    assert.deepEqual(await row(), before, written);
  }
  assert.equal((await rowsOf(ownerUrl, `select 1 from users where email ilike '%ida17%'`)).length, 1);
});

test('AUTHN-18: no form and no body says who one is', async () => {
  const ana = await addPerson('Ana18');
  await addPerson('Victim18');
  const [victim] = await rowsOf(
    ownerUrl,
    `select id, md5(users::text) as sum from users where email = 'victim18@home.example'`,
  );
  const [admin] = await rowsOf(ownerUrl, `select id from users where email = '${ana.email}'`);
  const claims = {
    id: String(victim?.id),
    userId: String(victim?.id),
    user_id: String(victim?.id),
    sub: String(victim?.id),
    email: 'victim18@home.example',
    google_id: 'g-1',
    is_admin: 'true',
    isAdmin: 'true',
    proven_at: '2020-01-01',
    facilitator_id: '1',
  };
  const visitor = createVisitor();
  await visitor.post(`${booking.url}/sign-in`, { ...claims, ...ana });
  await visitor.post(`${booking.url}/account?/name`, { ...claims, name: 'Ana of 18' });
  await visitor.post(`${booking.url}/account?/prove`, claims);
  await visitor.post(`${booking.url}/account/password?/send`, claims);
  await visitor.post(`${booking.url}/account/sign-ins?/end`, { ...claims, sign_in: '1' });
  const changed = await visitor.post(`${booking.url}/account/password?/change`, {
    ...claims,
    current: PASSWORD,
    password: 'quiet mornings',
  });
  assert.equal(changed.url, `${booking.url}/account?done=chosen`);
  const after = await rowsOf(
    ownerUrl,
    `select id, name, email, google_id, is_admin from users where id = ${admin?.id}`,
  );
  assert.deepEqual(after, [{ id: admin?.id, name: 'Ana of 18', email: ana.email, google_id: null, is_admin: false }]);
  const [kept] = await rowsOf(ownerUrl, `select md5(users::text) as sum from users where id = ${victim?.id}`);
  assert.equal(kept?.sum, victim?.sum);
  assert.deepEqual(await rowsOf(ownerUrl, `select 1 from outbox where user_id = ${victim?.id}`), []);
});

/** Every row of every table, as text. */
async function dump(url: string): Promise<string> {
  const tables = await rowsOf(url, `select tablename as name from pg_tables where schemaname = 'public'`);
  const texts = await Promise.all(tables.map(({ name }) => rowsOf(url, `select t::text as row from "${name}" t`)));
  return texts
    .flat()
    .map(({ row }) => row)
    .join('\n');
}

test('SESS-02: neither database holds a secret by which somebody gets in, and no log does', async () => {
  const maya = createVisitor();
  await maya.post(`${booking.url}/sign-in`, { email: 'maya.lind@studio.example', password: PASSWORD });
  const { status, way } = await maya.get(crm.url);
  assert.equal(status, 200);
  const codes = way.flatMap((url) => new URL(url).searchParams.get('code') ?? []);
  assert.equal(codes.length, 1);
  const tokens: string[] = [];
  for (const at of [booking, crm]) {
    const answer = await fetch(`${at.url}/api/v1/sessions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email: 'maya.lind@studio.example', password: PASSWORD }),
    });
    tokens.push(((await answer.json()) as { token: string }).token);
  }
  await send(`${booking.url}/reset`, { email: 'maya.lind@studio.example' });
  const link = await mailedLink(ownerUrl, 'maya.lind@studio.example', '/reset/');
  // The local mailbox stands for the person's own: mails lie in it as they do there.
  await rowsOf(ownerUrl, 'delete from local_mailbox');
  const secrets = [
    PASSWORD,
    ...tokens,
    ...codes,
    link.split('.').at(-1) ?? '',
    // The provider's own cookies carry a signature too, by a key that is in neither database.
    ...[COOKIE, 'samaya_crm'].map((name) => maya.cookiesFor(booking.url).get(name) ?? assert.fail()),
  ];
  const kept = [await dump(ownerUrl), await dump(databases.crm.ownerUrl), booking.log(), crm.log()];
  assert.ok(kept[0]?.includes('maya.lind@studio.example') && kept[1] !== '', 'what is searched is there');
  for (const secret of secrets) {
    assert.ok(secret.length >= 16, secret);
    for (const text of kept) {
      const line = text.split('\n').find((one) => one.includes(secret));
      assert.equal(line, undefined, secret);
    }
  }
  const [hashes] = await rowsOf(
    ownerUrl,
    'select min(length(secret_hash)) as least, max(length(secret_hash)) as most from sign_ins',
  );
  assert.deepEqual(hashes, { least: 32, most: 32 });
});
