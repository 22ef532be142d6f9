import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTestDatabase } from '@samaya/platform/test-database.ts';
import { buildPages } from '../scripts/build.ts';
import { rowsOf } from './both-databases.ts';
import { createVisitor, textOf, type Visitor } from './page-visitor.ts';
import { startBooking } from './processes.ts';

await buildPages({ write: () => undefined });
const database = await createTestDatabase('booking');
const { ownerUrl } = database;
const site = await startBooking({ database, environment: { DEMO: '1' } });

/** To the page where the demo's Google asks who somebody is, from a page with its button. */
async function toGoogle(visitor: Visitor, query = '') {
  return await visitor.post(`${site.url}/sign-in/google${query}`);
}

async function continueAs(visitor: Visitor, person: string, query = '') {
  const page = await toGoogle(visitor, query);
  return await visitor.post(page.url, { person });
}

test('somebody new signs up with Google and is where they were going', async () => {
  const lea = createVisitor();
  const choose = await toGoogle(lea, '?return_to=/events%3Fq%3Dyin');
  assert.equal(choose.status, 200, textOf(choose.html));
  assert.match(textOf(choose.html), /This is not Google/);
  const there = await lea.post(choose.url, { person: 'demo-lea' });
  assert.equal(there.url, `${site.url}/events?q=yin`, textOf(there.html));
  assert.match(there.html, /Lea Brandt/);
  const rows = await rowsOf(
    ownerUrl,
    `select name, password, google_id, proven_at is not null as proven from users where google_id = 'demo-lea'`,
  );
  assert.deepEqual(rows, [{ name: 'Lea Brandt', password: '!', google_id: 'demo-lea', proven: true }]);
  const refused = await continueAs(createVisitor(), 'demo-nobody');
  assert.equal(refused.status, 403);
});
