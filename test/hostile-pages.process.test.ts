import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { countTries, isFullRun, seedOf } from '@samaya/platform/test-tries.ts';
import pg from 'pg';
import { rowsOf } from './both-databases.ts';
import { hostileStrings } from './hostile-strings.ts';
import { sendOver } from './over-http.ts';
import { sqlPayloads } from './sql-payloads.ts';
import { differencesOf, tableContents } from './table-contents.ts';
import { PASSWORD } from './two-apps.ts';
import { type SiteRoute, startWholeSite } from './whole-site.ts';

const site = await startWholeSite();
// What ends an account or a sign-in would leave nobody to ask with.
const ENDING = /sign-out|delete|disable|address|endAll|signed-out/;
const TEXTS_PER_PLACE = isFullRun ? 60 : 1;
const PARAMETERS = [
  ...[
    'q',
    'after',
    'from',
    'to',
    'kind',
    'event_title',
    'view',
    'done',
    'seats',
    'when',
    'month',
    'week',
    'view',
    'practice',
  ],
  ...[
    'level',
    'event_type',
    'type',
    'facilitator',
    'facilitator_id',
    'time_of_day',
    'price_max',
    'online',
    'available',
  ],
  ...[
    'return_to',
    'interaction',
    'state',
    'code',
    'for',
    'again',
    'added',
    'back',
    'part',
    'seen',
    'date',
    'day',
    'copy',
  ],
];
// None of what is sent looks like it.
const INSIDE =
  /node_modules|at async |file:\/\/\/\S*\.[jt]s\b|\.ts:\d+:\d+|syntax error|relation "|SELECT |kysely|PostgresError/;

const cookieFor = ({ app, id }: SiteRoute) => {
  if (app === 'crm') return site.cookies.mayaAtCrm;
  return /^\/(admin|organise)/.test(id) ? site.cookies.sofia : site.cookies.ana;
};

/** Asks for a page and says what is wrong with the answer, whatever it is. */
async function ask(route: SiteRoute, what: string, address: string, init: RequestInit = {}): Promise<string> {
  const url = `${site[route.app].url}${address}`;
  const response = await fetch(url, {
    redirect: 'manual',
    ...init,
    headers: {
      cookie: cookieFor(route),
      accept: 'text/html',
      origin: site[route.app].url,
      'sec-fetch-site': 'same-origin',
      ...init.headers,
    },
  });
  if (response.headers.get('content-type')?.startsWith('text/event-stream')) {
    await response.body?.cancel();
    return '';
  }
  const html = await response.text();
  assert.ok(response.status < 500, `${what}: ${response.status} ${html.slice(0, 500)}`);
  assert.doesNotMatch(html, INSIDE, what);
  // A calendar is named after what was searched for, and no browser takes it for a page.
  if (!response.headers.get('content-type')?.startsWith('text/calendar')) {
    assert.ok(!html.includes("<img src=x onerror='alert(1)'>") && !html.includes('<script>alert('), what);
  }
  return html;
}

/** Names of the fields of a page's forms. */
function fieldsOf(html: string): string[] {
  const names = [...html.matchAll(/<(?:input|select|textarea|button)\b[^>]*\bname="([^"]+)"/g)].map(
    ([, name]) => name ?? '',
  );
  return [...new Set(names)];
}

/** Nothing was logged as a fault of ours. */
function assertNoFault() {
  for (const { log } of [site.booking, site.crm]) {
    const faults = log()
      .split('\n')
      .filter((line) => /"level":"(error|fatal)"/.test(line));
    assert.deepEqual(faults, []);
  }
}

/** A part of the texts, which is another one for each place. */
function textsFor(place: number, texts: string[]): string[] {
  return Array.from({ length: TEXTS_PER_PLACE }, (_, index) => texts[(place * 31 + index * 17) % texts.length] ?? '');
}

for (const [row, textsOf] of [
  ['FUZZ-08', (seed: number) => hostileStrings(seed)],
  ['FUZZ-10', (seed: number) => [...sqlPayloads().slice(seed % 40)]],
] as const) {
  test(`${row}: whatever is asked of a page in its address, it answers, and shows nothing of the inside`, async (t) => {
    const texts = textsOf(seedOf(t));
    let tried = 0;
    for (const [place, route] of site.routes.entries()) {
      for (const text of textsFor(place, texts)) {
        const query = new URLSearchParams(PARAMETERS.map((name) => [name, text]));
        const alone = new URLSearchParams({ [PARAMETERS[tried % PARAMETERS.length] ?? '']: text });
        for (const one of [query, alone]) {
          await ask(route, `${route.app} ${route.id} ${JSON.stringify(text)}`, `${route.path}?${one}`.slice(0, 12_000));
          tried++;
        }
      }
    }
    countTries(t, row, { short: tried, full: tried });
    assertNoFault();
  });

  test(`${row}: whatever is written into a form, it is taken or refused, and shows nothing of the inside`, async (t) => {
    const texts = textsOf(seedOf(t));
    let tried = 0;
    for (const [place, route] of site.routes.entries()) {
      if (route.actions.length === 0 || ENDING.test(route.id)) continue;
      const fields = fieldsOf(await ask(route, route.id, route.path));
      for (const action of route.actions.filter((one) => !ENDING.test(one))) {
        for (const text of textsFor(place, texts)) {
          const filled = fields.map((name) => [name, text] as [string, string]);
          const one = fields[tried % Math.max(1, fields.length)] ?? 'name';
          for (const form of [filled, filled.filter(([name]) => name === one), [...filled, ...filled]]) {
            const what = `${route.app} ${route.id}?/${action} ${JSON.stringify(form)}`;
            await ask(route, what, `${route.path}${action && `?/${action}`}`, {
              method: 'POST',
              body: new URLSearchParams(form),
            });
            tried++;
          }
        }
      }
    }
    countTries(t, row, { short: tried, full: tried });
    assert.ok(tried >= 100, `${tried}`);
    assertNoFault();
  });
}

