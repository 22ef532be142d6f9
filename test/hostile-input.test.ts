import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countTries, seedOf } from '@samaya/platform/test-tries.ts';
import { bookingMessage } from '../apps/crm/src/server/test-app.ts';
import { createDescribedApps } from './described-apps.ts';
import { hostileStrings } from './hostile-strings.ts';
import { sendOver, serveApi } from './over-http.ts';
import { type Received, sendRequest } from './send-request.ts';
import { differencesOf, tableContents } from './table-contents.ts';

const { booking, crm, apps } = await createDescribedApps();
const [ofBooking = assert.fail(), ofCrm = assert.fail()] = apps;
const token = await ofBooking.signIn();
const crmToken = await ofCrm.signIn();
const [eventId = assert.fail()] = ofBooking.rows.events ?? [];
const [notificationId = assert.fail()] = ofCrm.rows['booking-notifications'] ?? [];

const change = (rawBody: string): Promise<Received> =>
  sendRequest(booking.api, 'patch', `/api/v1/events/${eventId}`, { token, rawBody });

const CONTENT_TYPES: (string | string[])[] = [
  ...['application/json', 'application/json; charset=utf-8', 'application/json;charset=utf-8', 'APPLICATION/JSON'],
  ...[
    'application/json; charset="utf-8"',
    'Application/Json; Charset=UTF-8',
    ' application/json',
    '\tapplication/json',
  ],
  ...[
    'application/json ',
    'application/json\t',
    'application/json;',
    'application/json; ',
    'application/json;\tcharset=utf-8',
  ],
  ...[
    'application/json;; charset=utf-8',
    'application/json; charset=utf-8; charset=utf-16',
    'application/json; charset=utf-16',
  ],
  ...['application/json; charset=utf-7', 'application/json; charset=iso-8859-1', "application/json; charset='utf-8'"],
  ...[
    'application/json; boundary=x',
    'application/json, text/plain',
    'text/plain, application/json',
    'application/json x',
  ],
  ...['application/json\u00a0', 'application/jsonx', 'xapplication/json', 'application /json', 'application/ json'],
  ...['application/ld+json', 'application/problem+json', 'application/merge-patch+json', 'application/csp-report'],
  ...[
    'text/json',
    'text/plain',
    'text/plain; application/json',
    'text/html',
    'multipart/form-data; boundary=application/json',
  ],
  ...[
    'application/x-www-form-urlencoded',
    'application/x-www-form-urlencoded; application/json',
    '*/*',
    'json',
    '',
    ';',
  ],
  ...[
    ['application/json', 'text/plain'],
    ['text/plain', 'application/json'],
    ['application/json', 'application/json'],
  ],
];

test('FUZZ-06: however a content type is written, a body is refused, or read as JSON and fully checked', async (t) => {
  const variants = [...CONTENT_TYPES, undefined];
  countTries(t, 'FUZZ-06', { short: variants.length, full: variants.length });
  assert.ok(variants.length >= 40);
  for (const { port, path, bearer, good, bad } of [
    {
      port: await serveApi(booking.api),
      path: `/api/v1/events/${eventId}`,
      bearer: token,
      good: '{"title":"Yin"}',
      bad: '{"title":1}',
    },
    {
      port: await serveApi(crm.api),
      path: `/api/v1/booking-notifications/${notificationId}`,
      bearer: crmToken,
      good: '{"processed":false}',
      bad: '{"processed":"false"}',
    },
  ]) {
    const taken: unknown[] = [];
    for (const type of variants) {
      const headers = { authorization: `Bearer ${bearer}`, ...(type !== undefined && { 'content-type': type }) };
      const { status } = await sendOver(port, 'PATCH', path, { headers, body: good });
      assert.ok(status === 200 || status === 415, `${JSON.stringify(type)}: ${status}`);
      if (status === 200) taken.push(type);
      const refused = await sendOver(port, 'PATCH', path, { headers, body: bad });
      assert.equal(refused.status, status === 200 ? 422 : 415, JSON.stringify(type));
    }
    // Only JSON in UTF-8, however spelt; what stands around it is not part of a header's value.
    assert.ok(
      taken.every((type) => /^\s*application\/json\s*(;\s*charset="?utf-8"?)?\s*$/i.test(String(type))),
      String(taken),
    );
    assert.ok(taken.length >= 6, String(taken));
  }
});

const POLLUTING = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'valueOf',
  'hasOwnProperty',
  '__defineGetter__',
];

