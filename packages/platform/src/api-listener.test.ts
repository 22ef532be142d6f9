import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, request as httpRequest, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { after, test } from 'node:test';
import { z } from 'zod';
import { createApi } from './api.ts';
import { routesFor } from './api-route.ts';
import { DomainError } from './domain-error.ts';
import { createLog } from './log.ts';
import { PlatformError } from './platform-error.ts';
import { ReadyAnswer } from './ready-answer.ts';

interface Callers {
  anyone: string | undefined;
  signedIn: string;
}
const defineRoute = routesFor<Callers>();
let handled = 0;

const routes = [
  defineRoute({
    method: 'post',
    path: '/api/v1/things',
    caller: 'signedIn',
    tag: 'things',
    summary: 'Make a thing',
    body: z.strictObject({ name: z.string().min(1, 'is given') }),
    success: { status: 201, schema: z.object({ name: z.string(), by: z.string() }), description: 'The thing.' },
    async refuseFromMemory({ body }, { who }) {
      return body.name === 'full' ? new DomainError('thing-full', `No room for ${who}.`) : undefined;
    },
    async handle({ body }, { who, request }) {
      handled++;
      if (body.name === 'boom') throw new Error('secret');
      if (body.name === 'ready') return new ReadyAnswer(201, { 'content-type': 'application/json' }, '{"näme":"☯"}');
      if (body.name === 'response') return Response.json({ made: '☯' }, { headers: { 'x-made': 'now' } });
      return { name: `${body.name} ${new URL(request.url).pathname} ${request.headers.get('x-note')}`, by: who };
    },
  }),
  defineRoute({
    method: 'get',
    path: '/api/v1/things',
    caller: 'anyone',
    tag: 'things',
    summary: 'Read things',
    query: z.object({ q: z.string().optional() }),
    success: {
      status: 200,
      schema: z.object({ items: z.array(z.string()), next: z.string() }),
      description: 'Things.',
    },
    handle: async ({ query }) => ({ items: [query.q ?? ''], next: 'more' }),
  }),
  defineRoute({
    method: 'delete',
    path: '/api/v1/things',
    caller: 'anyone',
    tag: 'things',
    summary: 'Drop things',
    success: { status: 204, description: 'Gone.' },
    handle: async () => undefined,
  }),
];

const api = createApi<Callers, string>({
  title: 'Things',
  version: '1',
  description: 'Things.',
  routes,
  statuses: { 'thing-full': 409 },
  identify: async (token) => (token === 'good' || token === 'known' ? 'Ana' : undefined),
  recall: (token) => (token === 'known' || token === 'gone' ? 'Ana' : undefined),
  callers: {
    anyone: (person) => person,
    signedIn(person) {
      if (person === undefined) throw new PlatformError('unauthenticated', 'Sign in first.');
      return person;
    },
  },
  log: createLog('test', { write: () => undefined }),
});
const server = createServer((request, response) => {
  void api.answer(request, response, { requestId: 'one', network: '127.0.0.1' });
});
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
const { port } = server.address() as { port: number };
after(() => {
  server.closeAllConnections();
  server.close();
});

interface Sent {
  method?: string;
  path?: string;
  headers?: Record<string, string | string[]>;
  body?: string | Uint8Array;
}

