import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bookingMessage, createTestApp } from '#server/test-app.ts';

const crm = await createTestApp();
const MAYA_USER = 1007;
const maya = await crm.signIn(7, MAYA_USER);
const noah = await crm.signIn(8);
const LIST = '/api/v1/booking-notifications';

interface Item {
  id: number;
  booking_id: number;
  processed: boolean;
  processed_at: string | null;
}

async function walk(query: string, token = maya): Promise<Item[]> {
  const items: Item[] = [];
  let after: string | null = null;
  do {
    const { status, body } = await crm.ask('GET', `${LIST}?limit=3${query}${after ? `&after=${after}` : ''}`, {
      token,
    });
    assert.equal(status, 200, JSON.stringify(body));
    items.push(...body.items);
    after = body.next;
  } while (after !== null);
  return items;
}

await crm.deliver(Array.from({ length: 10 }, (_, n) => bookingMessage({ booking_id: n + 1 })));
await crm.deliver([
  bookingMessage({ booking_id: 50, facilitator_id: 8 }),
  bookingMessage({ booking_id: 51, kind: 'booking.cancelled', status: 'cancelled', event_title: '100% Yin_Yoga' }),
]);

test('a facilitator walks all pages of the own notifications, newest first, each once', async () => {
  const items = await walk('');
  assert.deepEqual(
    items.map((item) => item.booking_id),
    [51, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1],
  );
  assert.deepEqual(
    (await walk('', noah)).map((item) => item.booking_id),
    [50],
  );
});

test('fields come in the order of the data model', async () => {
  const { body, headers } = await crm.ask('GET', `${LIST}?limit=1`, { token: maya });
  assert.deepEqual(Object.keys(body.items[0]).slice(0, 9), [
    'id',
    'booking_id',
    'user_name',
    'user_email',
    'event_title',
    'event_date',
    'facilitator_id',
    'received_at',
    'processed',
  ]);
  assert.match(String(headers.get('link')), /^<\/api\/v1\/booking-notifications\?limit=1&after=.+>; rel="next"$/);
});

test('filters narrow the list, and what they contain is taken literally', async () => {
  assert.deepEqual(
    (await walk('&kind=booking.cancelled')).map((item) => item.booking_id),
    [51],
  );
  for (const [part, found] of [
    ['yin_', 1],
    ['100%25', 1],
    ['circle', 10],
    ['_', 1],
    ['%5C', 0],
    ["'", 0],
  ] as const) {
    assert.equal((await walk(`&event_title=${part}`)).length, found, part);
  }
  const day = (days: number) => new Date(Date.now() + days * 24 * 3_600_000).toISOString();
  assert.equal((await walk(`&from=${day(-1)}`)).length, 11);
  assert.equal((await walk(`&from=${day(1)}`)).length, 0);
  assert.equal((await walk('&to=2020-01-01')).length, 0);
});

test('a query that cannot be understood is refused by name', async () => {
  for (const query of [
    'limit=0',
    'limit=101',
    'processed=yes',
    'from=yesterday',
    'after=rubbish',
    'page=2',
    'kind=x',
  ]) {
    const { status, body } = await crm.ask('GET', `${LIST}?${query}`, { token: maya });
    assert.deepEqual([status, body.code, body.errors[0].pointer], [400, 'bad-request', `?${query.split('=')[0]}`]);
  }
});

test('marked as processed and back, each as it is then', async () => {
  const [first] = await walk('&processed=false');
  assert.ok(first);
  const path = `${LIST}/${first.id}`;
  const done = await crm.ask('PATCH', path, { token: maya, body: { processed: true } });
  assert.deepEqual([done.status, done.body.id, done.body.processed], [200, first.id, true]);
  assert.ok(done.body.processed_at);
  assert.equal(done.body.processed_by, MAYA_USER);
  const again = await crm.ask('PATCH', path, { token: maya, body: { processed: true } });
  assert.deepEqual([again.status, again.body], [200, done.body]);
  assert.equal((await walk('&processed=true')).length, 1);
  const back = await crm.ask('PATCH', path, { token: maya, body: { processed: false } });
  const { processed, processed_at, processed_by } = back.body;
  assert.deepEqual([processed, processed_at, processed_by], [false, null, null]);
});

test("somebody else's notification does not exist", async () => {
  const [foreign] = await walk('', noah);
  const answers = [
    await crm.ask('PATCH', `${LIST}/${foreign?.id}`, { token: maya, body: { processed: true } }),
    await crm.ask('PATCH', `${LIST}/999999`, { token: maya, body: { processed: true } }),
    await crm.ask('PATCH', `${LIST}/nothing`, { token: maya, body: { processed: true } }),
    await crm.ask('PATCH', `${LIST}/99999999999999`, { token: maya, body: { processed: true } }),
  ];
  for (const { status, body } of answers) assert.deepEqual([status, body.code], [404, 'not-found']);
});

test('many at once: those that changed are answered, foreign and unchanged ones left alone', async () => {
  const own = await walk('');
  const [foreign] = await walk('', noah);
  const ids = [...own.slice(0, 3).map((item) => item.id), foreign?.id, 999_999];
  const first = await crm.ask('POST', `${LIST}/process`, { token: maya, body: { ids, processed: true } });
  assert.equal(first.status, 200);
  assert.equal(first.body.changed.length, 3);
  const second = await crm.ask('POST', `${LIST}/process`, { token: maya, body: { ids, processed: true } });
  assert.deepEqual(second.body, { changed: [] });
  assert.equal((await walk('', noah))[0]?.processed, false);
  await crm.ask('POST', `${LIST}/process`, { token: maya, body: { ids, processed: false } });
});

