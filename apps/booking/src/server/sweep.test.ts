import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sql } from 'kysely';
import { sweep } from './sweep.ts';
import { createTestApp } from './test-app.ts';

test('a sweep takes what has ended and leaves what has not', async () => {
  const { db, addPerson, signIn } = await createTestApp();
  const { id } = await addPerson();
  await signIn(id, 'page');
  await sql`update sign_ins set expires_at = clock_timestamp() where kind = 'page'`.execute(db);
  await db
    .insertInto('idempotency_keys')
    .values([
      { owner: 'user:1', key: 'old', fingerprint: 'x', created_at: sql<Date>`now() - interval '25 hours'` },
      { owner: 'user:1', key: 'new', fingerprint: 'x', created_at: sql<Date>`now() - interval '23 hours'` },
    ])
    .execute();
  await sweep(db);
  assert.deepEqual(await db.selectFrom('sign_ins').select('kind').execute(), [{ kind: 'api' }]);
  assert.deepEqual(await db.selectFrom('idempotency_keys').select('key').execute(), [{ key: 'new' }]);
});
