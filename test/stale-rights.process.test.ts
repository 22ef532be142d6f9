import assert from 'node:assert/strict';
import { request } from 'node:http';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { createVisitor, type Visitor } from './page-visitor.ts';
import { startBooking } from './processes.ts';
import { PASSWORD, startTwoApps } from './two-apps.ts';

const MAYA = { email: 'maya.lind@studio.example', password: PASSWORD };
const ANA = { email: 'ana@studio.example', password: PASSWORD };
/** Within which a right that was taken away is gone everywhere. */
const MOST_MS = 1000;
/** However slow the machine is: what comes to pass at all has by then. */
const ENOUGH_MS = 30_000;
const TRIES = 20;

const { booking: here, crm, databases } = await startTwoApps();
// A second process on the same database, which hears of nothing but what is in it.
const there = await startBooking({ database: databases.booking, otherUrl: crm.url });

await sql(`update users set is_admin = true where email = '${ANA.email}'`);
const [maya, ana] = await Promise.all([idOf(MAYA.email), idOf(ANA.email)]);

const admin = createVisitor();
await admin.post(`${here.url}/sign-in`, ANA);

async function sql(statement: string) {
  const owner = new pg.Client({ connectionString: databases.booking.ownerUrl });
  await owner.connect();
  const { rows } = await owner.query(statement).finally(() => owner.end());
  return rows ?? [];
}

async function idOf(email: string): Promise<number> {
  return (await sql(`select id from users where email = '${email}'`))[0].id;
}

async function signInTo(url: string, credentials: object): Promise<string> {
  const response = await fetch(`${url}/api/v1/sessions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(credentials),
  });
  assert.equal(response.status, 201);
  return ((await response.json()) as { token: string }).token;
}

async function statusOf(url: string, token: string, init: RequestInit = {}): Promise<number> {
  const response = await fetch(url, {
    ...init,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
  });
  await response.arrayBuffer();
  return response.status;
}

const pathOf = async (visitor: Visitor, url: string) => {
  const { status, url: end } = await visitor.get(url);
  return `${status} ${new URL(end).pathname}`;
};

type Doors = Record<string, () => Promise<unknown>>;

/** Waits until each of `doors` answers as `answers` says; fails when one never does. */
async function untilAnswered(doors: Doors, answers: Record<string, unknown>): Promise<void> {
  await untilRefused(doors, answers, { mostMs: ENOUGH_MS });
}

/**
 * Waits until each of `doors` answers as `refusals` says; fails when one that was asked later than `mostMs` from now does
 * not, but for those of CRM, which is told. Answers after how many milliseconds CRM was asked last and did not refuse.
 */
async function untilRefused(doors: Doors, refusals: Record<string, unknown>, { mostMs = MOST_MS } = {}) {
  const begun = performance.now();
  let lateAtCrm = 0;
  await Promise.all(
    Object.entries(doors).map(async ([door, ask]) => {
      const isTold = door.endsWith('CRM');
      for (;;) {
        // What counts is when it was asked: a machine may take long to answer.
        const askedAfter = performance.now() - begun;
        const said = await ask();
        if (said === refusals[door]) return;
        assert.ok(askedAfter < (isTold ? ENOUGH_MS : mostMs), `${door} still answers ${said}`);
        if (isTold) lateAtCrm = Math.max(lateAtCrm, askedAfter);
        await sleep(10);
      }
    }),
  );
  return lateAtCrm;
}

/** Maya with everything open: a browser and programs, at both processes and in CRM. */
async function openEverything() {
  const browser = createVisitor();
  await browser.post(`${there.url}/sign-in`, MAYA);
  const [bearer, atCrm] = await Promise.all([signInTo(there.url, MAYA), signInTo(crm.url, MAYA)]);
  const book = { method: 'POST', body: JSON.stringify({ event_id: 1 }) };
  return {
    'page here': () => pathOf(browser, `${here.url}/bookings`),
    'page there': () => pathOf(browser, `${there.url}/organise`),
    'bearer here': () => statusOf(`${here.url}/api/v1/me`, bearer),
    'bearer there': () => statusOf(`${there.url}/api/v1/me`, bearer),
    // A refusal that is given from memory, as to somebody who is known.
    'bearer that was refused': () => statusOf(`${there.url}/api/v1/bookings`, bearer, book),
    'page of CRM': () => pathOf(browser, `${crm.url}/`),
    'bearer at CRM': () => statusOf(`${crm.url}/api/v1/me`, atCrm),
  };
}

const OPEN = {
  'page here': '200 /bookings',
  'page there': '200 /organise',
  'bearer here': 200,
  'bearer there': 200,
  'bearer that was refused': 404,
  'page of CRM': '200 /',
  'bearer at CRM': 200,
};
const CLOSED = {
  'page here': '200 /sign-in',
  'page there': '200 /sign-in',
  'bearer here': 401,
  'bearer there': 401,
  'bearer that was refused': 401,
  'page of CRM': '200 /sign-in',
  'bearer at CRM': 401,
};

test(`AUTHZ-06: whoever is disabled is refused within a second in every process and in CRM (${TRIES} tries)`, async (t) => {
  const times: number[] = [];
  for (let round = 0; round < TRIES; round++) {
    const doors = await openEverything();
    await untilAnswered(doors, OPEN);
    const disabled = await admin.post(`${here.url}/admin/people/${maya}/disable?/disable`);
    assert.equal(new URL(disabled.url).search, '?done=disabled');
    times.push(await untilRefused(doors, CLOSED));
    await admin.post(`${here.url}/admin/people/${maya}/disable?/enable`);
  }
  t.diagnostic(`CRM still let in after ms: ${times.map(Math.round).join()}`);
  assert.ok(Math.max(...times) <= MOST_MS, times.join());
});

test('while disabled nobody comes in by any page, program or CRM', async () => {
  await admin.post(`${here.url}/admin/people/${maya}/disable?/disable`);
  const browser = createVisitor();
  const page = await browser.post(`${there.url}/sign-in`, MAYA);
  const stranger = await createVisitor().post(`${there.url}/sign-in`, { ...MAYA, password: 'wrong password' });
  assert.equal(page.status, stranger.status);
  assert.match(page.html, /do not belong together/);
  assert.equal(await pathOf(browser, `${crm.url}/`), '200 /sign-in');
  for (const { url } of [here, there, crm]) {
    const refused = await fetch(`${url}/api/v1/sessions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(MAYA),
    });
    assert.deepEqual([refused.status, ((await refused.json()) as { code: string }).code], [401, 'bad-credentials']);
  }
  await admin.post(`${here.url}/admin/people/${maya}/disable?/enable`);
  assert.equal((await createVisitor().post(`${there.url}/sign-in`, MAYA)).status, 200);
});

