import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { countTries, seedOf } from '@samaya/platform/test-tries.ts';
import fc from 'fast-check';
import { findViolations } from '../apps/booking/src/server/bookings/booking-invariants-queries.ts';
import {
  askDescribed,
  type DescribedApi,
  type DescribedRoute,
  idKind,
  type Parameter,
  type Wish,
} from './described-api.ts';
import { createDescribedApps } from './described-apps.ts';
import { type Breach, breachesOf, type JsonSchema, validValues } from './from-schema.ts';
import { differencesOf, tableContents } from './table-contents.ts';

// Everything here is made from the applications' own OpenAPI documents; a new route or field needs no line of it.
const { booking, crm, apps } = await createDescribedApps();

const parametersIn = (place: string, { operation }: DescribedRoute): Parameter[] =>
  (operation.parameters ?? []).filter((parameter) => parameter.in === place);
const bodyOf = ({ operation }: DescribedRoute): JsonSchema | undefined =>
  operation.requestBody?.content['application/json']?.schema;

/** Requests that a route takes, for rows that are there. A cursor comes from an answer; `after` stands for the last one. */
function soundWishes(app: DescribedApi, route: DescribedRoute): fc.Arbitrary<Wish> {
  const fields = (place: string) =>
    fc.record(
      Object.fromEntries(
        parametersIn(place, route)
          .filter(({ name }) => name !== 'after' || route.path.endsWith('/digest') || route.path.endsWith('/newest'))
          .map(({ name, schema }) => [name, validValues(schema, app.special, name)]),
      ),
      { requiredKeys: [], noNullPrototype: true },
    );
  const body = bodyOf(route);
  return fc.record({
    id: fc.constantFrom<unknown>(...(app.rows[idKind(route.path) ?? ''] ?? [undefined])),
    query: fields('query'),
    headers: fields('header') as fc.Arbitrary<Record<string, string>>,
    body: body ? validValues(body, app.special) : fc.constant(undefined),
  });
}

/** Signed in for one route, and anew where the route has ended that. */
async function createAsker(app: DescribedApi, route: DescribedRoute) {
  let token = await app.signIn();
  return async (wish: Wish) => {
    const answer = await askDescribed(app, route, { token, ...wish });
    if (answer.status === 204) token = await app.signIn();
    return answer;
  };
}

/** Tries a property of every route of an application, and says where and with which request it does not hold. */
async function tryRoutes(
  t: TestContext,
  app: DescribedApi,
  tries: number,
  tryRoute: (route: DescribedRoute, options: { seed: number; numRuns: number }) => Promise<void>,
) {
  const seed = seedOf(t);
  // What ends an account or a sign-in comes last: the others ask for what is theirs.
  const ending = app.described.filter(({ method }) => method === 'delete');
  for (const route of [...app.described.filter((one) => !ending.includes(one)), ...ending]) {
    await tryRoute(route, { seed, numRuns: tries });
  }
}

interface Bent extends Breach {
  bend(wish: Wish, value: unknown): Wish;
}

// As text; half a character cannot be sent in an address.
const asSent = (values: fc.Arbitrary<unknown>) => values.map(String).filter((value) => value.isWellFormed());

/** Every way in which a request to a route is other than described, one at a time. */
function bendsOf(route: DescribedRoute): Bent[] {
  const bends: Bent[] = [];
  for (const { name, schema } of parametersIn('query', route)) {
    const asText = breachesOf({ ...schema, ...(schema.type === 'boolean' && { enum: ['true', 'false'] }) });
    for (const { constraint, values } of asText.filter((one) => one.constraint !== 'type')) {
      const bend: Bent['bend'] = (wish, value) => ({ ...wish, query: { ...wish.query, [name]: value } });
      bends.push({ constraint: `?${name} ${constraint}`, values: asSent(values), bend });
    }
  }
  const unknown = fc.constantFrom('colour', '__proto__', 'constructor', 'limit[]', 'id', 'Limit', ' ');
  bends.push({
    constraint: 'unknown parameter',
    values: unknown,
    bend: (wish, name) => ({ ...wish, query: { ...wish.query, [String(name)]: '1' } }),
  });
  if (idKind(route.path)) {
    const ids = fc.constantFrom(
      '0',
      '-1',
      '2147483648',
      '9'.repeat(400),
      '1.0',
      '01',
      '1e3',
      'abc',
      '\0',
      ' 1',
      '٣',
      '..;',
      '0x1',
    );
    bends.push({ constraint: 'id', values: ids, bend: (wish, id) => ({ ...wish, id }) });
  }
  for (const { name } of parametersIn('header', route)) {
    const values = fc.constantFrom('a b', 'é', 'x'.repeat(256), '\u00a0', 'a\tb');
    const bend: Bent['bend'] = (wish, value) => ({ ...wish, headers: { ...wish.headers, [name]: String(value) } });
    bends.push({ constraint: name, values, bend });
  }
  return [...bends, ...bodyBends(bodyOf(route))];
}

