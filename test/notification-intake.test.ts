import assert from 'node:assert/strict';
import { createHmac, randomUUID } from 'node:crypto';
import { type TestContext, test } from 'node:test';
import { sign } from '@samaya/booking-notification/signature.ts';
import { countTries, seedOf } from '@samaya/platform/test-tries.ts';
import fc from 'fast-check';
import { createTestApp as createBooking } from '../apps/booking/src/server/test-app.ts';
import { bookingMessage, createTestApp as createCrm } from '../apps/crm/src/server/test-app.ts';
import { inParallel } from './book-over-http.ts';
import { rowsOf } from './both-databases.ts';

type Crm = Awaited<ReturnType<typeof createCrm>>;
type Message = ReturnType<typeof bookingMessage> & { booking_id: number; version: number; status: string };

const PATH = '/api/v1/booking-notifications';
const BATCH = 200;
const MOST_TRIES = 50;
const OLD = `whsec_${Buffer.alloc(32, 'o').toString('base64')}`;
const NEW = `whsec_${Buffer.alloc(32, 'n').toString('base64')}`;

const crm = await createCrm();
const { notificationSecrets: secrets } = crm.app.config;

async function countRows(): Promise<number> {
  const [row] = await rowsOf(crm.database.ownerUrl, 'select count(*)::int as rows from booking_notifications');
  return Number(row?.rows);
}

/** Delivers messages in an order, in batches, several at once; answers how often each outcome was given. */
async function deliverAll(to: Crm, messages: readonly unknown[], atOnce: number): Promise<Record<string, number>> {
  const batches = Array.from({ length: Math.ceil(messages.length / BATCH) }, (_, n) =>
    messages.slice(n * BATCH, (n + 1) * BATCH),
  );
  const outcomes: Record<string, number> = {};
  await inParallel(batches, atOnce, async (batch) => {
    let { status, body } = await to.deliver(batch);
    // Deliveries that wait too long for each other are asked to come again, and the relay does.
    for (let tries = 1; status === 503 && tries < MOST_TRIES; tries++) ({ status, body } = await to.deliver(batch));
    assert.equal(status, 200);
    for (const { outcome } of body.outcomes) outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
  });
  return outcomes;
}

/** A generator of numbers below `most` that a seed repeats. */
function createDice(seed: number): (most: number) => number {
  let state = seed >>> 0;
  return (most) => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x297a2d39) >>> 0;
    return Math.floor((state / 2 ** 32) * most);
  };
}

function shuffle<T>(items: T[], dice: (most: number) => number): T[] {
  for (let at = items.length - 1; at > 0; at--) {
    const other = dice(at + 1);
    [items[at], items[other]] = [items[other] as T, items[at] as T];
  }
  return items;
}

test('NOTIF-05: each of 5,000 messages up to five times, several deliveries at once: 5,000 rows', async (t) => {
  const dice = createDice(seedOf(t));
  const count = countTries(t, 'NOTIF-05', { short: 5000, full: 5000 });
  const before = await countRows();
  const messages = Array.from({ length: count }, (_, n) =>
    bookingMessage({ booking_id: 10_000 + n, user_id: 1 + (n % 300), facilitator_id: 1 + (n % 5) }),
  );
  const sent = shuffle(
    messages.flatMap((message) => Array<unknown>(1 + dice(5)).fill(message)),
    dice,
  );
  const outcomes = await deliverAll(crm, sent, 8);
  // A message that a delivery holds twice is said to be stored twice.
  assert.deepEqual(Object.keys(outcomes).sort(), ['duplicate', 'stored']);
  assert.equal((await countRows()) - before, count);
});

const STATUSES = ['confirmed', 'attended', 'no_show', 'cancelled'];

/** Bookings that each went through some versions, told in any order; answers what CRM then has wrong. */
async function tellInAnyOrder(t: TestContext, to: Crm, bookings: number): Promise<string[]> {
  const dice = createDice(seedOf(t));
  const messages = Array.from({ length: bookings }, (_, n) =>
    Array.from({ length: 2 + dice(4) }, (_, version) =>
      bookingMessage({
        booking_id: 1 + n,
        version: version + 1,
        status: version === 0 ? 'confirmed' : STATUSES[dice(STATUSES.length)],
        user_id: 1 + (n % 50),
        facilitator_id: 1 + (n % 3),
      }),
    ),
  ) as Message[][];
  await deliverAll(to, shuffle(messages.flat(), dice), 4);
  const rows = await rowsOf(
    to.database.ownerUrl,
    `select booking_id, version, status, superseded,
            id > first_value(id) over (partition by booking_id order by version desc) as after_newest
     from booking_notifications where not superseded or version = 1 order by booking_id, version`,
  );
  return messages.flatMap((versions) => {
    const newest = versions.at(-1);
    const own = rows.filter((row) => row.booking_id === newest?.booking_id);
    const current = own.findLast((row) => !row.superseded);
    const isRight = current?.version === newest?.version && current?.status === newest?.status;
    const revived = own.some((row) => !row.superseded && row.after_newest);
    return isRight && !revived ? [] : [`booking ${newest?.booking_id}: ${JSON.stringify(own)}`];
  });
}

