import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sign } from '@samaya/booking-notification/signature.ts';
import type { ApiRoute } from '@samaya/platform/api-route.ts';
import { z } from 'zod';
import { routeTable as bookingRoutes, createBookingApi } from '../apps/booking/src/server/api.ts';
import { createApp as createBookingApp } from '../apps/booking/src/server/app.ts';
import { createTestApp as createBooking } from '../apps/booking/src/server/test-app.ts';
import { createCrmApi, routeTable as crmRoutes } from '../apps/crm/src/server/api.ts';
import { createApp as createCrmApp } from '../apps/crm/src/server/app.ts';
import { bookingMessage, createTestApp as createCrm } from '../apps/crm/src/server/test-app.ts';
import type { OpenApi, Operation } from './described-api.ts';
import { type AskableApi, type Received, type Sent, sendRequest } from './send-request.ts';

type Row = Pick<ApiRoute<Record<string, unknown>>, 'method' | 'path' | 'params' | 'success' | 'scope'> & {
  caller: PropertyKey;
};

const booking = await createBooking({ CRM_CLIENT_SECRET: 'a secret of the two applications' });
const crm = await createCrm();
const applications: { name: string; api: AskableApi; routes: Row[] }[] = [
  { name: 'booking', api: booking.api, routes: bookingRoutes(booking.app) },
  { name: 'CRM', api: crm.api, routes: crmRoutes(crm.app) },
];
const documents = new Map<string, OpenApi>();
for (const { name, api } of applications) {
  documents.set(name, (await sendRequest(api, 'get', '/openapi.json')).json as OpenApi);
}

for (const { name, routes } of applications) {
  const document = documents.get(name) ?? assert.fail();
  const operations = Object.entries(document.paths).flatMap(([path, byMethod]) =>
    Object.entries(byMethod).map(([method, operation]) => ({ method, path, operation })),
  );

  test(`FUZZ-04: the document of ${name} is OpenAPI 3.1 and describes every route, and no other`, () => {
    assert.match(document.openapi, /^3\.1\.\d+$/);
    assert.ok(document.info.title && document.info.version);
    const signature = ({ method, path }: { method: string; path: string }) => `${method} ${path}`;
    assert.deepEqual(operations.map(signature).sort(), routes.map(signature).sort());
    const ids = operations.map(({ operation }) => operation.operationId);
    assert.equal(new Set(ids).size, routes.length, 'operationIds are unique');
    for (const { operation } of operations) assert.ok(operation.summary);
  });

  test(`every reference in the document of ${name} leads somewhere`, () => {
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]*)"/g)].map(([, target]) => target ?? '');
    assert.ok(references.length > 0);
    for (const reference of new Set(references)) {
      assert.ok(reference.startsWith('#/'), `${reference} leads out of the document`);
      let found: unknown = document;
      for (const part of reference.slice(2).split('/')) {
        const key = part.replaceAll('~1', '/').replaceAll('~0', '~');
        found = typeof found === 'object' && found !== null ? (found as Record<string, unknown>)[key] : undefined;
      }
      assert.ok(found, `${reference} leads nowhere`);
    }
  });

  test(`the document of ${name} declares the parameters of its paths, and who may call`, () => {
    for (const { method, path, operation } of operations) {
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, parameter]) => parameter);
      const declared = (operation.parameters ?? []).filter((parameter) => parameter.in === 'path');
      assert.deepEqual(
        declared.map((parameter) => parameter.name),
        inPath,
        path,
      );
      for (const parameter of declared) assert.equal(parameter.required, true);
      for (const parameter of operation.parameters ?? []) assert.ok(parameter.schema, `${path} ${parameter.name}`);
      const route = routes.find((one) => one.method === method && one.path === path);
      const scheme = route?.caller === 'signature' ? 'signature' : 'bearer';
      const expected =
        route?.caller === 'anyone' ? undefined : [{ [scheme]: route?.scope === undefined ? [] : [route.scope] }];
      assert.deepEqual(operation.security, expected, `${method} ${path}`);
      assert.ok(document.components.securitySchemes[scheme], scheme);
    }
  });

  test(`every schema in the document of ${name} can be read as JSON Schema`, () => {
    for (const { path, operation } of operations) {
      const contents = [operation.requestBody, ...Object.values(operation.responses)].map((one) => one?.content ?? {});
      for (const { schema } of contents.flatMap((content) => Object.values(content))) {
        assert.ok(typeof schema === 'object', path);
        const whole = JSON.stringify({ ...schema, $defs: document.components.schemas });
        const alone = JSON.parse(whole.replaceAll('#/components/schemas/', '#/$defs/'));
        assert.doesNotThrow(() => z.fromJSONSchema(alone), path);
      }
      for (const { description } of Object.values(operation.responses)) assert.ok(description);
    }
  });
}

