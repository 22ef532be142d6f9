import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, test } from 'node:test';
import { createPublicAnswers } from './public-answers.ts';

/** A server whose answers are counted; what `say` answers can change, and so can the time. */
async function openServer() {
  const state = {
    now: 0,
    text: 'one',
    status: 200,
    made: 0,
    isAdmitted: true,
    hold: Promise.resolve(),
  };
  const answers = createPublicAnswers({
    routes: [
      { method: 'get', path: '/api/v1/events', isPublic: true },
      { method: 'get', path: '/api/v1/events/{id}', isPublic: true },
      { method: 'post', path: '/api/v1/events/{id}/cancel', isPublic: true },
      { method: 'get', path: '/api/v1/me' },
    ],
    async make(request) {
      state.made++;
      const { text, status } = state;
      await state.hold;
      return new Response(`${text} at ${new URL(request.url).search}`, {
        status,
        headers: { 'content-type': 'application/json; charset=utf-8', link: '</next>; rel="next"' },
      });
    },
    admit: async () => state.isAdmitted,
    clock: () => state.now,
  });
  const server = createServer(async (request, response) => {
    const facts = { requestId: 'one', network: '127.0.0.1' };
    if (!(await answers.answer(request, response, facts))) response.writeHead(418).end('somebody else');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  after(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as { port: number };
  const ask = async (path: string, init: RequestInit = {}) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, init);
    return { status: response.status, text: await response.text(), headers: response.headers };
  };
  return { state, answers, ask };
}

test('a crowd asking the same makes one answer, and another question another', async () => {
  const { state, ask } = await openServer();
  const gate = Promise.withResolvers<void>();
  state.hold = gate.promise;
  const crowd = Array.from({ length: 20 }, () => ask('/api/v1/events?q=yin'));
  const other = ask('/api/v1/events?q=hatha');
  gate.resolve();
  assert.deepEqual(new Set((await Promise.all(crowd)).map(({ text }) => text)), new Set(['one at ?q=yin']));
  assert.equal((await other).text, 'one at ?q=hatha');
  assert.ok(state.made <= 3, `${state.made}`);
  const before = state.made;
  await ask('/api/v1/events?q=yin');
  assert.equal(state.made, before);
});

test('what changed is seen at once after this process changed it, and in a third of a second otherwise', async () => {
  const { state, answers, ask } = await openServer();
  await ask('/api/v1/events/7');
  state.text = 'two';
  assert.equal((await ask('/api/v1/events/7')).text, 'one at ');
  answers.forget();
  assert.equal((await ask('/api/v1/events/7')).text, 'two at ');
  state.text = 'three';
  state.now = 300;
  assert.equal((await ask('/api/v1/events/7')).text, 'three at ');
});

test('an answer begun before a change is given to who asked, and kept for nobody', async () => {
  const { state, answers, ask } = await openServer();
  const gate = Promise.withResolvers<void>();
  state.hold = gate.promise;
  const early = ask('/api/v1/events');
  while (state.made === 0) await new Promise(setImmediate);
  answers.forget();
  state.text = 'two';
  gate.resolve();
  assert.equal((await early).text, 'one at ');
  assert.equal((await ask('/api/v1/events')).text, 'two at ');
});

test('known people, other routes and other methods are somebody else’s', async () => {
  const { state, ask } = await openServer();
  for (const [path, init] of [
    ['/api/v1/events', { headers: { authorization: 'Bearer x' } }],
    ['/api/v1/events', { headers: { cookie: 'samaya_booking=x' } }],
    ['/api/v1/events', { method: 'POST' }],
    ['/api/v1/me', {}],
    ['/api/v1/events/7/bookings', {}],
    ['/api/v1/events/7/cancel', {}],
    [`/api/v1/events?q=${'x'.repeat(600)}`, {}],
  ] as [string, RequestInit][]) {
    assert.equal((await ask(path, init)).status, 418, `${path} ${JSON.stringify(init)}`);
  }
  assert.equal(state.made, 0);
});

test('says when nothing changed, and lets a cache in front keep it for a second', async () => {
  const { ask } = await openServer();
  const first = await ask('/api/v1/events');
  assert.equal(first.headers.get('cache-control'), 'public, max-age=0, s-maxage=1');
  assert.equal(first.headers.get('link'), '</next>; rel="next"');
  const etag = String(first.headers.get('etag'));
  const again = await ask('/api/v1/events', { headers: { 'if-none-match': etag } });
  assert.deepEqual([again.status, again.text], [304, '']);
  const head = await ask('/api/v1/events', { method: 'HEAD' });
  assert.deepEqual([head.status, head.text, head.headers.get('etag')], [200, '', etag]);
});

test('a refusal is given once and not kept, and who asks too often is not answered from memory', async () => {
  const { state, ask } = await openServer();
  state.status = 404;
  assert.equal((await ask('/api/v1/events/8')).status, 404);
  state.status = 200;
  assert.equal((await ask('/api/v1/events/8')).status, 200);
  state.isAdmitted = false;
  assert.equal((await ask('/api/v1/events/8')).status, 418);
});