test('FUZZ-07: no body, query, cookie or header reaches the prototype of anything', async (t) => {
  const before = Object.getOwnPropertyNames(Object.prototype).toSorted();
  let tried = 0;
  const tables = [await tableContents(booking.app.pool), await tableContents(crm.app.pool)];
  for (const [app, bearer, api] of [
    [ofBooking, token, booking.api],
    [ofCrm, crmToken, crm.api],
  ] as const) {
    const port = await serveApi(api);
    for (const { method, path } of app.described.filter((one) => one.method !== 'delete')) {
      const address = path.replace('{id}', '2000000000');
      for (const name of POLLUTING) {
        const inner = `{"polluted":true,"is_admin":true,"isAdmin":true,"prototype":{"polluted":true}}`;
        const asked = [
          { path: `${address}?${name}=1&${name}[polluted]=1` },
          { headers: { cookie: `${name}=1; ${name}.polluted=1; samaya_booking=${name}` } },
          { headers: { [name]: 'true', [`${name}[polluted]`]: 'true' } },
          ...(method === 'get' ? [] : [{ body: `{"${name}":${inner}}` }, { body: `{"name":{"${name}":${inner}}}` }]),
          ...(method === 'get' ? [] : [{ body: `[{"${name}":${inner}}]` }]),
        ];
        for (const one of asked) {
          const headers: Record<string, string> = {
            authorization: `Bearer ${bearer}`,
            'content-type': 'application/json',
          };
          for (const [header, value] of Object.entries('headers' in one ? (one.headers ?? {}) : {})) {
            Object.defineProperty(headers, header.replaceAll(/[[\]]/g, ''), { value, enumerable: true });
          }
          const { body } = one as { body?: string };
          const { status, text } = await sendOver(
            port,
            method.toUpperCase(),
            'path' in one ? String(one.path) : address,
            {
              headers,
              ...(body !== undefined && { body }),
            },
          );
          assert.ok(status < 500, `${method} ${address} ${name}: ${status} ${text}`);
          if (body !== undefined || 'path' in one) assert.ok(status >= 400, `${method} ${address} takes ${name}`);
          tried++;
        }
      }
    }
  }
  countTries(t, 'FUZZ-07', { short: tried, full: tried });
  assert.deepEqual(Object.getOwnPropertyNames(Object.prototype).toSorted(), before);
  assert.equal(({} as { polluted?: unknown }).polluted, undefined);
  const after = [await tableContents(booking.app.pool), await tableContents(crm.app.pool)];
  for (const [index, contents] of tables.entries()) {
    assert.deepEqual(differencesOf(contents, after[index] ?? assert.fail()), []);
  }
});

const FORBIDDEN = /\p{Cc}|[\u2028\u2029\u202A-\u202E\u2066-\u2069\uFEFF]/u;
const FORBIDDEN_IN_PARAGRAPHS = /(?![\n\t])\p{Cc}|[\u202A-\u202E\u2066-\u2069\uFEFF]/u;

test('FUZZ-08: every text is kept as it was written, normalised, or refused by its name', async (t) => {
  const strings = hostileStrings(seedOf(t));
  countTries(t, 'FUZZ-08', { short: strings.length * 3, full: strings.length * 3 });
  assert.ok(strings.length > 150);
  let kept = 0;
  let shown: Record<string, unknown> = {};
  const pick = (all: unknown, of: object) =>
    Object.fromEntries(Object.keys(of).map((name) => [name, (all as Record<string, unknown>)[name]]));
  for (const text of strings) {
    const line = text.normalize('NFC').trim();
    const paragraphs = text.replaceAll('\r\n', '\n').normalize('NFC').trim();
    for (const [field, expected, isTaken] of [
      ['title', line, text.isWellFormed() && !FORBIDDEN.test(text) && line !== '' && [...line].length <= 200],
      [
        'description',
        paragraphs,
        text.isWellFormed() &&
          !FORBIDDEN_IN_PARAGRAPHS.test(text.replaceAll('\r\n', '\n')) &&
          [...paragraphs].length <= 10_000,
      ],
    ] as const) {
      const { status, json, text: answer } = await change(JSON.stringify({ [field]: text }));
      assert.equal(status, isTaken ? 200 : 422, `${field} ${JSON.stringify(text)}: ${answer.slice(0, 300)}`);
      if (!isTaken) continue;
      assert.equal((json as Record<string, unknown>)[field], expected, JSON.stringify(text));
      shown = { ...shown, [field]: expected };
      kept++;
    }
    const again = await sendRequest(booking.api, 'get', `/api/v1/events/${eventId}`, { token });
    assert.deepEqual(pick(again.json, shown), shown, JSON.stringify(text));
    const found = await sendRequest(booking.api, 'get', `/api/v1/events?q=${encodeURIComponent(text.toWellFormed())}`);
    assert.ok([200, 400].includes(found.status), `${JSON.stringify(text)}: ${found.text}`);
  }
  assert.ok(kept > strings.length, `${kept}`);
});

