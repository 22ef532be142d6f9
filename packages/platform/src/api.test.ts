import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { createApi } from './api.ts';
import { routesFor } from './api-route.ts';
import { DomainError } from './domain-error.ts';
import { createLog } from './log.ts';
import { PlatformError } from './platform-error.ts';
import { oneLine, rowId } from './text-schema.ts';

interface Person {
  name: string;
}
interface Callers {
  anyone: Person | undefined;
  'signed-in': Person;
}
const defineRoute = routesFor<Callers>();

const readThing = defineRoute({
  method: 'get',
  path: '/api/v1/things/{id}',
  caller: 'anyone',
  tag: 'things',
  summary: 'Read a thing',
  params: z.object({ id: rowId }),
  query: z.object({ limit: z.coerce.number().int().min(1).max(100).default(20) }),
  success: { status: 200, description: 'The thing', schema: z.object({ id: z.number(), limit: z.number() }) },
  handle: async ({ params, query }) => ({ id: params.id, limit: query.limit }),
});
const createThing = defineRoute({
  method: 'post',
  path: '/api/v1/things',
  caller: 'signed-in',
  tag: 'things',
  summary: 'Make a thing',
  body: z.strictObject({ name: oneLine(5) }),
  success: { status: 201, description: 'The thing', schema: z.object({ name: z.string(), by: z.string() }) },
  refusals: ['thing-full'],
  handle: async ({ body }, { who }) => {
    if (body.name === 'full')
      throw new DomainError('thing-full', 'No room.', { extensions: { left: 0 }, retryAfterSeconds: 3 });
    if (body.name === 'boom') throw new Error('secret detail');
    return { name: body.name, by: who.name };
  },
});

function makeApi(routes = [readThing, createThing]) {
  return createApi<Callers, Person>({
    title: 'Things',
    version: '1',
    description: 'Things.',
    routes,
    statuses: { 'thing-full': 409 },
    identify: async (token) => (token === 'good' ? { name: 'Ana' } : undefined),
    callers: {
      anyone: (person) => person,
      'signed-in': (person) => {
        if (!person) throw new PlatformError('unauthenticated', 'Sign in first.');
        return person;
      },
    },
    log: createLog('test', { write: () => undefined }),
  });
}

async function post(body: string, headers: Record<string, string> = {}) {
  const response = await makeApi().request('/api/v1/things', {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer good', ...headers },
    body,
  });
  return {
    status: response.status,
    type: response.headers.get('content-type'),
    headers: response.headers,
    body: await response.json(),
  };
}

test('parses what the schemas say and answers the object', async () => {
  const response = await makeApi().request('/api/v1/things/7?limit=3');
  assert.equal(response.status, 200);
  assert.deepEqual(await response.json(), { id: 7, limit: 3 });
  assert.deepEqual((await post('{"name":"yin"}')).body, { name: 'yin', by: 'Ana' });
});

test('answers 404 for an id that cannot exist and for an unknown path', async () => {
  for (const path of ['/api/v1/things/0', '/api/v1/things/x', '/api/v1/things/99999999999', '/nowhere']) {
    assert.equal((await makeApi().request(path)).status, 404, path);
  }
});

test('names unknown, repeated and malformed query parameters', async () => {
  for (const query of ['colour=red', 'limit=1&limit=2', 'limit=0', 'limit=x', '__proto__=1']) {
    const response = await makeApi().request(`/api/v1/things/7?${query}`);
    assert.equal(response.status, 400, query);
    assert.equal(((await response.json()) as { code: string }).code, 'bad-request');
  }
});

test('refuses a missing and a wrong token', async () => {
  assert.equal((await post('{"name":"yin"}', { authorization: 'Bearer bad' })).status, 401);
  assert.equal((await post('{"name":"yin"}', { authorization: 'Basic x' })).status, 401);
  const none = await makeApi().request('/api/v1/things', { method: 'POST', body: '{"name":"yin"}' });
  assert.equal(none.status, 401);
  assert.equal(none.headers.get('www-authenticate'), 'Bearer');
});

test('points at every field to mend, unknown ones included', async () => {
  const { status, type, body } = await post('{"name":"too long","role":"admin"}');
  assert.equal(status, 422);
  assert.equal(type, 'application/problem+json; charset=utf-8');
  assert.deepEqual(body.errors.map((error: { pointer: string }) => error.pointer).sort(), ['/name', '/role']);
});

test('tells twenty faults at most, however many a small request has', async () => {
  const names = Array.from({ length: 3000 }, (_, n) => `k${n}`);
  const { body } = await post(JSON.stringify(Object.fromEntries(names.map((name) => [name, 1]))));
  assert.equal(body.errors.length, 20);
  const response = await makeApi().request(`/api/v1/things/7?${names.map((name) => `${name}=1`).join('&')}`);
  assert.equal(((await response.json()) as { errors: unknown[] }).errors.length, 20);
});

test('refuses what is no JSON, another content type, and too much', async () => {
  assert.equal((await post('{')).status, 400);
  assert.equal((await post('{"name":"yin"}', { 'content-type': 'text/plain' })).status, 415);
  assert.equal((await post('{"name":"yin"}', { 'content-type': 'application/json\ta' })).status, 415);
  assert.equal((await post(`{"name":"${'x'.repeat(70_000)}"}`)).status, 413);
});

test('lists the allowed methods with 405', async () => {
  const response = await makeApi().request('/api/v1/things/7', { method: 'DELETE' });
  assert.equal(response.status, 405);
  assert.equal(response.headers.get('allow'), 'GET, HEAD');
});

test("maps an application's code to its status and carries its members", async () => {
  const { status, headers, body } = await post('{"name":"full"}');
  assert.equal(status, 409);
  assert.equal(body.type, '/problems/thing-full');
  assert.equal(body.left, 0);
  assert.equal(headers.get('retry-after'), '3');
});

test('tells nothing of an unexpected error', async () => {
  const { status, body } = await post('{"name":"boom"}');
  assert.equal(status, 500);
  assert.equal(body.code, 'internal');
  assert.doesNotMatch(JSON.stringify(body), /secret detail/);
});

test('does not start with a route that declares no known caller', () => {
  const { caller: _, ...undeclared } = readThing;
  assert.throws(() => makeApi([undeclared as typeof readThing]), /does not declare who may call it/);
});

test('describes every route in OpenAPI', async () => {
  const document = (await (await makeApi().request('/openapi.json')).json()) as {
    openapi: string;
    paths: Record<string, Record<string, { responses: object; parameters?: object[] }>>;
  };
  assert.equal(document.openapi, '3.1.0');
  assert.deepEqual(Object.keys(document.paths), ['/api/v1/things/{id}', '/api/v1/things']);
  assert.ok('409' in (document.paths['/api/v1/things']?.post?.responses ?? {}));
  assert.equal(document.paths['/api/v1/things/{id}']?.get?.parameters?.length, 2);
});
