import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { connect } from './database.ts';
import { PlatformError } from './platform-error.ts';
import { createLimits } from './rate-limit.ts';
import { createTestDatabase } from './test-database.ts';

const { appUrl } = await createTestDatabase('booking');
const first = connect(appUrl, { applicationName: 'first' });
const second = connect(appUrl, { applicationName: 'second' });
after(async () => {
  await first.close();
  await second.close();
});
const limits = { 'sign-in': { points: 3, seconds: 60, shared: true } };

test('counts over several processes and says when to come back', async () => {
  const consumers = [
    createLimits(first.pool, limits, { enabled: true }),
    createLimits(second.pool, limits, { enabled: true }),
  ];
  for (let i = 0; i < 3; i++) await consumers[i % 2]?.('sign-in', 'ana');
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

test('limits per process while the database is away, and not at all when switched off', async () => {
  const gone = connect('postgres://nobody:nothing@127.0.0.1:1/none', { applicationName: 'gone' });
  const limited = createLimits(gone.pool, limits, { enabled: true });
  for (let i = 0; i < 3; i++) await limited('sign-in', 'ben');
  await assert.rejects(limited('sign-in', 'ben'), PlatformError);
  const free = createLimits(gone.pool, limits, { enabled: false });
  for (let i = 0; i < 10; i++) await free('sign-in', 'ben');
  await gone.close();
});
