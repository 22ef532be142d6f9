import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Kysely, sql } from 'kysely';
import type { DB } from '#server/database-types.ts';
import { openStudio } from '#server/test-studio.ts';
import type { Destination } from './outbox.ts';
import { claimDue, markDelivered } from './outbox-queries.ts';

const { db, asOwner } = await openStudio({ connections: 1 });

async function flushes(asked: Kysely<DB>): Promise<string | undefined> {
  const { rows } = await sql<{ setting: string }>`select current_setting('synchronous_commit') as setting`.execute(
    asked,
  );
  return rows[0]?.setting;
}

/** Whether the commit waits for the disk: after a claim, and after what was claimed was marked. */
async function watchFlushes(destination: Destination): Promise<(string | undefined)[]> {
  await asOwner(`insert into outbox (destination, kind, user_id) values ('${destination}', 'user.changed', 1)`);
  const claim = { destination, limit: 10, leaseSeconds: 30, isProbe: false, now: undefined };
  const claimed = await db.transaction().execute(async (trx) => {
    const rows = await claimDue(trx, claim);
    return { rows, flush: await flushes(trx) };
  });
  const marked = await db.transaction().execute(async (trx) => {
    assert.equal(await markDelivered(trx, claimed.rows, { destination, now: undefined }), 1);
    return await flushes(trx);
  });
  return [claimed.flush, marked];
}

test('what CRM would know again does not wait for the disk, and nothing after it on the same connection', async () => {
  assert.deepEqual(await watchFlushes('crm'), ['off', 'off']);
  assert.equal(await flushes(db), 'on');
});

test('mail, which nobody would know again, waits for the disk', async () => {
  assert.deepEqual(await watchFlushes('mail'), ['on', 'on']);
});
