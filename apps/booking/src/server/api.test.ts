import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import fc from 'fast-check';
import { routeTable } from './api.ts';
import { findViolations } from './bookings/booking-invariants-queries.ts';
import { createTestApp } from './test-app.ts';

const { app, db, call, logLines, addFacilitator, addEvent, addPerson } = await createTestApp();

// Deleting one's account or signing out would leave the other requests without a caller; their own tests try them.
const ENDINGS = ['/api/v1/me', '/api/v1/sessions/current'];
const routes = routeTable(app).filter(({ method, path }) => !(method === 'delete' && ENDINGS.includes(path)));
const tokens: (string | undefined)[] = [undefined];
const ids: string[] = ['0', '-1', '2147483648', '1e3', '%00', '%ff', 'x', '%F0%9F%A7%98'];

before(async () => {
  const maya = await addFacilitator();
  const ana = await addPerson();
  const admin = await addPerson({ is_admin: true });
  tokens.push(maya.token, ana.token, admin.token);
  for (let count = 0; count < 5; count++) {
    const id = await addEvent({ facilitator_id: maya.facilitatorId, max_participants: count });
    ids.push(String(id));
  }
});

const HOSTILE_VALUES = [
  ...[null, true, false, 0, -0, -1, 1, 1.5, 1e300, 2_147_483_647, 2_147_483_648, Number.MAX_SAFE_INTEGER],
  ...['', ' ', '\0', '\ud800', '\u202e', "'; drop table events; --", '%', '\\', '1', 'NaN', 'Infinity', 'null'],
  ...['2030-01-01', '2030-01-01T10:00:00Z', '2030-13-45T99:99:99Z', '0000-00-00', '+275760-09-13T00:00:00Z'],
  ...['ana@studio.example', 'session', 'retreat', 'Europe/Lisbon', 'EUR', '🧘'.repeat(300), 'x'.repeat(20_000)],
];
const hostile = fc.oneof(
  fc.constantFrom(...HOSTILE_VALUES),
  fc.string({ unit: 'binary' }),
  fc.double(),
  fc.jsonValue(),
);
const fieldNames = [
  ...['title', 'description', 'event_type', 'date_time', 'duration', 'max_participants', 'price', 'facilitator_id'],
  ...['is_active', 'time_zone', 'currency', 'place', 'online', 'practice', 'level', 'summary', 'event_id', 'seats'],
  ...['name', 'email', 'password', 'bio', 'specialties', 'id', '__proto__', 'constructor', 'toString', ''],
];
const sound = {
  title: 'Yin',
  description: 'Quiet.',
  event_type: 'session',
  date_time: '2031-05-01T08:30:00+02:00',
  duration: 60,
  max_participants: 5,
  price: 10,
};
const anyBody = fc.oneof(
  fc.dictionary(fc.constantFrom(...fieldNames), hostile).map((value) => JSON.stringify(value)),
  fc.json(),
  fc.string(),
);
// What gets past the schemas now and then, so that the use cases and the database meet it too.
const nearlySound: Record<string, fc.Arbitrary<string>> = {
  'post /api/v1/events': fc
    .tuple(fc.constantFrom(...Object.keys(sound), 'time_zone', 'place', 'currency'), hostile)
    .map(([field, value]) => JSON.stringify({ ...sound, facilitator_id: 1, [field]: value })),
  'patch /api/v1/events/{id}': fc
    .tuple(fc.constantFrom(...Object.keys(sound), 'is_active', 'time_zone', 'facilitator_id'), hostile)
    .map(([field, value]) => JSON.stringify({ [field]: value })),
  'post /api/v1/bookings': fc
    .record(
      { event_id: fc.oneof(fc.integer({ min: 1, max: 6 }), hostile), seats: fc.oneof(fc.integer(), hostile) },
      { requiredKeys: ['event_id'] },
    )
    .map((value) => JSON.stringify(value)),
};
const PARAMETERS = [
  ...['event_type', 'practice', 'facilitator_id', 'from', 'to', 'time_of_day', 'q', 'price_max', 'available'],
  ...['sort', 'limit', 'after', '__proto__', 'colour'],
];
const parameter = fc.tuple(
  fc.constantFrom(...PARAMETERS),
  fc.oneof(
    fc.string({ unit: 'grapheme' }).map(encodeURIComponent),
    fc.constantFrom(
      '%00',
      '%ff',
      '%',
      '%25',
      '%5C',
      '+',
      'true',
      'morning',
      'session',
      '1',
      '100',
      '2030-01-01',
      '9999-12-31',
    ),
    fc.constantFrom('%D0%B9', 'yin%20quiet', '%C2%BD', '%EF%BC%85', '-'.repeat(200), '2030-01-01T00:00:00+02:00'),
    fc.jsonValue().map((value) => Buffer.from(JSON.stringify(value)).toString('base64url')),
    fc
      .tuple(fc.date({ noInvalidDate: true }), fc.integer())
      .map(([date, id]) => Buffer.from(JSON.stringify([date.toISOString(), id])).toString('base64url')),
  ),
);
const query = fc.oneof(
  { arbitrary: fc.constant(''), weight: 5 },
  {
    arbitrary: fc.array(parameter, { maxLength: 3 }).map((all) => all.map((one) => one.join('=')).join('&')),
    weight: 4,
  },
  { arbitrary: fc.webQueryParameters(), weight: 1 },
);
const request = fc.constantFrom(...routes).chain((route) =>
  fc.record({
    route: fc.constant(route),
    id: fc.nat({ max: 12 }),
    token: fc.nat({ max: 3 }),
    key: fc.option(fc.constantFrom('a', 'b', 'two words', 'é', ''), { freq: 2 }),
    body: fc.oneof(anyBody, nearlySound[`${route.method} ${route.path}`] ?? anyBody),
    query,
  }),
);