/** Statuses that were answered: `booking get /api/v1/me 200`. */
const answered = new Set<string>();

/** Asks as `sendRequest` does, and holds the answer against the row of the route table and the document. */
async function ask(name: string, method: string, template: string, sent: Sent & { id?: number } = {}) {
  const { api, routes } = applications.find((one) => one.name === name) ?? assert.fail(name);
  const [path = '', query] = template.split('?');
  const address = `${path.replace('{id}', String(sent.id))}${query === undefined ? '' : `?${query}`}`;
  const received = await sendRequest(api, method, address, sent);
  const route = routes.find((one) => one.method === method && one.path === path) ?? assert.fail(template);
  const operation = documents.get(name)?.paths[path]?.[method] ?? assert.fail(template);
  checkAnswer(`${method} ${template}`, received, route, operation);
  answered.add(`${name} ${method} ${path} ${received.status}`);
  return received;
}

function checkAnswer(request: string, { status, headers, text, json }: Received, route: Row, operation: Operation) {
  const documented = operation.responses[String(status)] ?? assert.fail(`${request}: ${status} is not documented`);
  const type = headers.get('content-type')?.split(';')[0];
  if (status >= 400) {
    assert.equal(type, 'application/problem+json');
    const problem = z
      .looseObject({ type: z.string(), code: z.string(), title: z.string(), detail: z.string(), instance: z.string() })
      .parse(json);
    assert.ok(documented.description.split(', ').includes(problem.code), `${request}: ${status} ${problem.code}`);
    return;
  }
  assert.equal(status, route.success.status);
  if (status === 204) return assert.equal(text, '');
  assert.ok(type !== undefined && documented.content?.[type], `${request}: ${type} is not documented`);
  // An object schema drops what it does not know, so what is left shows what is not documented.
  if (route.success.schema) assert.deepEqual(route.success.schema.parse(json), json, request);
}

const idOf = ({ json }: Received) => z.looseObject({ id: z.int() }).parse(json).id;
const tokenOf = ({ json }: Received) => z.looseObject({ token: z.string() }).parse(json).token;
const PASSWORD = 'quiet mornings';