/** Holds back what booking still has to tell, and waits until what is on its way has come. */
async function holdMessages(pools: { booking: pg.Pool; crm: pg.Pool }) {
  const look = () => Promise.all([tableContents(pools.booking), tableContents(pools.crm)]);
  await pools.booking.query(`update outbox_destinations set down_since = now(), probe_at = now() + interval '1 day'`);
  const deadline = performance.now() + 30_000;
  for (let before = await look(), isQuiet = false; !isQuiet && performance.now() < deadline; ) {
    await sleep(1000);
    const after = await look();
    isQuiet = before.every((contents, index) => differencesOf(contents, after[index] ?? contents).length === 0);
    before = after;
  }
}

test('FUZZ-05: a page refuses every method that it does not have, and GET and HEAD change no row', async () => {
  const pools = {
    booking: new pg.Pool({ connectionString: site.databases.booking.ownerUrl }),
    crm: new pg.Pool({ connectionString: site.databases.crm.ownerUrl }),
  };
  await holdMessages(pools);
  for (const route of site.routes) {
    const before = await tableContents(pools[route.app]);
    const { port } = site[route.app];
    const headers = { cookie: cookieFor(route), 'sec-fetch-site': 'same-origin', origin: site[route.app].url };
    for (const method of [
      'PUT',
      'PATCH',
      'DELETE',
      'TRACE',
      'PROPFIND',
      ...(route.isPage || route.takesPosts ? [] : ['POST']),
    ]) {
      const { status, headers: answered } = await sendOver(port, method, route.path, { headers });
      assert.ok([405, 303].includes(status), `${method} ${route.id}: ${status}`);
      if (status === 405) assert.match(answered.allow ?? '', /GET|POST/, `${method} ${route.id}`);
    }
    for (const method of ['GET', 'HEAD', 'OPTIONS']) {
      const { status } = await sendOver(port, method, route.path, { headers });
      assert.ok(status < 500, `${method} ${route.id}: ${status}`);
    }
    assert.deepEqual(differencesOf(before, await tableContents(pools[route.app])), [], route.id);
  }
  await Promise.all(Object.values(pools).map((pool) => pool.end()));
  assertNoFault();
});

test('FUZZ-06: a form is read only from what forms send', async () => {
  const credentials = { email: 'ana@studio.example', password: PASSWORD };
  for (const [type, body] of [
    ['application/json', JSON.stringify(credentials)],
    ['text/plain', `email=${credentials.email}\r\npassword=${credentials.password}`],
    ['application/x-www-form-urlencoded; charset=utf-7', new URLSearchParams(credentials).toString()],
    ['multipart/form-data', new URLSearchParams(credentials).toString()],
    ['multipart/form-data; boundary=', '--\r\n\r\n--'],
    ['application/xml', '<email>ana@studio.example</email>'],
    ['', new URLSearchParams(credentials).toString()],
    ['application/x-sveltekit-formdata', JSON.stringify(credentials)],
    ['application/x-www-form-urlencoded, application/json', JSON.stringify(credentials)],
  ] as const) {
    const { status, headers } = await sendOver(site.booking.port, 'POST', '/sign-in', {
      headers: {
        ...(type && { 'content-type': type }),
        origin: site.booking.url,
        'sec-fetch-site': 'same-origin',
        accept: 'text/html',
      },
      body,
    });
    assert.ok(status < 500, `${type}: ${status}`);
    const isForm = type.startsWith('application/x-www-form-urlencoded;');
    assert.equal(headers['set-cookie'] !== undefined, isForm, `${type}: ${status} ${headers['set-cookie']}`);
  }
  assertNoFault();
});

test('FUZZ-07: cookies, headers and fields of odd names change nothing', async () => {
  for (const route of site.routes) {
    const cookie = `${cookieFor(route)}; __proto__=1; constructor=1; toString=1; samaya_booking_sign_up=__proto__; =; ;;`;
    const headers = { cookie, constructor: '1', 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'javascript' };
    const plain = await sendOver(site[route.app].port, 'GET', route.path, { headers: { cookie: cookieFor(route) } });
    const odd = Object.defineProperty({ ...headers }, '__proto__', { value: '1', enumerable: true });
    const { status, text } = await sendOver(site[route.app].port, 'GET', route.path, { headers: odd });
    assert.equal(status, plain.status, route.id);
    assert.ok(!text.includes('evil.example'), route.id);
  }
  const [people] = await rowsOf(
    site.databases.booking.ownerUrl,
    'select count(*)::int as admins from users where is_admin',
  );
  assert.equal(people?.admins, 1);
  assertNoFault();
});