test('bodies that are wrong are refused at the field', async () => {
  const bad: [string, string, unknown, string][] = [
    ['PATCH', `${LIST}/1`, { processed: 'yes' }, '/processed'],
    ['PATCH', `${LIST}/1`, { processed: true, facilitator_id: 8 }, '/facilitator_id'],
    ['POST', `${LIST}/process`, { ids: [], processed: true }, '/ids'],
    ['POST', `${LIST}/process`, { ids: Array(501).fill(1), processed: true }, '/ids'],
    ['POST', `${LIST}/process`, { ids: [2 ** 31], processed: true }, '/ids/0'],
    ['POST', `${LIST}/process`, { ids: [1.5], processed: true }, '/ids/0'],
  ];
  for (const [method, path, body, pointer] of bad) {
    const answer = await crm.ask(method, path, { token: maya, body });
    assert.deepEqual([answer.status, answer.body.code], [422, 'invalid'], JSON.stringify(body));
    assert.equal(answer.body.errors[0].pointer, pointer);
  }
});

test('without a token, or with one that ended, nothing is shown', async () => {
  const token = await crm.signIn(7);
  assert.equal((await crm.ask('DELETE', '/api/v1/sessions/current', { token })).status, 204);
  for (const [method, path] of [
    ['GET', LIST],
    ['PATCH', `${LIST}/1`],
    ['POST', `${LIST}/process`],
    ['GET', '/api/v1/stream'],
    ['GET', '/api/v1/me'],
    ['DELETE', '/api/v1/sessions/current'],
  ] as const) {
    assert.equal((await crm.ask(method, path)).status, 401, `${method} ${path}`);
    assert.equal((await crm.ask(method, path, { token })).status, 401, `${method} ${path}`);
  }
});

/**
 * Reads a stream until `enough` events of a kind are there; `meanwhile` runs once the stream has begun, and may wait for
 * the first of them.
 */
async function readStream(options: {
  token: string;
  lastEventId?: string;
  enough: number;
  meanwhile?: (first: Promise<void>) => Promise<unknown>;
}) {
  const leave = new AbortController();
  const response = await crm.api.request('/api/v1/stream', {
    headers: {
      authorization: `Bearer ${options.token}`,
      ...(options.lastEventId !== undefined && { 'last-event-id': options.lastEventId }),
    },
    signal: leave.signal,
  });
  assert.equal(response.status, 200);
  assert.equal(response.headers.get('content-type'), 'text/event-stream; charset=utf-8');
  const events: { id: string; data: Item }[] = [];
  const first = Promise.withResolvers<void>();
  let at = '';
  let text = '';
  const reader = (response.body ?? new ReadableStream()).getReader();
  const decoder = new TextDecoder();
  while (events.length < options.enough) {
    const { done, value } = await reader.read();
    if (done) break;
    text += decoder.decode(value, { stream: true });
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? '';
    for (const block of blocks) {
      const field = (name: string) => block.match(new RegExp(`^${name}: (.*)$`, 'm'))?.[1] ?? '';
      if (field('event') === 'at') {
        at = field('id');
        void options.meanwhile?.(first.promise);
      }
      if (field('event') !== 'notification') continue;
      events.push({ id: field('id'), data: JSON.parse(field('data')) });
      first.resolve();
    }
  }
  await reader.cancel();
  return { at, events };
}

test('the stream brings what arrives and changes, and only one’s own', async () => {
  const { events } = await readStream({
    token: maya,
    enough: 2,
    async meanwhile(first) {
      await crm.deliver([bookingMessage({ booking_id: 70, facilitator_id: 8 }), bookingMessage({ booking_id: 71 })]);
      // A row that changed twice before it was looked at is told once.
      await first;
      const [newest] = await walk('');
      await crm.ask('PATCH', `${LIST}/${newest?.id}`, { token: maya, body: { processed: true } });
    },
  });
  assert.deepEqual(
    events.map(({ data }) => [data.booking_id, data.processed]),
    [
      [71, false],
      [71, true],
    ],
  );
});

test('after a break the stream goes on where it was: nothing missed, nothing twice', async () => {
  const before = await readStream({
    token: maya,
    enough: 1,
    meanwhile: () => crm.deliver([bookingMessage({ booking_id: 80 })]),
  });
  await crm.deliver([81, 82, 83].map((booking_id) => bookingMessage({ booking_id })));
  const lastEventId = before.events[0]?.id;
  assert.ok(lastEventId);
  const { events } = await readStream({ token: maya, lastEventId, enough: 3 });
  assert.deepEqual(
    events.map(({ data }) => data.booking_id),
    [81, 82, 83],
  );
  assert.equal((await crm.ask('GET', '/api/v1/stream', { token: 'unknown' })).status, 401);
});

test('a stream ends within a second or so of its sign-in', async () => {
  const token = await crm.signIn(7);
  const { events } = await readStream({
    token,
    enough: 1,
    meanwhile: () => crm.ask('DELETE', '/api/v1/sessions/current', { token }),
  });
  assert.deepEqual(events, []);
});