test('FUZZ-08: an address is normalised before it is judged, so that no other spelling is another account', async () => {
  const password = 'calm river 47';
  const signUp = (email: string) =>
    sendRequest(booking.api, 'post', '/api/v1/users', { body: { name: 'Lea', email, password } });
  assert.equal((await signUp('lea@example.org')).status, 201);
  for (const email of [
    'LEA@EXAMPLE.ORG',
    'lea＠example.org',
    'ｌｅａ@example.org',
    ' lea@example.org ',
    'lea@example．org',
  ]) {
    assert.equal((await signUp(email)).status, 409, email);
  }
  for (const email of [
    'lea@example.org\0',
    'le\u200ba@example.org',
    'lea@exa\u00admple.org',
    'lеa@example.org',
    'lea@@example.org',
    '\u202elea@example.org',
  ]) {
    assert.equal((await signUp(email)).status, 422, email);
  }
});

test('FUZZ-08: CRM keeps what booking tells it letter by letter, or says why not', async (t) => {
  const names = hostileStrings(seedOf(t)).map((text) => [...text].slice(0, 100).join(''));
  const told = names.map((user_name, index) => bookingMessage({ booking_id: 1000 + index, user_name }));
  const { body } = await crm.deliver(told.slice(0, 200));
  const outcomes = body.outcomes as { outcome: string }[];
  const rows = await crm.app.db.selectFrom('booking_notifications').select(['booking_id', 'user_name']).execute();
  const kept = new Map(rows.map((row) => [row.booking_id, row.user_name]));
  for (const [index, { outcome }] of outcomes.entries()) {
    assert.equal(kept.get(1000 + index), outcome === 'stored' ? names[index] : undefined, JSON.stringify(names[index]));
  }
  assert.ok(outcomes.filter(({ outcome }) => outcome === 'stored').length > 100);
});

const NUMBERS = [
  ...[
    '0',
    '-0',
    '0.0',
    '-1',
    '1',
    '0.1',
    '0.01',
    '0.001',
    '1.10',
    '1e0',
    '1E2',
    '1e-2',
    '1e-7',
    '1e308',
    '-1e308',
    '1e309',
  ],
  ...['5e-324', '2147483647', '2147483648', '-2147483648', '4294967296', '9007199254740991', '9007199254740993'],
  ...[
    '9223372036854775807',
    '9223372036854775808',
    '18446744073709551616',
    '1000000000',
    '1000000000.01',
    '999999999.99',
  ],
  ...['0.1000000000000000055', '1.005', '1e2147483648', '100000', '100001', '527040', '527041', '12345678901234567890'],
  ...['"1"', '"1e1"', '"0x10"', '"Infinity"', '"NaN"', '"１"', 'true', 'null', '[]', '[1]', '{}', '""', '"-0"'],
  ...['01', '+1', '.5', '1.', '0x10', 'NaN', 'Infinity', '1_000', '١', '1,5'],
];
const DATES = [
  ...[
    '1969-12-31T23:59:59Z',
    '1970-01-01T00:00:00Z',
    '9999-12-31T23:59:59Z',
    '9999-12-31T23:59:59.999Z',
    '+010000-01-01T00:00:00Z',
  ],
  ...['+275760-09-13T00:00:00Z', '+275760-09-13T00:00:00.001Z', '0000-01-01T00:00:00Z', '-000001-01-01T00:00:00Z'],
  ...[
    '2028-02-29T10:00:00Z',
    '2027-02-29T10:00:00Z',
    '2100-02-29T10:00:00Z',
    '2030-02-30T10:00:00Z',
    '2030-04-31T10:00:00Z',
  ],
  ...[
    '2030-01-01T23:59:60Z',
    '2030-06-30T23:59:60Z',
    '2030-01-01T24:00:00Z',
    '2030-01-01T25:00:00Z',
    '2030-01-01T10:60:00Z',
  ],
  ...[
    '2030-13-01T00:00:00Z',
    '2030-00-01T00:00:00Z',
    '2030-01-00T00:00:00Z',
    '2030-01-01T10:00:00',
    '2030-01-01',
    '2030-01-01 10:00:00Z',
  ],
  ...[
    '2030-01-01T10:00Z',
    '2030-01-01T10Z',
    '2030-01-01t10:00:00z',
    '2030-01-01T10:00:00+14:00',
    '2030-01-01T10:00:00+23:59',
  ],
  ...[
    '2030-01-01T10:00:00+24:00',
    '2030-01-01T10:00:00-00:00',
    '2030-01-01T10:00:00+0100',
    '2030-01-01T10:00:00+01',
    '20300101T100000Z',
  ],
  ...[
    '2030-01-01T10:00:00.123456789Z',
    '2030-01-01T10:00:00.Z',
    '2030-W01-1T10:00:00Z',
    '2030-001T10:00:00Z',
    '1893456000',
    '',
    'now',
    'Tue, 01 Jan 2030 10:00:00 GMT',
    '２０３０-01-01T10:00:00Z',
    '2030-03-31T02:30:00+01:00',
  ],
];

