import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import pg from 'pg';
import { createTestApp } from '#server/test-app.ts';
import { watchPlans } from '#server/test-plans.ts';
import { claimDue, markDelivered, releaseRows } from './outbox-queries.ts';

const ARRIVED = 20_000;
const WAITING = 5000;

const { app, ownerUrl } = await createTestApp();
const { db, planOf } = watchPlans(app);

// As when CRM has just gone: the planner last looked when everything had arrived, and believes that nothing waits.
before(async () => {
  const owner = new pg.Client({ connectionString: ownerUrl });
  await owner.connect();
  await owner.query(`
    alter table outbox set (autovacuum_enabled = off);
    insert into outbox (kind, user_id, delivered_at) select 'user.changed', g, now() from generate_series(1, ${ARRIVED}) g`);
  await owner.query('vacuum analyze outbox');
  await owner.query(
    `insert into outbox (kind, user_id) select 'user.changed', g from generate_series(1, ${WAITING}) g`,
  );
  await owner.end();
});

test('what is claimed is found and marked without reading all that waits', async () => {
  const claim = () => claimDue(db, { destination: 'crm', limit: 50, leaseSeconds: 30, isProbe: false, now: undefined });
  const claimed = await planOf(claim);
  assert.equal(claimed.result.length, 50);
  assert.ok(!claimed.readWhole.has('outbox'));
  const ways: Record<string, () => Promise<unknown>> = {
    delivered: () => markDelivered(db, claimed.result.slice(0, 25), { destination: 'crm', now: undefined }),
    released: () => releaseRows(db, claimed.result.slice(25), undefined),
  };
  for (const [what, mark] of Object.entries(ways)) {
    const { indexes, readWhole } = await planOf(mark);
    assert.ok(indexes.has('outbox_pkey'), what);
    assert.ok(!indexes.has('outbox_due') && !readWhole.has('outbox'), what);
  }
});