test('NOTIF-06: the versions of bookings told in any order, several at once: the newest counts, and no older one after it', async (t) => {
  const count = countTries(t, 'NOTIF-06', { short: 1000, full: 5000 });
  assert.deepEqual(await tellInAnyOrder(t, await createCrm(), count), []);
});

test('negative control: an intake that marks nothing as superseded revives what was cancelled', async (t) => {
  const careless = await createCrm();
  await rowsOf(
    careless.database.ownerUrl,
    `create function forget_superseded() returns trigger language plpgsql as
       $$ begin new.superseded := false; return new; end $$;
     create trigger zz_forget_superseded before insert on booking_notifications
       for each row execute function forget_superseded()`,
  );
  assert.ok((await tellInAnyOrder(t, careless, 100)).length > 20);
});

test('NOTIF-07: a cancellation that comes before what it cancels stays the last word', async (t) => {
  const tries = countTries(t, 'NOTIF-07', { short: 100, full: 100 });
  for (let n = 0; n < tries; n++) {
    const booking_id = 50_000 + n;
    const facilitator_id = 900;
    const cancelled = { kind: 'booking.cancelled', status: 'cancelled', version: 2, booking_id, facilitator_id };
    await crm.deliver([bookingMessage(cancelled)]);
    const late = await crm.deliver([bookingMessage({ booking_id, facilitator_id })]);
    assert.equal(late.body.outcomes[0].outcome, 'superseded');
  }
  const current = await rowsOf(
    crm.database.ownerUrl,
    'select distinct status from booking_notifications where facilitator_id = 900 and not superseded',
  );
  assert.deepEqual(current, [{ status: 'cancelled' }]);
});

/** Posts bytes with headers as they are; answers the status. */
async function post(body: string | Uint8Array<ArrayBuffer>, headers: HeadersInit): Promise<number> {
  const all = new Headers(headers);
  all.set('content-type', 'application/json');
  const response = await crm.api.request(PATH, { method: 'POST', headers: all, body });
  await response.text();
  return response.status;
}

const signed = (body: string, now = new Date()) => ({ ...sign(body, { id: randomUUID(), secrets, now }) });
const delivery = (changes: Record<string, unknown> = {}) =>
  JSON.stringify({ notifications: [bookingMessage(changes)] });

test('NOTIF-09: whatever is changed in id, time, signature or body, nothing is read and nothing written', async (t) => {
  const tries = countTries(t, 'NOTIF-09', { short: 300, full: 1000 });
  const before = await countRows();
  const body = delivery({ booking_id: 60_000 });
  const sound = signed(body);
  const bent = fc.record({ at: fc.nat(body.length - 1), by: fc.integer({ min: 1, max: 127 }) });
  const forgery = fc.oneof(
    bent.map(({ at, by }) => {
      const bytes = Buffer.from(body);
      bytes[at] = (bytes[at] ?? 0) ^ by;
      return { body: new Uint8Array(bytes), headers: sound };
    }),
    fc.uuid().map((id) => ({ body, headers: { ...sound, 'webhook-id': id } })),
    fc.integer({ min: 1, max: 290 }).map((seconds) => ({
      body,
      headers: { ...sound, 'webhook-timestamp': String(Number(sound['webhook-timestamp']) - seconds) },
    })),
    fc.base64String({ minLength: 4, maxLength: 60 }).map((mac) => ({
      body,
      headers: { ...sound, 'webhook-signature': `v1,${mac}` },
    })),
    // Nobody looks into what nobody signed: no JSON would be 422.
    fc.constantFrom('', '{', '[]', '\u0000').map((junk) => ({ body: junk, headers: sound })),
  );
  await fc.assert(
    fc.asyncProperty(forgery, async (forged) => (await post(forged.body, forged.headers)) === 401),
    { numRuns: tries },
  );
  assert.equal(await countRows(), before);
  assert.equal(await post(body, sound), 200, 'control: the sound one is taken');
});

