import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { createTestDatabase } from '@samaya/platform/test-database.ts';
import pg from 'pg';

const COMMAND = join(import.meta.dirname, 'import-command.ts');
const EXAMPLES = join(import.meta.dirname, '../../../docs/import-examples');
const database = await createTestDatabase('booking');

async function runImport(...options: string[]) {
  const child = spawn(process.execPath, [COMMAND, ...options], {
    cwd: EXAMPLES,
    env: {
      ...process.env,
      BOOKING_DATABASE_URL: database.appUrl,
      BOOKING_MIGRATION_URL: database.ownerUrl,
      CRM_DATABASE_URL: database.appUrl,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exit = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const [output, errors, code] = await Promise.all([text(child.stdout), text(child.stderr), exit]);
  return { output, errors, code };
}

async function countEvents(): Promise<number> {
  const client = new pg.Client({ connectionString: database.ownerUrl });
  await client.connect();
  const { rows } = await client.query('select count(*)::int as events from events').finally(() => client.end());
  return rows[0].events;
}

test('lists, applies, and changes nothing the second time', async () => {
  const listed = await runImport('week.csv');
  assert.equal(listed.code, 0, listed.errors);
  assert.match(listed.output, /Events that would be created: 3/);
  assert.match(listed.output, /Nothing was changed: this is what --apply would do\./);
  assert.equal(await countEvents(), 0);

  const applied = await runImport('week.csv', '--apply');
  assert.equal(applied.code, 0, applied.errors);
  assert.match(applied.output, /3 created, 0 changed, 0 left alone, 0 left out, 0 refused\.\nDone\./);
  assert.equal(await countEvents(), 3);

  const again = await runImport('week.csv', '--apply');
  assert.match(again.output, /0 created, 0 changed, 3 left alone/);
  assert.equal(await countEvents(), 3);
});

test('refuses a file with a wrong row as a whole, unless told to skip it', async () => {
  const mapped = ['studio-export.csv', '--mapping', 'studio-export.mapping.json', '--move-to', '2028-05-01', '--apply'];
  const refused = await runImport(...mapped);
  assert.equal(refused.code, 1);
  assert.match(refused.output, /line 7 {2}date_time “3 maart 2027 18:00 - 17:00” is before it starts/);
  assert.match(refused.output, /Nothing was changed, because 1 row is refused\./);
  const before = await countEvents();
  const skipped = await runImport(...mapped, '--skip-refused');
  assert.equal(skipped.code, 0, skipped.errors);
  assert.match(skipped.output, /3 created.*1 left out, 1 refused\.\nDone\./);
  assert.equal(await countEvents(), before + 3);
});

test('imports a calendar', async () => {
  const { output, code } = await runImport('calendar.ics', '--mapping', 'calendar.mapping.json', '--apply');
  assert.equal(code, 0);
  assert.match(output, /5 created, 0 changed, 0 left alone, 1 left out, 0 refused/);
});

test('takes the studio as it was set by hand', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'samaya-test-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'bali.csv');
  writeFileSync(
    file,
    'title,date_time,duration,max_participants,price,facilitator_email,facilitator_name\nSunrise,2029-01-01T06:00+08:00,60,9,5,kadek@harbour.example,Kadek\n',
  );
  const client = new pg.Client({ connectionString: database.ownerUrl });
  await client.connect();
  try {
    await client.query(`update studio set currency = 'IDR', time_zone = 'Asia/Makassar', changed_at = now()`);
    const { output, code } = await runImport(file, '--apply');
    assert.equal(code, 0, output);
    const { rows } = await client.query(`select currency, time_zone from events where title = 'Sunrise'`);
    assert.deepEqual(rows, [{ currency: 'IDR', time_zone: 'Asia/Makassar' }]);
  } finally {
    await client.end();
  }
});

test('says in one sentence what it cannot do', async () => {
  for (const [options, sentence] of [
    [[], /^Usage: npm run import/],
    [['nothing.csv'], /^nothing\.csv: there is no such file\.$/],
    [['week.csv', '--zone', 'Amsterdam'], /^--zone Amsterdam: there is no such time zone/],
    [['week.csv', '--move-to', '7 December'], /^--move-to 7 December: give a day such as 2026-12-07\.$/],
    [['week.csv', '--as', 'nobody@harbour.example'], /^--as nobody@harbour\.example: nobody has a confirmed account/],
    [['week.csv', '--mapping', 'week.csv'], /^The mapping is not JSON/],
    [['week.csv', '--aply'], /^Unknown option '--aply'/],
    [['studio-export.csv'], /^Nothing says title/],
  ] as const) {
    const { errors, code } = await runImport(...options);
    assert.equal(code, 1, options.join(' '));
    assert.match(errors.trim(), sentence);
    assert.doesNotMatch(errors, /\n {4}at /);
  }
});