test('FUZZ-09: a number is taken for what it is, or refused', async (t) => {
  const fields = ['price', 'duration', 'max_participants'];
  countTries(t, 'FUZZ-09', {
    short: NUMBERS.length * fields.length + DATES.length,
    full: NUMBERS.length * fields.length + DATES.length,
  });
  for (const field of fields) {
    let taken = 0;
    for (const number of NUMBERS) {
      const { status, json, text } = await change(`{"${field}":${number}}`);
      assert.ok([200, 400, 422].includes(status), `${field} ${number}: ${text}`);
      if (status !== 200) continue;
      taken++;
      assert.equal((json as Record<string, unknown>)[field], Math.abs(JSON.parse(number)), `${field} ${number}`);
    }
    assert.ok(taken >= 4 && taken < NUMBERS.length / 2, `${field} ${taken}`);
  }
  for (const number of NUMBERS) {
    for (const body of [`{"event_id":${number}}`, `{"event_id":${eventId},"seats":${number}}`]) {
      const { status, text } = await sendRequest(booking.api, 'post', '/api/v1/bookings', { token, rawBody: body });
      assert.ok([400, 404, 409, 422, 201].includes(status), `${body}: ${status} ${text}`);
    }
  }
});

test('FUZZ-09: so is a moment, wherever one is asked for', async () => {
  let taken = 0;
  for (const date of DATES) {
    const { status, json, text } = await change(JSON.stringify({ date_time: date }));
    assert.ok([200, 422].includes(status), `${date}: ${text}`);
    if (status === 200) {
      taken++;
      // Of a moment that is none, Date says NaN; of one it would bend to another, that other.
      assert.equal((json as { date_time: string }).date_time, new Date(date).toISOString(), date);
      assert.match(date, /^\d{4}-\d\d-\d\dT/, date);
    }
    for (const name of ['from', 'to']) {
      const query = `${name}=${encodeURIComponent(date)}`;
      const found = await sendRequest(booking.api, 'get', `/api/v1/events?${query}`);
      assert.ok([200, 400].includes(found.status), `${query}: ${found.text}`);
      const told = await sendRequest(crm.api, 'get', `/api/v1/booking-notifications?${query}`, { token: crmToken });
      assert.ok([200, 400].includes(told.status), `${query}: ${told.text}`);
    }
  }
  assert.ok(taken >= 8 && taken < 25, `${taken}`);
});

test('FUZZ-12: a parameter that comes twice, as a list or nested is refused by its name', async () => {
  let tried = 0;
  for (const [app, bearer] of [
    [ofBooking, token],
    [ofCrm, crmToken],
  ] as const) {
    for (const { method, path, operation } of app.described) {
      if (operation.security?.some((one) => 'signature' in one) || method === 'delete') continue;
      const address = path.replace('{id}', '1');
      const named = (operation.parameters ?? []).filter((one) => one.in === 'query').map(({ name }) => name);
      for (const name of [...named, 'id', 'access_token', 'caller']) {
        const polluted = [`${name}[]=1`, `${name}[a]=1`, `${name}.a=1`, `${name}%5B0%5D=1`, `${name};${name}=1`];
        if (named.includes(name)) polluted.push(`${name}=1&${name}=1`, `${name}=1&${name}=2`, `${name}=&${name}=`);
        else polluted.push(`${name}=1`);
        for (const query of polluted) {
          const { status, json } = await sendRequest(app.api, method, `${address}?${query}`, { token: bearer });
          assert.equal(status, 400, `${method} ${address}?${query}`);
          assert.match((json as { detail: string }).detail, /given twice|not a parameter of this address/);
          tried++;
        }
      }
    }
  }
  assert.ok(tried > 300, `${tried}`);
  // Of a field that comes twice the last counts, and is checked: there is no other reader who could take the first.
  assert.equal((await change('{"title":"Yin","title":1}')).status, 422);
  assert.deepEqual((await change('{"title":1,"title":"Yin"}')).status, 200);
});