test('NOTIF-10: odd headers are refused, and ten signatures are looked at, no more', async (t) => {
  const body = delivery({ booking_id: 60_001 });
  const sound = signed(body);
  const mac = sound['webhook-signature'].slice(3);
  const wrong = `v1,${Buffer.alloc(32).toString('base64')}`;
  const with_ = (changes: Record<string, string>) => ({ ...sound, ...changes });
  const without = (name: string) => Object.fromEntries(Object.entries(sound).filter(([other]) => other !== name));
  const twice = (name: keyof typeof sound, value: string) => {
    const headers = new Headers({ ...sound });
    headers.append(name, value);
    return headers;
  };
  const odd: HeadersInit[] = [
    ...Object.keys(sound).flatMap((name) => [without(name), with_({ [name]: '' }), with_({ [name]: ' ' })]),
    twice('webhook-id', 'another'),
    twice('webhook-timestamp', sound['webhook-timestamp']),
    ...[
      mac,
      `v2,${mac}`,
      `v1a,${mac}`,
      `V1,${mac}`,
      'v1,',
      'v1',
      ',',
      `v1 ${mac}`,
      `v1,${mac.slice(4)}`,
      `v1,${mac}=`.slice(0, 9),
    ],
    ...['v1,%%%', `v1,${'A'.repeat(10_000)}`, `${`${wrong} `.repeat(10)}v1,${mac}`, `${wrong} `.repeat(50).trim()],
    ...['x', '-1', '1e9', '0x10', '1.5', '9'.repeat(40), '', `${sound['webhook-timestamp']}0`].map((stamp) =>
      with_({ 'webhook-timestamp': stamp }),
    ),
  ].map((one) => (typeof one === 'string' ? with_({ 'webhook-signature': one }) : one));
  countTries(t, 'NOTIF-10', { short: odd.length, full: odd.length });
  for (const headers of odd) assert.equal(await post(body, headers), 401, JSON.stringify([...new Headers(headers)]));
  const tenth = `${`${wrong} `.repeat(9)}v1,${mac}`;
  assert.equal(await post(body, with_({ 'webhook-signature': tenth })), 200);
  assert.equal(await post(body, twice('webhook-signature', wrong)), 200, 'a header given twice is a list');
});

test('NOTIF-11: bodies that parsers disagree about are refused or read one way, and never break anything', async (t) => {
  const sound = delivery({ booking_id: 60_002 });
  const doubled = (field: string) => sound.replace('"kind"', `${field},"kind"`);
  const unreadable = [
    ...['', ' ', '{', 'null', '[]', '{}', '"x"', '1e400', '{"notifications":{}}', '{"notifications":"x"}'],
    `${sound}x`,
    `{"notifications":[${'['.repeat(50_000)}${']'.repeat(50_000)}`,
    sound.replaceAll('"', "'"),
    sound.replace('{"notifications"', '{"Notifications"'),
    sound.replace('{"notifications"', '{"__proto__":{"notifications":1},"notification"'),
  ];
  const readable = [
    `\uFEFF${sound}`,
    doubled('"booking_id":99'),
    doubled('"__proto__":{"version":7,"polluted":true}'),
    doubled('"constructor":{"prototype":{"polluted":true}}'),
    sound.replace('"price":12.5', '"price":1e400'),
    sound.replace('"version":1', '"version":1.0'),
    sound.replace('"version":1', '"version":1e0'),
    sound.replace('"seats":1', '"seats":-0'),
    sound.replace('Evening', '\\u0000'),
    sound.replace('Evening', '\\ud800'),
    `{"notifications":[${'{"a":'.repeat(3000)}1${'}'.repeat(3000)}]}`,
  ];
  countTries(t, 'NOTIF-11', {
    short: unreadable.length + readable.length + 2,
    full: unreadable.length + readable.length + 2,
  });
  for (const body of unreadable) assert.equal(await post(body, signed(body)), 422, body.slice(0, 60));
  for (const body of readable) assert.equal(await post(body, signed(body)), 200, body.slice(0, 200));
  for (const bytes of [Buffer.from([0xff, 0xfe, 0x7b, 0x7d]), Buffer.from([...Buffer.from(sound), 0xc3])]) {
    // The signature is over the very bytes, which no text is.
    const headers = signBytes(bytes);
    assert.equal(await post(new Uint8Array(bytes), headers), 422);
  }
  assert.equal(({} as { polluted?: boolean }).polluted, undefined);
  assert.equal((await crm.deliver([bookingMessage({ booking_id: 60_003 })])).status, 200);
});