async function send({ method = 'POST', path = '/api/v1/things', headers = {}, body = '' }: Sent) {
  return await new Promise((resolve, reject) => {
    const length = body.length > 0 && { 'content-length': String(Buffer.byteLength(body)) };
    const sent = httpRequest(
      { port, host: '127.0.0.1', method, path, headers: { ...length, ...headers } },
      async (answer) => {
        const chunks: Buffer[] = [];
        for await (const chunk of answer) chunks.push(chunk as Buffer);
        const { date: _, ...rest } = answer.headers;
        resolve({ status: answer.statusCode, headers: rest, body: Buffer.concat(chunks).toString() });
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}

const json = { 'content-type': 'application/json', authorization: 'Bearer good' };
const known = { ...json, authorization: 'Bearer known' };
const gone = { ...json, authorization: 'Bearer gone' };

test('the short way answers as the router does, byte for byte and header for header', async () => {
  const asked: Sent[] = [
    { headers: json, body: '{"name":"bowl"}' },
    { headers: { ...json, 'x-note': 'Grüße' }, body: '{"name":"bowl"}' },
    { headers: json, body: '{"name":"ready"}' },
    { headers: json, body: '{"name":"response"}' },
    { headers: json, body: '{"name":"boom"}' },
    { headers: json, body: '{"name":"full"}' },
    { headers: known, body: '{"name":"full"}' },
    { headers: known, body: '{"name":"bowl"}' },
    { headers: known, body: '{"name":""}' },
    { headers: gone, body: '{"name":"bowl"}' },
    { headers: json, body: '{"name":"","more":1}' },
    { headers: json, body: '{"name":' },
    { headers: json, body: Buffer.from([0x7b, 0xff, 0x7d]) },
    { headers: json },
    { headers: { ...json, 'content-type': 'text/plain' }, body: '{}' },
    { headers: { ...json, 'content-type': 'application/json; charset=utf-8' }, body: '{"name":"bowl"}' },
    { headers: { authorization: 'Bearer good' }, body: '{}' },
    { headers: { ...json, authorization: 'Bearer bad' }, body: '{}' },
    { headers: { ...json, authorization: 'Basic good' }, body: '{}' },
    { headers: { ...json, authorization: '' }, body: '{}' },
    { headers: { 'content-type': 'application/json' }, body: '{}' },
    { headers: json, body: `{"name":"${'x'.repeat(65_000)}"}` },
    { headers: json, body: `{"name":"${'x'.repeat(66_000)}"}` },
    { headers: json, path: '/api/v1/things?q=1', body: '{"name":"bowl"}' },
    { method: 'GET' },
    { method: 'GET', path: '/api/v1/things?q=r%C3%B6h' },
    { method: 'GET', path: '/api/v1/things?q=1&q=2' },
    { method: 'GET', path: '/api/v1/things?' },
    { method: 'GET', headers: { authorization: 'Bearer bad' } },
    { method: 'HEAD' },
    { method: 'DELETE' },
    { method: 'PUT', headers: json, body: '{}' },
    { method: 'GET', path: '/api/v1/thing%73' },
    { method: 'GET', path: '/api/v1/things/' },
  ];
  for (const one of asked) {
    const { headers, ...rest } = one;
    // A header sent twice is out of the ordinary, so this takes the long way.
    const long = await send({ ...rest, headers: { ...headers, 'x-twice': ['1', '2'] } });
    assert.deepEqual(await send(one), long, JSON.stringify(one).slice(0, 200));
  }
});

test('a header that is sent twice is not half believed', async () => {
  const twice = { ...json, authorization: ['Bearer good', 'Bearer bad'] };
  const { status } = (await send({ headers: twice, body: '{"name":"bowl"}' })) as { status: number };
  assert.equal(status, 401);
});

test('whom memory alone knows is refused from memory, and given nothing', async () => {
  handled = 0;
  const full = (await send({ headers: gone, body: '{"name":"full"}' })) as { status: number };
  const bowl = (await send({ headers: gone, body: '{"name":"bowl"}' })) as { status: number };
  assert.deepEqual([full.status, bowl.status, handled], [409, 401, 0]);
});

test('a client that leaves in the middle of its body is nobody’s fault', async () => {
  handled = 0;
  const socket = connect(port, '127.0.0.1');
  socket.write(
    'POST /api/v1/things HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\nauthorization: Bearer good\r\ncontent-length: 20\r\n\r\n{"name"',
  );
  const [request] = (await once(server, 'request')) as [IncomingMessage];
  socket.destroy();
  await new Promise((resolve) => request.once('close', resolve));
  assert.equal(handled, 0);
  assert.equal(((await send({ method: 'GET' })) as { status: number }).status, 200);
});
