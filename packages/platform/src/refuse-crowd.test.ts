import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { z } from 'zod';
import { createApi } from './api.ts';
import { routesFor } from './api-route.ts';
import { startHttpServer } from './http-server.ts';
import { createLog } from './log.ts';

interface Callers {
  anyone: undefined;
  signature: undefined;
}
const MOST_AT_ONCE = 512;
const defineRoute = routesFor<Callers>();
const success = { status: 200 as const, schema: z.object({}), description: 'Done.' };
const shared = { tag: 'Things', summary: 'Things', success, handle: async () => ({}) };
const waiting: (() => void)[] = [];
let isHeld = true;
const lines: { msg: string; refused?: number }[] = [];
const finished: string[] = [];
const log = createLog('test', { write: (line) => void lines.push(JSON.parse(line)) });

const api = createApi<Callers, string>({
  title: 'Things',
  version: '1',
  description: 'Things.',
  routes: [
    defineRoute({
      ...shared,
      method: 'post',
      path: '/api/v1/things',
      caller: 'anyone',
      async handle() {
        if (isHeld) await new Promise<void>((resolve) => waiting.push(resolve));
        return {};
      },
    }),
    defineRoute({ ...shared, method: 'get', path: '/api/v1/things', caller: 'anyone', isPublic: true }),
    defineRoute({ ...shared, method: 'get', path: '/api/v1/mine', caller: 'anyone' }),
    defineRoute({ ...shared, method: 'post', path: '/api/v1/messages', caller: 'signature' }),
  ],
  statuses: {},
  identify: async () => undefined,
  callers: { anyone: () => undefined, signature: () => undefined },
  log,
});
const server = await startHttpServer({
  host: '127.0.0.1',
  port: 0,
  trustProxy: false,
  publicUrl: 'https://book.example.org',
  log,
  findCrowded: api.findCrowded,
  onFinished: (_request, status, _milliseconds, template) => void finished.push(`${template} ${status}`),
  handle: (request, response, facts) => api.answer(request, response, facts),
});
after(() => server.stop());
const address = `http://127.0.0.1:${server.port}`;
const startedAt = performance.now();
const post = { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } };

async function crowd(): Promise<Promise<Response>[]> {
  const answers = Array.from({ length: MOST_AT_ONCE }, () => fetch(`${address}/api/v1/things`, post));
  while (waiting.length < MOST_AT_ONCE) await new Promise((resolve) => setImmediate(resolve));
  return answers;
}

test('of a crowd one too many is refused at once, as any refusal looks, and the others get what they came for', async () => {
  const answers = await crowd();
  const refused = await Promise.all(Array.from({ length: 20 }, () => fetch(`${address}/api/v1/things`, post)));
  const mine = await fetch(`${address}/api/v1/mine`);
  assert.deepEqual([...new Set([...refused, mine].map(({ status }) => status))], [503]);
  const [one = mine] = refused;
  assert.equal(one.headers.get('retry-after'), '1');
  assert.equal(one.headers.get('content-type'), 'application/problem+json; charset=utf-8');
  const ordinary = await fetch(`${address}/api/v1/nothing`);
  const { 'retry-after': _, ...headers } = Object.fromEntries(one.headers);
  assert.deepEqual(Object.keys(headers).sort(), Object.keys(Object.fromEntries(ordinary.headers)).sort());
  const problem = (await one.json()) as { code: string; instance: string };
  assert.equal(problem.code, 'unavailable');
  assert.equal(problem.instance, one.headers.get('x-request-id'));
  assert.equal(new Set(refused.map((each) => each.headers.get('x-request-id'))).size, refused.length);

  // What costs nothing, and what the other application has to say, is not kept out.
  assert.equal((await fetch(`${address}/api/v1/things`)).status, 200);
  assert.equal((await fetch(`${address}/api/v1/messages`, { method: 'POST' })).status, 200);

  isHeld = false;
  for (const go of waiting.splice(0)) go();
  const statuses = (await Promise.all(answers)).map(({ status }) => status);
  assert.deepEqual([...new Set(statuses)], [200]);
  assert.equal((await fetch(`${address}/api/v1/mine`)).status, 200);
  assert.equal(finished.filter((each) => each === '/api/v1/things 503').length, 20);
});

test('the log has a line a second for those refused, with their number', async () => {
  const told = () => lines.flatMap(({ msg, refused = 0 }) => (msg === 'too many requests at once' ? [refused] : []));
  const sum = () => told().reduce((one, other) => one + other, 0);
  while (sum() < 21) await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(sum(), 21);
  const seconds = (performance.now() - startedAt) / 1000;
  assert.ok(told().length <= seconds + 1, `${told()} in ${seconds} s`);
});
