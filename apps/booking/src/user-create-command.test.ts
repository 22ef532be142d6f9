import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { createTestApp } from '#server/test-app.ts';

const COMMAND = join(import.meta.dirname, 'user-create-command.ts');
const studio = await createTestApp();
const { call, db, app } = studio;
const { options } = app.pool;

async function createUser(password: string, args: string[], environment: Record<string, string> = {}) {
  const child = spawn(process.execPath, [COMMAND, ...args], {
    env: {
      BOOKING_DATABASE_URL: String(options.connectionString),
      BOOKING_MIGRATION_URL: studio.ownerUrl,
      CRM_DATABASE_URL: String(options.connectionString),
      DATA_DIR: app.config.dataDir,
      ...environment,
    },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  // A command that refuses before it reads closes its end.
  child.stdin.on('error', () => undefined);
  child.stdin.end(password);
  const [out, said, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise((resolve) => child.on('close', resolve)),
  ]);
  return { out, said, code };
}

test('makes a proven admin who can sign in', async () => {
  const made = await createUser('quiet mornings\n', [
    '--email',
    'Sofia@Example.org',
    '--name',
    'Sofia Marques',
    '--admin',
  ]);
  assert.deepEqual([made.code, made.said], [0, '']);
  assert.match(made.out, /^Sofia Marques <sofia@example.org> can sign in now, as an admin/);
  const body = { email: 'sofia@example.org', password: 'quiet mornings' };
  const signedIn = await call('POST', '/api/v1/sessions', { body });
  assert.deepEqual([signedIn.status, signedIn.body.user.is_admin], [201, true]);
});

test('without --admin it is a participant, whose address counts as confirmed', async () => {
  const made = await createUser('quiet mornings', ['--email', 'lea@example.org', '--name', 'Lea', '--password-stdin']);
  assert.equal(made.code, 0, made.said);
  const lea = await db.selectFrom('users').selectAll().where('email', '=', 'lea@example.org').executeTakeFirstOrThrow();
  assert.deepEqual([lea.is_admin, lea.proven_at === null], [false, false]);
});

test('says what is wrong in a sentence, without a stack, and changes nothing', async () => {
  const who = ['--email', 'new@example.org', '--name', 'New'];
  const refusals: [string, string[], RegExp, Record<string, string>?][] = [
    ['quiet mornings', ['--email', 'sofia@example.org', '--name', 'Sofia'], /There is an account with this address/],
    ['short', who, /The password has 10 characters at least\./],
    ['', who, /No password came/],
    [
      'quiet mornings',
      ['--email', 'new', '--name', ''],
      /The email is an address .*\n?.*The name is needed\.|The name is needed\.\nThe email/,
    ],
    ['quiet mornings', ['--email', 'new@example.org'], /Usage: npm run user:create/],
    ['quiet mornings', [...who, '--root'], /Unknown option '--root'[\s\S]*Usage/],
    [
      'quiet mornings',
      who,
      /The database does not answer/,
      {
        BOOKING_DATABASE_URL: 'postgres://a:b@127.0.0.1:9/none',
        BOOKING_MIGRATION_URL: 'postgres://a:b@127.0.0.1:9/none',
      },
    ],
    [
      'quiet mornings',
      who,
      /The database refuses: password/,
      { BOOKING_MIGRATION_URL: studio.ownerUrl.replace(':test@', ':wrong@') },
    ],
    ['quiet mornings', who, /STUDIO_CURRENCY/, { STUDIO_CURRENCY: 'euro' }],
  ];
  for (const [password, args, expected, environment] of refusals) {
    const { code, said, out } = await createUser(password, args, environment);
    assert.deepEqual([code, out], [1, ''], said);
    assert.match(said, expected);
    assert.doesNotMatch(said, /\n\s+at /);
  }
  assert.deepEqual(await db.selectFrom('users').select('id').where('email', '=', 'new@example.org').execute(), []);
});