test('a walk through booking gets what is documented', async () => {
  const admin = await booking.addPerson({ is_admin: true });
  const maya = { name: 'Maya Lind', email: 'maya@home.example', password: PASSWORD };
  const added = await ask('booking', 'post', '/api/v1/facilitators', { token: admin.token, body: maya });
  await ask('booking', 'patch', '/api/v1/facilitators/{id}', {
    token: admin.token,
    id: idOf(added),
    body: { bio: 'Walks everywhere.', specialties: 'Yin' },
  });
  await ask('booking', 'post', '/api/v1/facilitators', { token: admin.token, body: maya });
  const { email, password } = maya;
  const token = tokenOf(await ask('booking', 'post', '/api/v1/sessions', { body: { email, password } }));
  const event = {
    title: 'Yin by candlelight',
    description: '',
    event_type: 'session',
    date_time: new Date(Date.now() + 172_800_000).toISOString(),
    duration: 60,
    max_participants: 1,
    price: 12.5,
  };
  const headers = { 'idempotency-key': 'walk' };
  const first = await ask('booking', 'post', '/api/v1/events', { token, body: event, headers });
  const again = await ask('booking', 'post', '/api/v1/events', { token, body: event, headers });
  assert.equal(again.text, first.text);
  await ask('booking', 'post', '/api/v1/events', { token, body: { ...event, price: 1 }, headers });
  await ask('booking', 'post', '/api/v1/events', { token, body: event, headers: { 'idempotency-key': 'é' } });
  const id = idOf(first);
  await ask('booking', 'patch', '/api/v1/events/{id}', { token, id, body: { place: 'Loft', level: null } });

  const ana = { name: 'Ana Sousa', email: 'ana@home.example', password: PASSWORD };
  await ask('booking', 'post', '/api/v1/users', { body: ana });
  await ask('booking', 'post', '/api/v1/users', { body: ana });
  const signedIn = await ask('booking', 'post', '/api/v1/sessions', { body: { email: ana.email, password } });
  const as = { token: tokenOf(signedIn) };
  await ask('booking', 'post', '/api/v1/bookings', { ...as, body: { event_id: id, seats: 2 } });
  const booked = idOf(await ask('booking', 'post', '/api/v1/bookings', { ...as, body: { event_id: id } }));
  await ask('booking', 'post', '/api/v1/bookings', { ...as, body: { event_id: id } });
  await ask('booking', 'post', '/api/v1/bookings', { token, body: { event_id: id } });
  await ask('booking', 'patch', '/api/v1/events/{id}', { token, id, body: { max_participants: 0 } });
  await ask('booking', 'get', '/api/v1/events?limit=1&q=yin');
  await ask('booking', 'get', '/api/v1/events/{id}', { id });
  await ask('booking', 'get', '/api/v1/events/{id}/bookings', { token, id });
  await ask('booking', 'get', '/api/v1/facilitators?limit=1');
  await ask('booking', 'get', '/api/v1/facilitators/{id}', { id: idOf(added) });
  await ask('booking', 'get', '/api/v1/bookings', as);
  await ask('booking', 'get', '/api/v1/bookings/{id}', { ...as, id: booked });
  await ask('booking', 'get', '/api/v1/me', as);
  await ask('booking', 'patch', '/api/v1/me', { ...as, body: { name: 'Ana S.' } });
  await ask('booking', 'get', '/api/v1/me/export', as);
  await ask('booking', 'get', '/api/v1/me/export', { token });
  await ask('booking', 'post', '/api/v1/bookings/{id}/cancel', { ...as, id: booked });
  await ask('booking', 'post', '/api/v1/events/{id}/cancel', { token, id });
  await ask('booking', 'patch', '/api/v1/events/{id}', { token, id, body: { title: 'Yin' } });
  const rawBody = JSON.stringify({ email, password });
  const secrets = [`whsec_${Buffer.from('a secret of the two applications').toString('base64')}`];
  const now = new Date();
  const signature = { ...sign(rawBody, { id: 'msg-1', secrets, now }) };
  await ask('booking', 'post', '/api/v1/crm/sign-ins', { rawBody, headers: signature });
  await ask('booking', 'post', '/api/v1/crm/sign-ins', { rawBody });
  for (const address of ['/api/v1/booking-notifications/digest?after=1', '/api/v1/booking-notifications/newest']) {
    const headers = sign(`GET ${address}`, { id: 'msg-2', secrets: booking.app.config.notificationSecrets, now });
    await ask('booking', 'get', address, { headers: { ...headers } });
    await ask('booking', 'get', address);
  }
  await ask('booking', 'delete', '/api/v1/sessions/current', { token });
  await ask('booking', 'delete', '/api/v1/me', as);
});

test('a walk through CRM gets what is documented', async () => {
  const rawBody = JSON.stringify({ notifications: [bookingMessage(), bookingMessage({ price: -1 }), 'nonsense'] });
  const headers = { ...sign(rawBody, { id: 'm', secrets: crm.app.config.notificationSecrets, now: new Date() }) };
  await ask('CRM', 'post', '/api/v1/booking-notifications', { rawBody, headers });
  await ask('CRM', 'post', '/api/v1/booking-notifications', { rawBody });
  const token = await crm.signIn(7);
  const list = await ask('CRM', 'get', '/api/v1/booking-notifications?limit=1', { token });
  const id = z.looseObject({ items: z.array(z.looseObject({ id: z.int() })) }).parse(list.json).items[0]?.id ?? 0;
  await ask('CRM', 'patch', '/api/v1/booking-notifications/{id}', { token, id, body: { processed: true } });
  const ids = [id];
  await ask('CRM', 'post', '/api/v1/booking-notifications/process', { token, body: { ids, processed: false } });
  await ask('CRM', 'get', '/api/v1/stream', { token });
  await ask('CRM', 'get', '/api/v1/me', { token });
  // Nobody answers at booking here.
  await ask('CRM', 'post', '/api/v1/sessions', { body: { email: 'maya@home.example', password: PASSWORD } });
  await ask('CRM', 'delete', '/api/v1/sessions/current', { token });
});