test(`AUTHZ-06: whoever is no admin any more is refused within a second in every process (${TRIES} tries)`, async () => {
  const browser = createVisitor();
  await browser.post(`${there.url}/sign-in`, MAYA);
  const bearer = await signInTo(there.url, MAYA);
  const add = () => ({ method: 'POST', body: JSON.stringify({ name: 'x', email: 'not an address' }) });
  const doors = {
    'page here': () => pathOf(browser, `${here.url}/admin`),
    'page there': () => pathOf(browser, `${there.url}/admin/people`),
    'bearer here': () => statusOf(`${here.url}/api/v1/facilitators`, bearer, add()),
    'bearer there': () => statusOf(`${there.url}/api/v1/facilitators`, bearer, add()),
  };
  for (let round = 0; round < TRIES; round++) {
    await admin.post(`${here.url}/admin/people/${maya}?/makeAdmin`);
    await untilAnswered(doors, {
      'page here': '200 /admin',
      'page there': '200 /admin/people',
      'bearer here': 422,
      'bearer there': 422,
    });
    await admin.post(`${here.url}/admin/people/${maya}?/unmakeAdmin`);
    const refusals = { 'page here': '403 /admin', 'page there': '403 /admin/people' };
    await untilRefused(doors, { ...refusals, 'bearer here': 403, 'bearer there': 403 });
  }
  const noted = there
    .log()
    .split('\n')
    .filter((line) => line.includes('"access.refused"'));
  assert.ok(noted.some((line) => line.includes('/admin/people')) && noted.some((line) => line.includes('/api/v1/')));
});

test('AUTHZ-06: signing somebody out everywhere ends CRM too', async () => {
  const doors = await openEverything();
  await untilAnswered(doors, OPEN);
  await admin.post(`${here.url}/admin/people/${maya}?/signOut`);
  await untilRefused(doors, CLOSED);
});

/** Sends a body in two parts, with `between` between them; answers the status. */
async function sendInParts(
  url: string,
  { body, headers }: { body: string; headers: Record<string, string> },
  between: () => Promise<unknown>,
): Promise<number | undefined> {
  const method = headers.authorization ? 'PATCH' : 'POST';
  const length = String(Buffer.byteLength(body));
  const sending = request(url, { method, headers: { ...headers, 'content-length': length } });
  const answered = new Promise<number | undefined>((resolve, reject) => {
    sending.on('error', reject);
    sending.on('response', (answer) => {
      answer.resume();
      answer.on('end', () => resolve(answer.statusCode));
    });
  });
  await new Promise((resolve) => sending.write(body.slice(0, 5), resolve));
  // By then whoever it is has been looked up: the process has read and answered what came after it.
  await (await fetch(new URL('/healthz', url))).arrayBuffer();
  await sleep(MOST_MS);
  await between();
  // Counts as long, even where the process began late to read it.
  await sleep(MOST_MS);
  sending.end(body.slice(5));
  return await answered;
}