function bodyBends(body: JsonSchema | undefined): Bent[] {
  if (!body) return [];
  const { properties = {}, required = [] } = body;
  const with_ =
    (name: string): Bent['bend'] =>
    (wish, value) => ({ ...wish, body: { ...(wish.body as object), [name]: value } });
  const fields = Object.entries(properties).flatMap(([name, schema]) =>
    breachesOf(schema).map(({ constraint, values }) => ({
      constraint: `/${name} ${constraint}`,
      values,
      bend: with_(name),
    })),
  );
  const missing = required.map((name) => ({
    constraint: `/${name} missing`,
    values: fc.constant(undefined),
    bend: with_(name),
  }));
  const whole = fc.constantFrom([], null, 'text', 7, true, [{}], [[]]);
  const others: Bent[] = [{ constraint: 'whole', values: whole, bend: (wish, value) => ({ ...wish, body: value }) }];
  if (body.additionalProperties === false) {
    const names = fc.constantFrom('id', 'is_admin', 'role', 'constructor', 'toString', 'Name', '');
    others.push({ constraint: 'unknown field', values: names, bend: (wish, name) => with_(String(name))(wish, 1) });
  }
  return [...fields, ...missing, ...others];
}

for (const app of apps) {
  test(`FUZZ-02: what breaks one constraint of the document of ${app.name} is refused by its name, and leaves no trace`, async (t) => {
    const tries = countTries(t, 'FUZZ-02', { short: 3, full: 20 });
    const pool = app.name === 'booking' ? booking.app.pool : crm.app.pool;
    let bent = 0;
    await tryRoutes(t, app, tries, async (route, options) => {
      const ask = await createAsker(app, route);
      const before = await tableContents(pool);
      for (const { constraint, values, bend } of bendsOf(route)) {
        bent++;
        const property = fc.asyncProperty(soundWishes(app, route), values, async (wish, value) => {
          const answer = await ask(bend(wish, value));
          const request = `${route.method} ${route.path} ${constraint} ${JSON.stringify(value)}`;
          const code = app.check(request, route.operation, answer);
          const isNamed =
            code === 'bad-request' ||
            code === 'invalid' ||
            code === 'bad-idempotency-key' ||
            (constraint === 'id' && code === 'not-found');
          assert.ok(isNamed, `${request}: ${answer.status} ${answer.text}`);
        });
        await fc.assert(property, options);
      }
      const traces = differencesOf(before, await tableContents(pool));
      assert.deepEqual(traces, [], `${route.method} ${route.path} left a trace`);
    });
    t.diagnostic(`${bent} constraints`);
    assert.ok(bent >= (app.name === 'booking' ? 150 : 25), `${bent}`);
  });
}

// What a sound request may still meet: the rules of the domain, and what is not there.
const FAULTS_OF_FORM = new Set([
  'bad-request',
  'invalid',
  'payload-too-large',
  'unsupported-media-type',
  'unauthenticated',
]);

/** Nobody of these addresses and passwords exists, and nobody answers at booking for CRM. */
const CLOSED: Readonly<Record<string, string[]>> = {
  booking: ['/api/v1/sessions', '/api/v1/crm/sign-ins'],
  CRM: ['/api/v1/sessions'],
};

for (const app of apps) {
  test(`FUZZ-01: what the document of ${app.name} calls right is answered as it says`, async (t) => {
    const tries = countTries(t, 'FUZZ-01', { short: 25, full: 2000 });
    const good = new Map<string, number>();
    await tryRoutes(t, app, tries, async (route, options) => {
      const ask = await createAsker(app, route);
      const property = fc.asyncProperty(soundWishes(app, route), async (wish) => {
        const answer = await ask(wish);
        const request = `${route.method} ${route.path} ${JSON.stringify(wish)}`;
        const code = app.check(request, route.operation, answer);
        assert.ok(code === undefined || !FAULTS_OF_FORM.has(code), `${request}: ${answer.text}`);
        if (answer.status < 300) good.set(route.path, (good.get(route.path) ?? 0) + 1);
      });
      await fc.assert(property, options);
    });
    // Else it would only have knocked at closed doors.
    const closed = app.described.filter(({ path }) => (good.get(path) ?? 0) < tries / 4).map(({ path }) => path);
    assert.deepEqual(closed, CLOSED[app.name]);
  });
}

test('FUZZ-01: and leaves booking as its invariants want it', async () => {
  assert.deepEqual(await findViolations(booking.db), []);
});
