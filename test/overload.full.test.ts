import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createTestDatabase } from '@samaya/platform/test-database.ts';
import { freePort } from '@samaya/platform/test-port.ts';
import { countTries } from '@samaya/platform/test-tries.ts';
import pg from 'pg';
import { type Measured, percentilesOf, putLoad, putSteadyLoad, requestBytes } from '../bench/load.ts';
import { findDifferences, waitUntilTold } from './both-databases.ts';
import { addEvents, addFacilitator, addPeople, type CrowdPerson } from './crowd.ts';
import { startBooking, startCrm } from './processes.ts';

const CLIENTS = 64;
const TIMES = 5;
const CONNECTIONS = 4000;
const SECONDS = { usual: 5, over: 20 };
const PEOPLE = 400_000;
const MEMORY_MB = 400;

const databases = { booking: await createTestDatabase('booking'), crm: await createTestDatabase('crm') };
const owner = new pg.Client({ connectionString: databases.booking.ownerUrl });
// The database is dropped first.
owner.on('error', () => undefined);
await owner.connect();
after(() => owner.end());
const [eventId = 0] = await addEvents(owner, await addFacilitator(owner), [10_000_000]);
const crmPort = await freePort();
const booking = await startBooking({ database: databases.booking, otherUrl: `http://localhost:${crmPort}` });
const crm = await startCrm({ database: databases.crm, port: crmPort, otherUrl: booking.url });

const people: CrowdPerson[] = [];
let next = 0;

function request(): Buffer {
  const person = people[next++ % people.length];
  return requestBytes('POST', '/api/v1/bookings', {
    headers: { authorization: `Bearer ${person?.token}` },
    body: JSON.stringify({ event_id: eventId }),
  });
}

async function bookAsUsual(): Promise<Measured> {
  const load = { port: booking.port, clients: CLIENTS, milliseconds: SECONDS.usual * 1000, next: request };
  return await putLoad(load);
}

function memoryMb(): number {
  return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(booking.pid)], { encoding: 'utf8' })) / 1024;
}

test('LOAD-01, LOAD-02, LOAD-03: offered five times what it can do, booking does nearly as much, and says no to the rest', async (t) => {
  countTries(t, 'LOAD-01', { short: 1, full: 1 });
  while (people.length < PEOPLE) people.push(...(await addPeople(owner, 20_000)));
  await bookAsUsual();
  const usual = await bookAsUsual();

  // What must go on meanwhile: the word that it lives, and what CRM takes in.
  let isOver = false;
  const probes: { path: string; status: number; ms: number }[] = [];
  let most = 0;
  const probing = (async () => {
    while (!isOver) {
      for (const url of [`${booking.url}/healthz`, `${crm.url}/readyz`]) {
        const begin = performance.now();
        const status = await fetch(url).then(
          (response) => response.status,
          () => 0,
        );
        probes.push({ path: url, status, ms: performance.now() - begin });
      }
      most = Math.max(most, memoryMb());
      await sleep(200);
    }
  })();
  const refusals: number[] = [];
  const over = await putSteadyLoad({
    port: booking.port,
    perSecond: TIMES * usual.perSecond,
    milliseconds: SECONDS.over * 1000,
    mostConnections: CONNECTIONS,
    next: request,
    onAnswer({ status, milliseconds }) {
      if (status === '503') refusals.push(milliseconds);
    },
  });
  isOver = true;
  await probing;
  const done = Number(over.statuses[201] ?? 0) / SECONDS.over;
  const again = await bookAsUsual();
  t.diagnostic(
    `${usual.perSecond}/s usually; of ${TIMES * usual.perSecond}/s offered ${Math.round(done)}/s done and ${Math.round(refusals.length / SECONDS.over)}/s refused in ${percentilesOf(refusals).p50} ms (p50), ${most.toFixed(0)} MB; ${again.perSecond}/s after`,
  );
  assert.deepEqual(Object.keys(over.statuses).sort(), ['201', '503']);
  assert.ok(done >= usual.perSecond * 0.8, `${done} of ${usual.perSecond}`);
  assert.ok(again.perSecond >= usual.perSecond * 0.8, `${again.perSecond} of ${usual.perSecond}`);
  assert.ok(most <= MEMORY_MB, `${most} MB`);
  assert.deepEqual(
    probes.filter(({ status }) => status !== 200),
    [],
  );
  assert.ok(Math.max(...probes.map(({ ms }) => ms)) < 5000, JSON.stringify(probes));
  assert.equal(await waitUntilTold(databases.booking.ownerUrl, 120), 0);
  assert.deepEqual(
    await findDifferences({ bookingUrl: databases.booking.ownerUrl, crmUrl: databases.crm.ownerUrl, acknowledged: [] }),
    [],
  );
});