/** Requests that change Maya's name, or mark nothing at CRM, as they are sent in parts. */
async function beginSlowly() {
  const browser = createVisitor();
  await browser.post(`${there.url}/sign-in`, MAYA);
  await browser.get(crm.url);
  const cookieFor = (url: string) => [...browser.cookiesFor(url)].map((pair) => pair.join('=')).join('; ');
  const form = (url: string) => ({
    ...{ cookie: cookieFor(url), origin: url, 'sec-fetch-site': 'same-origin', accept: 'text/html' },
    'content-type': 'application/x-www-form-urlencoded',
  });
  const token = await signInTo(there.url, MAYA);
  const bearer = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  return {
    'a form': (between: () => Promise<unknown>) =>
      sendInParts(`${there.url}/account?/name`, { body: 'name=Slow', headers: form(there.url) }, between),
    'the API': (between: () => Promise<unknown>) =>
      sendInParts(`${there.url}/api/v1/me`, { body: '{"name":"Slow"}', headers: bearer }, between),
    'a form of CRM': (between: () => Promise<unknown>) =>
      sendInParts(`${crm.url}/mark`, { body: 'mark=done.1&back=/', headers: form(crm.url) }, between),
  };
}

test('AUTHZ-06: what somebody began to send before they were signed out counts as of when it has come', async () => {
  const nameOfMaya = async () => (await sql(`select name from users where id = ${maya}`))[0].name;
  const signOut = () => admin.post(`${here.url}/admin/people/${maya}?/signOut`);
  for (const door of ['a form', 'the API', 'a form of CRM'] as const) {
    assert.equal(await (await beginSlowly())[door](signOut), 401, door);
    assert.equal(await nameOfMaya(), 'Maya Lind', door);
  }
  for (const [door, send] of Object.entries(await beginSlowly())) {
    assert.ok([200, 303].includes((await send(async () => undefined)) ?? 0), `${door}, with nothing between`);
  }
  await sql(`update users set name = 'Maya Lind' where id = ${maya}`);
});

test('AUTHZ-06: … and so does what somebody sends who loses a right meanwhile', async () => {
  const browser = createVisitor();
  await admin.post(`${here.url}/admin/people/${maya}?/makeAdmin`);
  await browser.post(`${there.url}/sign-in`, MAYA);
  const headers = {
    cookie: [...browser.cookiesFor(there.url)].map((pair) => pair.join('=')).join('; '),
    ...{ origin: there.url, 'sec-fetch-site': 'same-origin', accept: 'text/html' },
    'content-type': 'application/x-www-form-urlencoded',
  };
  const body = 'name=Mine&timeZone=UTC&currency=EUR&terms=';
  const status = await sendInParts(`${there.url}/organise/settings`, { body, headers }, () =>
    admin.post(`${here.url}/admin/people/${maya}?/unmakeAdmin`),
  );
  assert.equal(status, 401);
  assert.notEqual((await sql('select name from studio'))[0].name, 'Mine');
});

test('negative control: CRM, which is told nothing, keeps whom booking refuses', async () => {
  const doors = await openEverything();
  await untilAnswered(doors, OPEN);
  await sql('alter table users disable trigger users_end_sign_ins');
  await admin.post(`${here.url}/admin/people/${maya}/disable?/disable`);
  await sql('alter table users enable trigger users_end_sign_ins');
  const { 'page of CRM': page, 'bearer at CRM': atCrm, ...ofBooking } = doors;
  await untilRefused(ofBooking, CLOSED);
  await sleep(2 * MOST_MS);
  assert.deepEqual([await page(), await atCrm()], ['200 /', 200]);
  await admin.post(`${here.url}/admin/people/${maya}?/signOut`);
  await untilRefused(doors, CLOSED);
  await admin.post(`${here.url}/admin/people/${maya}/disable?/enable`);
});

test('an admin cannot disable themselves', async () => {
  const refused = await admin.post(`${there.url}/admin/people/${ana}/disable?/disable`);
  assert.equal(refused.status, 403);
  assert.equal(await pathOf(admin, `${here.url}/admin`), '200 /admin');
});
