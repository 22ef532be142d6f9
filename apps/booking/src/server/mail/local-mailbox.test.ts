import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sql } from 'kysely';
import { erasePerson } from '#server/accounts/erase-person.ts';
import { sweep } from '#server/sweep.ts';
import { createTestApp } from '#server/test-app.ts';
import { keepMail, listKeptMails } from './local-mailbox.ts';
import { mailOf } from './test-mail-facts.ts';

const { app, db, addPerson } = await createTestApp();

async function keep(to: string): Promise<string> {
  const id = crypto.randomUUID();
  await keepMail(db, { ...mailOf('account.known'), id, to });
  return id;
}

const kept = async () =>
  (await listKeptMails(app, { after: undefined, limit: 100 })).items.map((mail) => mail.id).sort();

test('what was written to a person is forgotten with them', async () => {
  const ana = await addPerson();
  const [own, other] = [await keep(ana.email), await keep('somebody@example.org')];
  assert.deepEqual(await kept(), [own, other].sort());
  await erasePerson(db, ana.id);
  assert.deepEqual(await kept(), [other]);
});

test('DATA-07: a sweep takes what has lain for 30 days', async () => {
  await db.deleteFrom('local_mailbox').execute();
  const [old, young] = [await keep('a@example.org'), await keep('a@example.org')];
  const aged = (id: string, days: number) =>
    sql`update local_mailbox set sent_at = now() - make_interval(days => ${days}) where id = ${id}`.execute(db);
  await aged(old, 31);
  await aged(young, 29);
  await sweep(db);
  assert.deepEqual(await kept(), [young]);
});

test('a cursor that is not ours is refused', async () => {
  const cursorOf = (...values: unknown[]) => Buffer.from(JSON.stringify(values)).toString('base64url');
  const id = crypto.randomUUID();
  for (const after of [
    'x',
    cursorOf('0000-01-01T00:00:00.000000Z', id),
    cursorOf('2026-02-30T00:00:00.000000Z', id),
    cursorOf('2026-01-01T00:00:00.000000Z', 'id'),
  ]) {
    await assert.rejects(listKeptMails(app, { after, limit: 1 }), { code: 'bad-request' }, after);
  }
});
