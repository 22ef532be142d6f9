import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { type EmbeddedPostgres, startEmbeddedPostgres } from './embedded-postgres.ts';
import { createDataFolder } from './test-data-folder.ts';

// One cluster for the tests that leave it as they found it, since making one takes seconds on a slow disk.
const folder = join(createDataFolder(), 'postgresql');

async function ask(server: EmbeddedPostgres, statement: string): Promise<unknown> {
  const client = new pg.Client({ connectionString: server.superuserUrl('postgres') });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query(statement)).rows[0];
  } finally {
    await client.end();
  }
}

function locationOf(folder: string): string {
  const pointer = join(folder, 'location');
  return existsSync(pointer) ? readFileSync(pointer, 'utf8') : folder;
}

test('several first starts at once make one cluster with one server', async () => {
  const folder = join(createDataFolder(), 'postgresql');
  const script = `import { startEmbeddedPostgres } from ${JSON.stringify(join(import.meta.dirname, 'embedded-postgres.ts'))};
    const { pid, started } = await startEmbeddedPostgres({ folder: process.argv[1] });
    process.stdout.write(JSON.stringify({ pid, started }));`;
  const answers = await Promise.all(
    Array.from({ length: 4 }, async () => {
      const child = spawn(process.execPath, ['--input-type=module', '--eval', script, folder]);
      let text = '';
      child.stdout.on('data', (chunk) => {
        text += chunk;
      });
      child.stderr.on('data', (chunk) => {
        text += chunk;
      });
      await once(child, 'close');
      return JSON.parse(text) as { pid: number; started: boolean };
    }),
  );
  assert.equal(new Set(answers.map((answer) => answer.pid)).size, 1);
  assert.equal(answers.filter((answer) => answer.started).length, 1);
});

test('keeps data and port when the server is killed, and when it is stopped', async () => {
  const first = await startEmbeddedPostgres({ folder });
  assert.deepEqual(await ask(first, 'select pg_encoding_to_char(encoding) as encoding from pg_database limit 1'), {
    encoding: 'UTF8',
  });
  await ask(first, 'create table kept as select 42 as answer');
  process.kill(first.pid, 'SIGKILL');
  while (first.isRunning()) await sleep(10);
  const second = await startEmbeddedPostgres({ folder });
  assert.equal(second.started, true);
  assert.equal(second.port, first.port);
  assert.deepEqual(await ask(second, 'select answer from kept'), { answer: 42 });
  await second.stop();
  assert.equal(second.isRunning(), false);
  const third = await startEmbeddedPostgres({ folder });
  assert.equal(third.port, first.port);
  assert.deepEqual(await ask(third, 'select answer from kept'), { answer: 42 });
  await third.stop();
});

test('starts although the number of a killed server is somebody else’s now', async () => {
  const first = await startEmbeddedPostgres({ folder });
  await first.stop();
  // Of the user that PostgreSQL runs as, so that PostgreSQL itself would take it for another server.
  const account = process.getuid?.() === 0 ? postgresAccount(locationOf(folder)) : {};
  const other = spawn('sleep', ['60'], { cwd: '/', ...account });
  try {
    writeFileSync(
      join(locationOf(folder), 'cluster', 'postmaster.pid'),
      `${other.pid}\n/nowhere\n1\n${first.port}\n\n127.0.0.1\n   1   1\nready\n`,
    );
    const second = await startEmbeddedPostgres({ folder });
    assert.equal(second.started, true);
    assert.notEqual(second.pid, other.pid);
    await second.stop();
  } finally {
    other.kill();
  }
});

test('says in a sentence why the server does not start', async () => {
  await assert.rejects(
    startEmbeddedPostgres({ folder, settings: { max_connections: 'many' } }),
    /^Error: PostgreSQL did not start: invalid value for parameter "max_connections": "many" Its log is /,
  );
});

test('makes the data anew when a start was killed while it made it', async () => {
  const folder = join(createDataFolder(), 'postgresql');
  const first = await startEmbeddedPostgres({ folder });
  await first.stop();
  const location = locationOf(folder);
  mkdirSync(join(location, 'unfinished-1'));
  writeFileSync(join(location, 'unfinished-1', 'PG_VERSION'), '18\n');
  rmSync(join(location, 'cluster'), { recursive: true });
  await startEmbeddedPostgres({ folder });
  assert.deepEqual(
    readdirSync(location).filter((name) => name.startsWith('unfinished')),
    [],
  );
});

function postgresAccount(location: string): { uid: number; gid: number } {
  const { uid, gid } = statSync(join(location, 'cluster'));
  return { uid, gid };
}
