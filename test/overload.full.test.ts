import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createTestDatabase } from '@samaya/platform/test-database.ts';
import { countTries, isFullRun } from '@samaya/platform/test-tries.ts';
import pg from 'pg';
import { type Measured, putLoad, requestBytes } from '../bench/load.ts';
import { findDifferences, waitUntilTold } from './both-databases.ts';
import { addEvents, addFacilitator, addPeople, type CrowdPerson } from './crowd.ts';
import { freePort, startBooking, startCrm } from './processes.ts';

const USUAL_CLIENTS = 64;
// Every one of them asks again at once when it is answered: more than wait in line, and many times what can be done.
const OVERLOAD_CLIENTS = 2600;
const SECONDS = isFullRun ? { usual: 5, over: 30 } : { usual: 2, over: 4 };
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

async function book(clients: number, seconds: number): Promise<Measured> {
  return await putLoad({
    port: booking.port,
    clients,
    milliseconds: seconds * 1000,
    next() {
      const person = people[next++];
      return (
        person &&
        requestBytes('POST', '/api/v1/bookings', {
          headers: { authorization: `Bearer ${person.token}` },
          body: JSON.stringify({ event_id: eventId }),
        })
      );
    },
  });
}

/** How long one more takes to be told no; nothing when they get in line. */
async function refusalMs(): Promise<number[]> {
  const begin = performance.now();
  const response = await fetch(`${booking.url}/api/v1/bookings`, {
    method: 'POST',
    headers: { authorization: `Bearer ${people[next++]?.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ event_id: eventId }),
  });
  await response.text();
  if (response.status !== 503) return [];
  assert.ok(Number(response.headers.get('retry-after')) > 0);
  return [performance.now() - begin];
}

function memoryMb(): number {
  return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(booking.pid)], { encoding: 'utf8' })) / 1024;
}

test('LOAD-01, LOAD-02, LOAD-03: at many times what it can do, booking does nearly as much, and says no quickly to the rest', async (t) => {
  countTries(t, 'LOAD-01', { short: 1, full: 1 });
  while (people.length < (isFullRun ? 600_000 : 120_000)) people.push(...(await addPeople(owner, 20_000)));
  await book(USUAL_CLIENTS, 1);
  const usual = await book(USUAL_CLIENTS, SECONDS.usual);

  // What must go on meanwhile: the word that it lives, and what CRM takes in.
  let isOver = false;
  const probes: { path: string; status: number; ms: number }[] = [];
  const refusals: number[] = [];
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
      refusals.push(...(await refusalMs()));
      most = Math.max(most, memoryMb());
      await sleep(200);
    }
  })();
  const over = await book(OVERLOAD_CLIENTS, SECONDS.over);
  isOver = true;
  await probing;
  const done = Number(over.statuses[201] ?? 0) / SECONDS.over;
  const refused = Number(over.statuses[503] ?? 0);
  const again = await book(USUAL_CLIENTS, SECONDS.usual);
  t.diagnostic(
    `${usual.perSecond}/s usually; overloaded ${Math.round(done)}/s and ${Math.round(refused / SECONDS.over)} refusals/s, p99 ${over.p99} ms, ${most.toFixed(0)} MB; ${again.perSecond}/s after`,
  );
  assert.deepEqual(Object.keys(over.statuses).sort(), ['201', '503']);
  assert.ok(done >= usual.perSecond * (isFullRun ? 0.8 : 0.6), `${done} of ${usual.perSecond}`);
  assert.ok(again.perSecond >= usual.perSecond * 0.8, `${again.perSecond} of ${usual.perSecond}`);
  assert.ok(most <= MEMORY_MB, `${most} MB`);
  assert.deepEqual(
    probes.filter(({ status }) => status !== 200),
    [],
  );
  assert.ok(Math.max(...probes.map(({ ms }) => ms)) < 3000, JSON.stringify(probes));
  refusals.sort((one, other) => one - other);
  t.diagnostic(`${refusals.length} more were refused, in ${refusals[Math.floor(refusals.length / 2)]?.toFixed(0)} ms`);
  assert.ok((refusals[Math.floor(refusals.length / 2)] ?? 0) < 1000);
  assert.equal(await waitUntilTold(databases.booking.ownerUrl, 120), 0);
  assert.deepEqual(
    await findDifferences({ bookingUrl: databases.booking.ownerUrl, crmUrl: databases.crm.ownerUrl, acknowledged: [] }),
    [],
  );
});
