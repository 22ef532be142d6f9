import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createDataFolder } from '@samaya/platform/test-data-folder.ts';
import { startReady } from './test-launcher.ts';

// However slow the machine: a connection that nobody closed would keep it for a minute.
const MOST_SECONDS = 45;

function examine(environment: Record<string, string>) {
  const { PATH, HOME } = process.env;
  const begin = performance.now();
  return new Promise<{ code: number; lines: string[]; seconds: number; error: string }>((resolve) => {
    execFile(
      process.execPath,
      [join(import.meta.dirname, 'doctor.ts')],
      { env: { PATH, HOME, ...environment } },
      (error, out, complaint) =>
        resolve({
          code: Number(error?.code ?? 0),
          lines: out.trimEnd().split('\n'),
          seconds: (performance.now() - begin) / 1000,
          error: complaint,
        }),
    );
  });
}

const wrongOnes = (lines: readonly string[]) => lines.filter((line) => line.startsWith('wrong'));

test('finds all well while everything runs, by no other lines than ok; and what is wrong once it was stopped', async (t) => {
  const folder = createDataFolder();
  const launcher = await startReady(folder, { DEMO: '1' });
  const environment = {
    DATA_DIR: folder,
    BOOKING_PORT: new URL(launcher.bookingUrl).port,
    CRM_PORT: new URL(launcher.crmUrl).port,
  };
  const well = await examine(environment);
  assert.deepEqual([well.code, well.error, well.lines.at(-1)], [0, '', 'All is well.'], well.lines.join('\n'));
  assert.ok(well.seconds < MOST_SECONDS, `${well.seconds} s`);
  for (const line of well.lines.slice(0, -1)) assert.match(line, /^ok {5}\S/);
  assert.ok(well.lines.some((line) => /canary was booked and seen in CRM/.test(line)));

  // Keys of another installation.
  const strange = await examine({
    ...environment,
    NOTIFICATION_SECRETS: `whsec_${Buffer.alloc(32).toString('base64')}`,
  });
  assert.equal(strange.code, 1);
  assert.deepEqual(
    wrongOnes(strange.lines).map((line) => /NOTIFICATION_SECRETS/.test(line)),
    [true],
  );

  assert.equal(await launcher.end('SIGTERM'), 0);
  const stopped = await examine(environment);
  t.diagnostic(
    `${well.seconds.toFixed(1)} s while everything ran, ${stopped.seconds.toFixed(1)} s with nothing running`,
  );
  assert.equal(stopped.code, 1);
  assert.ok(stopped.seconds < MOST_SECONDS, `${stopped.seconds} s`);
  const wrongs = wrongOnes(stopped.lines);
  assert.equal(wrongs.length, 3, stopped.lines.join('\n'));
  assert.match(wrongs[0] ?? '', /booking does not answer at .*: npm start/);
  assert.match(wrongs[1] ?? '', /CRM does not answer at .*: npm start/);
  assert.match(wrongs[2] ?? '', /no canary was sent/);
  assert.equal(stopped.lines.at(-1), 'Something is wrong; see above.');
});

test('settings that cannot be used, and data that are not there, are each a line with the mend', async () => {
  const folder = createDataFolder();
  const wrong = await examine({ DATA_DIR: folder, BOOKING_PORT: 'abc', STUDIO_CURRENCY: 'euro' });
  assert.equal(wrong.code, 1);
  assert.deepEqual(wrongOnes(wrong.lines), [
    'wrong  a setting: BOOKING_PORT is a number: .env.example explains each',
    'wrong  a setting: STUDIO_CURRENCY is a three-letter code such as EUR: .env.example explains each',
  ]);
  rmSync(folder, { recursive: true });
  const nothing = await examine({ DATA_DIR: folder });
  assert.match(wrongOnes(nothing.lines).join('\n'), /^wrong {2}there are no data in .* yet: npm start makes them/);
  const away = await examine({
    DATA_DIR: folder,
    BOOKING_DATABASE_URL: 'postgres://nobody@127.0.0.1:9/none',
    CRM_DATABASE_URL: 'postgres://nobody@127.0.0.1:9/none',
    BOOKING_PORT: '9',
    CRM_PORT: '19',
  });
  assert.equal(away.code, 1);
  assert.equal(away.error, '');
  assert.match(
    wrongOnes(away.lines).join('\n'),
    /booking: the database does not answer[\s\S]*CRM: the database does not answer/,
  );
});