function signBytes(bytes: Buffer) {
  // `sign` takes text; latin1 keeps each byte, and would be signed as other bytes.
  const id = randomUUID();
  const now = new Date();
  const timestamp = String(Math.floor(now.getTime() / 1000));
  const key = Buffer.from(String(secrets[0]).replace('whsec_', ''), 'base64');
  const mac = createHmac('sha256', key).update(`${id}.${timestamp}.`).update(bytes).digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${mac}` };
}

test('NOTIF-12: within five minutes of its time a POST is taken, and known again; outside it is refused', async (t) => {
  // On a whole second, as times are sent, and standing still: a moment more would be outside.
  t.mock.timers.enable({ apis: ['Date'], now: Math.floor(Date.now() / 1000) * 1000 });
  const message = bookingMessage({ booking_id: 60_004 });
  const at = (seconds: number) => crm.deliver([message], { now: new Date(Date.now() + seconds * 1000) });
  assert.equal((await at(-301)).status, 401);
  assert.equal((await at(301)).status, 401);
  assert.equal((await at(-300)).body.outcomes[0].outcome, 'stored');
  assert.equal((await at(300)).body.outcomes[0].outcome, 'duplicate');
});

test('NOTIF-13: a message is known again after a hundred days, long after booking has given up', async () => {
  const about = { user_id: 61_000, occurred_at: '2030-03-01T09:00:00Z' };
  const message = bookingMessage({ booking_id: 60_005, ...about });
  const erased = { message_id: randomUUID(), kind: 'user.erased', ...about };
  await crm.deliver([message, erased]);
  for (const table of ['booking_notifications', 'people_messages']) {
    await rowsOf(crm.database.ownerUrl, `update ${table} set received_at = received_at - interval '100 days'`);
  }
  const { body } = await crm.deliver([message, erased]);
  assert.deepEqual(
    body.outcomes.map(({ outcome }: { outcome: string }) => outcome),
    ['duplicate', 'duplicate'],
  );
});

test('NOTIF-15: keys rotate under load without a refusal, and then the old one opens nothing', async (t) => {
  const rotating = await createCrm({ RATE_LIMITS: 'off', NOTIFICATION_SECRETS: OLD });
  const { config } = rotating.app;
  const count = countTries(t, 'NOTIF-15', { short: 1000, full: 1000 });
  // As docs/operating.md says: CRM learns the new one, booking signs with both, each drops the old one.
  const stages: { signs: string[]; knows: string[] }[] = [
    { signs: [OLD], knows: [OLD] },
    { signs: [OLD], knows: [NEW, OLD] },
    { signs: [NEW, OLD], knows: [NEW, OLD] },
    { signs: [NEW, OLD], knows: [NEW] },
    { signs: [NEW], knows: [NEW] },
  ];
  const refused: number[] = [];
  await inParallel(
    Array.from({ length: count }, (_, n) => n),
    8,
    async (n) => {
      const stage = stages[Math.floor((n / count) * stages.length)];
      config.notificationSecrets = stage?.knows ?? [];
      const message = bookingMessage({ booking_id: 1 + n });
      const deliver = async () => (await rotating.deliver([message], { secrets: stage?.signs ?? [] })).status;
      let status = await deliver();
      for (let tries = 1; status === 503 && tries < MOST_TRIES; tries++) status = await deliver();
      if (status !== 200) refused.push(n);
    },
  );
  assert.deepEqual(refused, []);
  assert.equal((await rotating.deliver([bookingMessage()], { secrets: [OLD] })).status, 401);
});

test('NOTIF-16: what is signed for one door opens no other', async () => {
  const booking = await createBooking({ NOTIFICATION_SECRETS: String(secrets[0]) });
  const credentials = JSON.stringify({ email: 'maya@studio.example', password: 'quiet mornings' });
  const asNotification = await booking.call('POST', '/api/v1/crm/sign-ins', {
    rawBody: credentials,
    headers: signed(credentials),
  });
  assert.deepEqual([asNotification.status, asNotification.body.code], [401, 'bad-signature']);
  const client = `whsec_${Buffer.from(crm.app.config.crmClientSecret).toString('base64')}`;
  assert.equal((await crm.deliver([bookingMessage()], { secrets: [client] })).status, 401);
  // A question, whose signed words are no delivery.
  const address = '/api/v1/booking-notifications/digest';
  assert.equal((await booking.call('GET', address, { headers: signed(`GET ${address}`) })).status, 200);
  assert.equal(await post(`GET ${address}`, signed(`GET ${address}`)), 422);
  assert.equal((await booking.call('GET', address, { headers: signed(delivery()) })).status, 401);
});
