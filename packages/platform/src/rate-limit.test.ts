import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import pg from 'pg';
import { RateLimiterPostgres } from 'rate-limiter-flexible';
import { parseList } from 'structured-headers';
import { connect } from './database.ts';
import { PlatformError } from './platform-error.ts';
import { createLimits } from './rate-limit.ts';
import { retryHeaders } from './retry-headers.ts';
import { createTestDatabase } from './test-database.ts';
import { countTries } from './test-tries.ts';

const { appUrl } = await createTestDatabase('booking');
// They wait as long as it takes: a pool that gives up on a busy machine would be a database that is away.
const first = new pg.Pool({ connectionString: appUrl });
const second = new pg.Pool({ connectionString: appUrl });
for (const pool of [first, second]) {
  // The database is dropped first.
  pool.on('error', () => undefined);
  after(() => pool.end());
}
const limits = { 'sign-in': { points: 3, seconds: 60, shared: true } };

test('RATE-04: counts over several processes and says when to come back', async () => {
  const consumers = [first, second, first].map((pool) => createLimits(pool, limits, { enabled: true }));
  for (let i = 0; i < 3; i++) await consumers[i % 3]?.('sign-in', 'ana');
  for (const consume of consumers) {
    await assert.rejects(consume('sign-in', 'ana'), (error: unknown) => {
      assert.ok(error instanceof PlatformError);
      assert.equal(error.code, 'too-many-requests');
      assert.ok((error.retryAfterSeconds ?? 0) >= 1 && (error.retryAfterSeconds ?? 99) <= 60);
      return true;
    });
  }
  await consumers[0]?.('sign-in', 'another person');
});

test('RATE-08: limits per process while the database is away, and not at all when switched off', async () => {
  const gone = connect('postgres://nobody:nothing@127.0.0.1:1/none', { applicationName: 'gone' });
  const limited = createLimits(gone.pool, limits, { enabled: true });
  for (let i = 0; i < 3; i++) await limited('sign-in', 'ben');
  await assert.rejects(limited('sign-in', 'ben'), PlatformError);
  const free = createLimits(gone.pool, limits, { enabled: false });
  for (let i = 0; i < 10; i++) await free('sign-in', 'ben');
  await gone.close();
});

test('RATE-04: of a hundred tries at once over three processes as many pass as one would let', async () => {
  const consumers = [first, second, first].map((pool) => createLimits(pool, limits, { enabled: true }));
  const tries = await Promise.allSettled(
    Array.from({ length: 99 }, (_, i) => (consumers[i % 3] ?? assert.fail())('sign-in', 'rush')),
  );
  assert.equal(tries.filter(({ status }) => status === 'fulfilled').length, 3);
});

test('RATE-09: ten thousand refused requests ask the database nothing', async (t) => {
  const consume = createLimits(first, limits, { enabled: true });
  const asked = t.mock.method(first, 'query');
  let refused = 0;
  const tries = countTries(t, 'RATE-09', { short: 10_000, full: 10_000 });
  for (let i = 0; i < tries + 3; i++) await consume('sign-in', 'flood').catch(() => refused++);
  assert.deepEqual([asked.mock.callCount(), refused], [3, tries]);
});

test('negative control: without what is kept in memory each refusal is a write', async (t) => {
  const limiter = new RateLimiterPostgres({
    storeClient: first,
    tableName: 'rate_limits',
    tableCreated: true,
    keyPrefix: 'control',
    points: 3,
    duration: 60,
  });
  const asked = t.mock.method(first, 'query');
  for (let i = 0; i < 20; i++) await limiter.consume('flood').catch(() => undefined);
  assert.equal(asked.mock.callCount(), 20);
});

test('RATE-05: the headers of a refusal are structured fields, and name the limit and the wait alike', async () => {
  const own = { api: { points: 2, seconds: 3600, shared: false }, mail: { points: 2, seconds: 60, shared: true } };
  const consume = createLimits(first, own, { enabled: true });
  for (const [name, { points, seconds }] of Object.entries(own)) {
    const key = `headers of ${name}`;
    for (let i = 0; i < points; i++) await consume(name as keyof typeof own, key);
    const refused = await consume(name as keyof typeof own, key).catch((error: unknown) => error);
    assert.ok(refused instanceof PlatformError);
    const headers = retryHeaders(refused);
    const [[, state] = [], ...others] = parseList(headers.ratelimit ?? '');
    assert.deepEqual(others, []);
    assert.deepEqual(
      [...(state ?? [])].map(([parameter]) => parameter),
      ['r', 't'],
    );
    assert.equal(state?.get('r'), 0);
    assert.ok(Number(headers['retry-after']) >= Number(state?.get('t')));
    assert.ok(Number(state?.get('t')) > 0 && Number(state?.get('t')) <= seconds);
    assert.deepEqual(parseList(headers['ratelimit-policy'] ?? ''), [
      [
        name,
        new Map([
          ['q', points],
          ['w', seconds],
        ]),
      ],
    ]);
    assert.match(
      refused.message,
      seconds > 120 ? /^Too many tries\. Try again in 60 minutes\.$/ : /in \d+ seconds?\.$/,
    );
  }
});

test('what asks for nothing to be tried again says nothing of it', () => {
  assert.deepEqual(retryHeaders(new PlatformError('invalid', 'Mend it.')), {});
  assert.deepEqual(retryHeaders(new PlatformError('unavailable', 'Busy.', { retryAfterSeconds: 1.2 })), {
    'retry-after': '2',
  });
});