test('bad requests to every route get a refusal that is documented', async () => {
  const admin = await booking.addPerson({ is_admin: true });
  const participant = await booking.addPerson();
  const tokens: Record<string, (string | undefined)[]> = {
    booking: [undefined, 'unknown', participant.token, admin.token],
    CRM: [undefined, 'unknown', await crm.signIn(8)],
  };
  const bad: Sent[] = [
    { rawBody: '{' },
    { rawBody: '{}', headers: { 'content-type': 'text/plain' } },
    { body: { nonsense: true } },
    { body: null },
    { rawBody: 'x'.repeat(1_100_000) },
  ];
  for (const { name, routes } of applications) {
    for (const { method, path } of routes) {
      for (const token of tokens[name] ?? []) {
        // A sound request to these would end the caller's sign-in.
        if (method === 'delete') {
          await ask(name, method, path, { token, rawBody: 'x'.repeat(1_100_000) });
          await ask(name, method, `${path}?colour=blue`, { token });
          continue;
        }
        for (const sent of method === 'get' ? [{}] : bad) {
          await ask(name, method, path, { ...sent, token, id: 2_000_000_000 });
        }
        await ask(name, method, `${path}?colour=blue`, { token, id: 1 });
      }
    }
  }
});

const SIGNING: Readonly<Record<string, string[]>> = {
  '/api/v1/crm/sign-ins': [`whsec_${Buffer.from('a secret of the two applications').toString('base64')}`],
  '/api/v1/booking-notifications': crm.app.config.notificationSecrets,
  '/api/v1/booking-notifications/digest': booking.app.config.notificationSecrets,
  '/api/v1/booking-notifications/newest': booking.app.config.notificationSecrets,
};
const SIGNED_BODIES: Readonly<Record<string, string>> = {
  '/api/v1/crm/sign-ins': JSON.stringify({ email: 'uma@home.example', password: PASSWORD }),
  '/api/v1/booking-notifications': JSON.stringify({ notifications: [bookingMessage()] }),
};

/** A request to a route that is signed, as it has to be. */
function signed(method: string, path: string, rawBody = SIGNED_BODIES[path]): Sent {
  const secrets = SIGNING[path] ?? assert.fail(path);
  const subject = method === 'get' ? `GET ${path}` : (rawBody ?? '');
  const headers = { ...sign(subject, { id: 'm', secrets, now: new Date() }) };
  return method === 'get' ? { headers } : { rawBody, headers };
}

test('what is signed and wrong gets a refusal that is documented', async () => {
  await booking.addPerson({ email: 'uma@home.example', password: await booking.app.passwords.hash(PASSWORD) });
  const post = (name: string, path: string, sent: Sent) => ask(name, 'post', path, sent);
  const signIn = '/api/v1/crm/sign-ins';
  assert.equal((await post('booking', signIn, signed('post', signIn))).status, 403);
  assert.equal((await post('booking', signIn, signed('post', signIn, '{"email":1}'))).status, 422);
  const { headers, ...text } = signed('post', signIn);
  assert.equal(
    (await post('booking', signIn, { ...text, headers: { ...headers, 'content-type': 'text/plain' } })).status,
    415,
  );
  const intake = '/api/v1/booking-notifications';
  assert.equal((await post('CRM', intake, signed('post', intake, '{"notifications":[]}'))).status, 422);
});

test('what has begun or belongs to somebody else is refused as documented', async () => {
  const maya = await booking.addFacilitator();
  const [first, other] = [await booking.addFacilitator(), await booking.addPerson({ is_admin: true })];
  const event = await booking.addEvent({ facilitator_id: maya.facilitatorId });
  const ana = await booking.addPerson();
  const id = idOf(await ask('booking', 'post', '/api/v1/bookings', { token: ana.token, body: { event_id: event } }));
  const begun = { date_time: new Date(Date.now() - 3_600_000) };
  await booking.db.updateTable('events').set(begun).where('id', '=', event).execute();
  const late = await ask('booking', 'post', '/api/v1/bookings/{id}/cancel', { token: ana.token, id });
  assert.equal(late.status, 409);
  const none = { token: other.token, id: 2_000_000_000 };
  await ask('booking', 'post', '/api/v1/bookings', { token: ana.token, body: { event_id: none.id } });
  await ask('booking', 'patch', '/api/v1/events/{id}', { ...none, body: { title: 'Yin' } });
  await ask('booking', 'patch', '/api/v1/facilitators/{id}', { ...none, body: { name: 'Maya' } });
  const body = { processed: true };
  await ask('CRM', 'patch', '/api/v1/booking-notifications/{id}', { token: await crm.signIn(7), id: none.id, body });
  const email = { email: first.email };
  const taken = await ask('booking', 'patch', '/api/v1/facilitators/{id}', {
    token: other.token,
    id: maya.facilitatorId,
    body: email,
  });
  assert.equal(taken.status, 409);
  for (const [method, path] of [
    ['patch', '/api/v1/events/{id}'],
    ['post', '/api/v1/events/{id}/cancel'],
    ['get', '/api/v1/events/{id}/bookings'],
  ] as const) {
    await ask('booking', method, path, { token: first.token, id: event, ...(method === 'patch' && { body: {} }) });
  }
});

