import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { createDataFolder } from '@samaya/platform/test-data-folder.ts';
import { createTestDatabase } from '@samaya/platform/test-database.ts';
import { freePort } from '@samaya/platform/test-port.ts';
import { isAlive, type Launcher, startLauncher, startReady, until } from './test-launcher.ts';

const PERSON = { email: 'lea@example.org', password: 'quiet mornings' };

async function answers(url: string): Promise<boolean> {
  return await fetch(`${url}/readyz`).then(
    (response) => response.ok,
    () => false,
  );
}

async function post(launcher: Launcher, path: string, body: object): Promise<number> {
  const response = await fetch(launcher.bookingUrl + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  await response.text();
  return response.status;
}

/** Starts it where it cannot go on; what it wrote, which is a sentence and no stack. */
async function complaintOf(dataDir: string, environment: Record<string, string> = {}): Promise<string> {
  const launcher = await startLauncher(dataDir, environment);
  assert.equal(await launcher.ended, 1, launcher.output());
  assert.doesNotMatch(launcher.output(), /\n {4}at |Ctrl-C/);
  return launcher.output();
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  test(`tells what it does, where everything is, and stops all of it on ${signal}`, async () => {
    const launcher = await startReady(createDataFolder(), { DEMO: '1' });
    for (const words of [/Making the database/, /Starting booking and CRM/, /maya@samaya\.example/, /samaya-demo/]) {
      assert.match(launcher.output(), words);
    }
    for (const url of [launcher.bookingUrl, launcher.crmUrl]) {
      assert.ok(launcher.output().includes(url));
      assert.equal(await answers(url), true);
    }
    const pids = Object.values(launcher.pids());
    assert.equal(await launcher.end(signal), 0);
    for (const pid of pids) assert.equal(isAlive(Number(pid)), false);
    assert.match(launcher.output(), /Stopped\.\n$/);
    assert.equal(existsSync(join(launcher.dataDir, 'children.json')), false);
  });
}

test('a signal that reaches npm alone stops everything too', async () => {
  const launcher = await startReady(createDataFolder(), {}, ['npm', 'start']);
  const pids = Object.values(launcher.pids());
  assert.equal(await launcher.end('SIGTERM'), 0);
  for (const pid of pids) assert.equal(isAlive(Number(pid)), false);
});

test('keeps its data, and starts faster the second time', async (t) => {
  const dataDir = createDataFolder();
  const first = await startReady(dataDir);
  assert.equal(await post(first, '/api/v1/users', { name: 'Lea', ...PERSON }), 201);
  assert.equal(await first.end('SIGTERM'), 0);
  const startedAt = performance.now();
  const second = await startReady(dataDir);
  t.diagnostic(`the second start was ready after ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
  assert.doesNotMatch(second.output(), /Making the database|Building/);
  assert.equal(await post(second, '/api/v1/sessions', PERSON), 201);
  assert.equal(await second.end('SIGTERM'), 0);
});

test('CRASH-07: starts again whatever part of it is killed', async () => {
  const launcher = await startReady(createDataFolder());
  const before = launcher.pids();
  for (const app of ['booking', 'crm'] as const) {
    process.kill(before[app], 'SIGKILL');
    await launcher.wrote(new RegExp(`${app} ended \\(SIGKILL\\)[\\s\\S]*${app} is back`));
    assert.notEqual(launcher.pids()[app], before[app]);
    assert.equal(await answers(app === 'booking' ? launcher.bookingUrl : launcher.crmUrl), true);
  }
  process.kill(Number(before.postgres), 'SIGKILL');
  await launcher.wrote(/PostgreSQL ended; starting it again …[\s\S]*PostgreSQL is back/);
  await until('both are ready', async () => (await answers(launcher.bookingUrl)) && (await answers(launcher.crmUrl)));
  assert.equal(await post(launcher, '/api/v1/users', { name: 'Lea', ...PERSON }), 201);
  assert.equal(await launcher.end('SIGTERM'), 0);
});

test('killed itself, it leaves no application running, and the next start finds the data', async () => {
  const dataDir = createDataFolder();
  const first = await startReady(dataDir);
  const left = first.pids();
  assert.equal(await post(first, '/api/v1/users', { name: 'Lea', ...PERSON }), 201);
  await first.end('SIGKILL');
  await until('the applications ended', () => !isAlive(left.booking) && !isAlive(left.crm));
  assert.equal(isAlive(Number(left.postgres)), true);

  const second = await startReady(dataDir);
  assert.equal(second.pids().postgres, left.postgres);
  assert.equal(await post(second, '/api/v1/sessions', PERSON), 201);
  assert.equal(await second.end('SIGTERM'), 0);
  assert.equal(isAlive(Number(left.postgres)), false);
});

test('two copies run side by side; a third in the folder of one is refused', async () => {
  const [one, other] = await Promise.all([startReady(createDataFolder()), startReady(createDataFolder())]);
  assert.equal(await post(one, '/api/v1/users', { name: 'Lea', ...PERSON }), 201);
  assert.equal(await post(other, '/api/v1/sessions', PERSON), 401);
  assert.match(await complaintOf(one.dataDir), /^Samaya runs already, with its data in .*set BOOKING_PORT/);
  assert.equal(await answers(one.bookingUrl), true);
  assert.deepEqual(await Promise.all([one.end('SIGTERM'), other.end('SIGTERM')]), [0, 0]);
});

test('runs on an existing PostgreSQL and starts none', async () => {
  const booking = await createTestDatabase('booking');
  const crm = await createTestDatabase('crm');
  const launcher = await startReady(createDataFolder(), {
    BOOKING_DATABASE_URL: booking.appUrl,
    BOOKING_MIGRATION_URL: booking.ownerUrl,
    CRM_DATABASE_URL: crm.appUrl,
    CRM_MIGRATION_URL: crm.ownerUrl,
    RATE_LIMITS: 'off',
  });
  assert.equal(existsSync(join(launcher.dataDir, 'postgresql')), false);
  assert.doesNotMatch(launcher.output(), /PostgreSQL/);
  assert.match(launcher.output(), /RATE LIMITS ARE OFF/);
  assert.equal(await post(launcher, '/api/v1/users', { name: 'Lea', ...PERSON }), 201);
  assert.equal(await launcher.end('SIGTERM'), 0);
});

test('names the setting when a port is taken, before it does anything long', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const { port } = taken.address() as { port: number };
  const dataDir = createDataFolder();
  for (const setting of ['BOOKING_PORT', 'CRM_PORT']) {
    assert.equal(
      await complaintOf(dataDir, { [setting]: String(port) }),
      `Port ${port} is taken. Stop what uses it, or set ${setting} to another.\n`,
    );
  }
  taken.close();
  assert.equal(existsSync(join(dataDir, 'postgresql')), false);
});

test('CRASH-11: lists every wrong setting without its value', async () => {
  const complaint = await complaintOf(createDataFolder(), { BOOKING_PORT: 'four', METRICS_TOKEN: 'tiny-secret' });
  assert.match(complaint, /^Some settings are wrong; correct it in .*\.env\.example explains each/);
  assert.match(complaint, /BOOKING_PORT is a number\n/);
  assert.match(complaint, /METRICS_TOKEN has 16 characters or more\n/);
  assert.doesNotMatch(complaint, /tiny-secret|four/);
  assert.match(await complaintOf(createDataFolder(), { HOST: '203.0.113.7' }), /DEMO|HOST 203\.0\.113\.7 cannot be/);
});

test('says what to do when DATA_DIR cannot be written to', async () => {
  const inTheWay = join(createDataFolder(), 'file');
  writeFileSync(inTheWay, '');
  for (const dataDir of [inTheWay, join(inTheWay, 'below'), '/proc/samaya']) {
    assert.match(await complaintOf(dataDir), /^DATA_DIR .* cannot be used .*set DATA_DIR to another\.\n$/);
  }
});

test('says which database does not answer, or is not there', async () => {
  const there = await createTestDatabase('crm');
  const away = `postgres://samaya:hidden@127.0.0.1:${await freePort()}/booking`;
  const complaint = await complaintOf(createDataFolder(), {
    BOOKING_DATABASE_URL: away,
    CRM_DATABASE_URL: there.appUrl,
  });
  assert.match(
    complaint,
    /^BOOKING_DATABASE_URL: no PostgreSQL answers at 127\.0\.0\.1:\d+ \(ECONNREFUSED\)\. Start it/,
  );
  assert.doesNotMatch(complaint, /hidden/);

  const wrong = new URL(there.appUrl);
  wrong.pathname = '/nowhere';
  const urls = { BOOKING_DATABASE_URL: wrong.href, CRM_DATABASE_URL: there.appUrl };
  assert.match(await complaintOf(createDataFolder(), urls), /^BOOKING_DATABASE_URL: there is no database nowhere at /);
  wrong.password = 'guessed';
  urls.BOOKING_DATABASE_URL = wrong.href;
  assert.match(await complaintOf(createDataFolder(), urls), /does not let the user test_app in\. Correct user/);
});

test('passes on why an application cannot start, and stops the other', async () => {
  const dataDir = createDataFolder();
  const crm = await createTestDatabase('crm');
  const urls = { BOOKING_DATABASE_URL: crm.ownerUrl, CRM_DATABASE_URL: crm.ownerUrl };
  // Booking's migrations do not fit CRM's database.
  const complaint = await complaintOf(dataDir, urls);
  assert.match(complaint, /booking did not start: .+\. Its log is .*booking\.log\.\n/);
  assert.equal(existsSync(join(dataDir, 'children.json')), false);
});
