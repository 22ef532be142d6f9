import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { openStudio } from '#server/test-studio.ts';

const folder = mkdtempSync(join(tmpdir(), 'samaya-replay-'));
after(() => rmSync(folder, { recursive: true, force: true }));

function replay(databaseUrl: string, ...args: string[]): Promise<{ code: number; out: string; error: string }> {
  const { PATH, HOME } = process.env;
  const environment = {
    PATH,
    HOME,
    DATA_DIR: folder,
    BOOKING_DATABASE_URL: databaseUrl,
    CRM_DATABASE_URL: 'postgres://nobody@127.0.0.1:9/none',
  };
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [join(import.meta.dirname, 'replay-command.ts'), ...args],
      { env: environment },
      (error, out, complaint) => resolve({ code: Number(error?.code ?? 0), out, error: complaint }),
    );
  });
}

test('given-up messages are listed with where they should go and why they did not, and sent again by id or all', async () => {
  const studio = await openStudio();
  const eventId = await studio.addEvent();
  const users = await studio.addUsers(3);
  await studio.db
    .insertInto('bookings')
    .values(users.map((user_id) => ({ user_id, event_id: eventId })))
    .execute();
  await studio.asOwner(
    `update outbox set dead_at = now(), refusals = 9, last_error = 'answered 422' where destination = 'crm';
     update outbox set dead_at = now(), last_error = 'answered 550' where destination = 'mail' and booking_id = 1`,
  );

  const listed = await replay(studio.appUrl);
  const ids = listed.out.split('\n').flatMap((line) => line.match(/^[0-9a-f-]{36}/) ?? []);
  assert.equal(ids.length, 4, listed.out + listed.error);
  assert.match(listed.out, / crm {3}booking\.confirmed of booking 1: answered 422/);
  assert.match(listed.out, / mail {2}booking\.confirmed of booking 1: answered 550/);

  assert.match((await replay(studio.appUrl, String(ids[0]))).out, /^1 will be sent again/);
  assert.match((await replay(studio.appUrl, '--all')).out, /^3 will be sent again/);
  assert.match((await replay(studio.appUrl)).out, /No message was given up/);
  const due = await studio.db.selectFrom('outbox').select(['dead_at', 'refusals']).execute();
  assert.deepEqual(due, Array(6).fill({ dead_at: null, refusals: 0 }));
});

test('what is no id, and a database that is away, are said in a sentence', async () => {
  const wrong = await replay('postgres://nobody@127.0.0.1:9/none', 'everything');
  assert.equal(wrong.code, 1);
  assert.match(wrong.error, /^Usage:/);
  const away = await replay('postgres://nobody@127.0.0.1:9/none');
  assert.equal(away.code, 1);
  assert.doesNotMatch(away.error, /\n {4}at /);
});