/** Asks every route of an application that can give but one answer, and holds that against the document. */
async function askAll(name: string, status: number, api: AskableApi, except: string[] = []) {
  const { routes } = applications.find((one) => one.name === name) ?? assert.fail(name);
  for (const route of routes.filter(({ path }) => !except.includes(path))) {
    const { method, path, caller } = route;
    const sent = caller === 'signature' ? signed(method, path) : { token: 'x'.repeat(43) };
    const received = await sendRequest(api, method, path.replace('{id}', '1'), sent);
    assert.equal(received.status, status, `${method} ${path}: ${received.text}`);
    checkAnswer(`${method} ${path}`, received, route, documents.get(name)?.paths[path]?.[method] ?? assert.fail(path));
    answered.add(`${name} ${method} ${path} ${status}`);
  }
}

test('whoever is over a limit is told so by every route', async () => {
  const limits = { RATE_LIMITS: 'on', CRM_CLIENT_SECRET: 'a secret of the two applications' };
  const [strictBooking, strictCrm] = [await createBooking(limits), await createCrm(limits)];
  const signIn = '/api/v1/crm/sign-ins';
  strictBooking.app.passwords = { hash: async () => '!', verify: async () => false, isWeak: () => false };
  for (let i = 0; i < 10; i++) await sendRequest(strictBooking.api, 'post', signIn, signed('post', signIn));
  for (let i = 0; i < 120; i++)
    for (const { api } of [strictBooking, strictCrm]) await sendRequest(api, 'get', '/api/v1/me');
  await askAll('booking', 429, strictBooking.api, [
    '/api/v1/booking-notifications/digest',
    '/api/v1/booking-notifications/newest',
  ]);
  await askAll('CRM', 429, strictCrm.api, ['/api/v1/booking-notifications']);
  // The list of notifications has the address of their intake.
  const { status } = await sendRequest(strictCrm.api, 'get', '/api/v1/booking-notifications');
  assert.equal(status, 429);
  answered.add('CRM get /api/v1/booking-notifications 429');
});

test('without the database every route says that it is away', async () => {
  const databaseUrl = 'postgres://nobody@127.0.0.1:1/none';
  const strayBooking = createBookingApp(booking.app.config, { databaseUrl, log: booking.app.log });
  const strayCrm = createCrmApp(crm.app.config, { databaseUrl, log: crm.app.log });
  await askAll('booking', 503, createBookingApi(strayBooking));
  await askAll('CRM', 503, createCrmApi(strayCrm));
  await strayBooking.close();
  await strayCrm.close();
});

/** Statuses that a document names and nothing above was answered with, by the reason. */
const UNANSWERED: Readonly<Record<string, string[]>> = {
  'Booking checks the passwords of CRM; sign-in-to-crm.process.test.ts walks it with both.': [
    'CRM post /api/v1/sessions 201',
    'CRM post /api/v1/sessions 403',
  ],
  'Two requests with one key have to meet in the same moment; with-idempotency.test.ts lets them.': [
    'booking post /api/v1/events 409',
  ],
};

test('FUZZ-04: each status that a document names was answered here, or is listed with the reason', () => {
  const named = applications.flatMap(({ name }) =>
    Object.entries(documents.get(name)?.paths ?? {}).flatMap(([path, byMethod]) =>
      Object.entries(byMethod).flatMap(([method, { responses }]) =>
        Object.keys(responses).map((status) => `${name} ${method} ${path} ${status}`),
      ),
    ),
  );
  // Whoever is signed in may ask these; a bearer with fewer rights than its person would be refused.
  const open = applications.flatMap(({ name, routes }) =>
    routes
      .filter(({ caller }) => caller === 'signedIn' || caller === 'facilitator')
      .map(({ method, path }) => `${name} ${method} ${path} 403`),
  );
  const missing = named.filter((one) => !answered.has(one) && !open.includes(one));
  assert.deepEqual(missing.sort(), Object.values(UNANSWERED).flat().toSorted());
});