test('whatever is sent, the answer is one of ours and never a failure of the server', async () => {
  await fc.assert(
    fc.asyncProperty(request, async (sent) => {
      const { route } = sent;
      const path = route.path.replace(/\{\w+\}/, ids[sent.id] ?? '1');
      const answer = await call(route.method.toUpperCase(), sent.query === '' ? path : `${path}?${sent.query}`, {
        token: tokens[sent.token],
        ...(route.method !== 'get' && { rawBody: sent.body }),
        headers: sent.key === null ? {} : { 'idempotency-key': sent.key },
      });
      assert.ok(answer.status < 500, `${answer.status} ${answer.text} ${logLines.at(-1)}`);
      if (answer.status >= 400) assert.equal(typeof answer.body.code, 'string');
    }),
    { numRuns: 2000 },
  );
  assert.deepEqual(await findViolations(db), []);
});

test('every field and every parameter takes every hostile value', async () => {
  const admin = tokens.at(-1);
  const eventId = ids.at(-1);
  const expectAnswer = async (method: string, path: string, rawBody?: string) => {
    const answer = await call(method, path, { token: admin, ...(rawBody !== undefined && { rawBody }) });
    assert.ok(answer.status < 500, `${method} ${path} ${rawBody} ${answer.text} ${logLines.at(-1)}`);
  };
  const eventFields = [
    ...Object.keys(sound),
    'facilitator_id',
    'is_active',
    'time_zone',
    'currency',
    'place',
    'online',
  ];
  const pages = ['/api/v1/bookings', '/api/v1/facilitators', `/api/v1/events/${eventId}/bookings`];
  for (const value of HOSTILE_VALUES) {
    const text = encodeURIComponent(String(value).toWellFormed());
    for (const name of PARAMETERS) await expectAnswer('GET', `/api/v1/events?${name}=${text}`);
    for (const path of pages) {
      for (const name of ['limit', 'after']) await expectAnswer('GET', `${path}?${name}=${text}`);
    }
    for (const field of eventFields) {
      await expectAnswer('PATCH', `/api/v1/events/${eventId}`, JSON.stringify({ [field]: value }));
      await expectAnswer('POST', '/api/v1/events', JSON.stringify({ ...sound, facilitator_id: 1, [field]: value }));
    }
    for (const field of ['name', 'email', 'bio', 'specialties']) {
      await expectAnswer('PATCH', '/api/v1/facilitators/1', JSON.stringify({ [field]: value }));
    }
    await expectAnswer('PATCH', '/api/v1/me', JSON.stringify({ name: value }));
    await expectAnswer('POST', '/api/v1/bookings', JSON.stringify({ event_id: value }));
    await expectAnswer('POST', '/api/v1/bookings', JSON.stringify({ event_id: Number(eventId), seats: value }));
  }
  assert.deepEqual(await findViolations(db), []);
});

test('every route that wants somebody refuses a stranger before it reads the request', async () => {
  for (const { method, path, caller } of routes) {
    if (caller === 'anyone' || caller === 'signature') continue;
    const { status } = await call(method.toUpperCase(), path.replace(/\{\w+\}/, 'x'), {
      ...(method !== 'get' && { rawBody: '{' }),
    });
    assert.equal(status, 401, `${method} ${path}`);
  }
});
