import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTestDatabase } from '@samaya/platform/test-database.ts';
import { countTries } from '@samaya/platform/test-tries.ts';
import { buildPages } from '../scripts/build.ts';
import { rowsOf } from './both-databases.ts';
import { mailedLink } from './mailbox.ts';
import { createVisitor } from './page-visitor.ts';
import { startBooking } from './processes.ts';

await buildPages({ write: () => undefined });
const database = await createTestDatabase('booking');
const { ownerUrl } = database;
const OLD = 'the-key-of-last-year-0123456789abcdef';
const NEW = 'the-key-of-this-year-0123456789abcdef';
const start = (keys: string) => startBooking({ database, environment: { COOKIE_KEYS: keys } });

/** Signs up at one process and confirms the mail at another, with the cookie that the first has sealed. */
async function signUp(n: number, from: string, to: string): Promise<void> {
  const email = `person${n}@studio.example`;
  const visitor = createVisitor();
  await visitor.post(`${from}/sign-up`, { name: `Person ${n}`, email, password: 'a password of theirs' });
  const link = new URL(await mailedLink(ownerUrl, email, '/confirm/'));
  await visitor.post(new URL(link.pathname, to).href);
}

const proven = async () => Number((await rowsOf(ownerUrl, 'select count(proven_at) from users'))[0]?.count);

test('SUP-06: cookie keys change while people sign up: whichever process is asked, none of them notices', async (t) => {
  // As in the middle of the change: both know both, and sign with different ones.
  const [before, after] = await Promise.all([start(`${OLD},${NEW}`), start(`${NEW},${OLD}`)]);
  const people = countTries(t, 'SUP-06', { short: 30, full: 200 });
  await Promise.all(
    Array.from({ length: people }, (_, n) =>
      n % 2 === 0 ? signUp(n, before.url, after.url) : signUp(n, after.url, before.url),
    ),
  );
  assert.equal(await proven(), people);
  // What the old key made is worth nothing where it is no longer known, and what the new one made still is.
  const done = await start(NEW);
  await signUp(people, before.url, done.url);
  assert.equal(await proven(), people);
  await signUp(people + 1, after.url, done.url);
  assert.equal(await proven(), people + 1);
});
