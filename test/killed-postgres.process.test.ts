import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { startEmbeddedPostgres } from '@samaya/platform/embedded-postgres.ts';
import { freePort } from '@samaya/platform/test-port.ts';
import { bookPatiently, inParallel } from './book-over-http.ts';
import { findDifferences, rowsOf, waitUntilTold } from './both-databases.ts';
import { createCrowd } from './crowd.ts';
import { startBooking, startCrm } from './processes.ts';

const PEOPLE = 300;
const LANES = 16;
const ENOUGH_SECONDS = 180;

/**
 * Both applications on a PostgreSQL of their own, which is killed when half of the people have their answer. With
 * `holdWrites` what writes the log now and then stands still, so that nothing is written but what a commit waits for.
 */
async function bookThroughACrash(settings: Record<string, string>, { holdWrites = false } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'samaya-postgres-'));
  const port = String(await freePort());
  const start = () => startEmbeddedPostgres({ folder, settings: { ...settings, port } });
  let server = await start();
  const pointer = join(folder, 'location');
  const location = existsSync(pointer) ? readFileSync(pointer, 'utf8') : folder;
  after(async () => {
    await server.stop();
    rmSync(location, { recursive: true, force: true });
    rmSync(folder, { recursive: true, force: true });
  });
  await rowsOf(server.superuserUrl('postgres'), 'create database booking');
  await rowsOf(server.superuserUrl('postgres'), 'create database crm');
  const urls = { booking: server.superuserUrl('booking'), crm: server.superuserUrl('crm') };
  const ports = { booking: await freePort(), crm: await freePort() };
  const booking = await startBooking({
    database: { ownerUrl: urls.booking, appUrl: urls.booking },
    port: ports.booking,
    otherUrl: `http://localhost:${ports.crm}`,
  });
  await startCrm({
    database: { ownerUrl: urls.crm, appUrl: urls.crm },
    port: ports.crm,
    otherUrl: booking.url,
  });
  const crowd = await createCrowd(urls.booking, { places: [150, 150, 150], people: PEOPLE });
  await rowsOf(urls.booking, 'checkpoint');
  const writers = holdWrites ? await holdLogWriters(urls.booking) : [];

  const deadline = Date.now() + ENOUGH_SECONDS * 1000;
  let answered = 0;
  let crash: Promise<void> | undefined;
  const answers = await inParallel(crowd.people, LANES, async ({ token, userId }, index) => {
    const eventId = Number(crowd.eventIds[index % crowd.eventIds.length]);
    const answer = await bookPatiently({ url: booking.url, token, eventId, key: `first-try-of-${userId}` }, deadline);
    answered++;
    crash ??= answered === PEOPLE / 2 ? killAndRestart() : undefined;
    return answer;
  });
  async function killAndRestart() {
    process.kill(server.pid, 'SIGKILL');
    // The others end when their parent does; who stands still would keep its memory.
    for (const pid of writers) process.kill(pid, 'SIGKILL');
    server = await start();
  }
  await crash;
  const waiting = await waitUntilTold(urls.booking, ENOUGH_SECONDS);
  const acknowledged = answers.flatMap((answer) => (answer.status === 201 ? [Number(answer.id)] : []));
  const differences = await findDifferences({ bookingUrl: urls.booking, crmUrl: urls.crm, acknowledged });
  return { acknowledged: acknowledged.length, waiting, differences };
}

/** Stops whoever writes the log, or pages whose log it writes before, without being asked; answers their process ids. */
async function holdLogWriters(databaseUrl: string): Promise<number[]> {
  const rows = await rowsOf(
    databaseUrl,
    `select pid from pg_stat_activity where backend_type in ('walwriter', 'background writer', 'checkpointer')`,
  );
  const pids = rows.map(({ pid }) => Number(pid));
  assert.equal(pids.length, 3);
  for (const pid of pids) process.kill(pid, 'SIGSTOP');
  return pids;
}

test('DB-06: PostgreSQL killed in a crowd: everything acknowledged is there, and told once', async () => {
  assert.deepEqual(await bookThroughACrash({}), { acknowledged: PEOPLE, waiting: 0, differences: [] });
});

test('negative control: a PostgreSQL that answers before it has written loses acknowledged bookings', async () => {
  const { differences } = await bookThroughACrash(
    {
      synchronous_commit: 'off',
      wal_writer_delay: '10s',
      wal_writer_flush_after: '1GB',
      wal_buffers: '64MB',
    },
    { holdWrites: true },
  );
  assert.notEqual(differences.length, 0);
});
