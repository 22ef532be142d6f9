import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { EVENTS, openBenchStudio, PEOPLE, tokenOf } from './bench-studio.ts';
import { findStatementFloor, openBareServer, runStatementFloor } from './floors.ts';
import { type Measured, putLoad, requestBytes } from './load.ts';

/**
 * `npm run bench`: our figure beside the floor's, measured in the same run, in rounds that take turns; the median of
 * the rounds is shown. The load, the server and PostgreSQL share the machine.
 */

const ROUNDS = 3;
const MILLISECONDS = 3000;
const CLIENTS = 64;
const RESULTS = resolve(import.meta.dirname, '../data/bench');

interface Row {
  what: string;
  ours: number;
  floor: number;
  floorIs: string;
  target: number;
  p50: number;
  p99: number;
}

mkdirSync(RESULTS, { recursive: true });
const by = await findStatementFloor();
process.stdout.write('Filling a database …\n');
const studio = await openBenchStudio();
const rows: Row[] = [];
let person = 0;

try {
  rows.push(
    await compareBooking('bookings/s over HTTP, one hot event', 5, async () => {
      const id = await studio.addEvent();
      return { from: id, to: id };
    }),
  );
  rows.push(await compareBooking('bookings/s over HTTP, 1,000 events', 1, async () => ({ from: 1, to: EVENTS })));
  rows.push(await compareRefusing());
  rows.push(await compareReading('list of events, JSON', '/api/v1/events?limit=20'));
  rows.push(await compareReading('one event, JSON', '/api/v1/events/1'));
} finally {
  report();
  await studio.close();
}

async function compareBooking(what: string, target: number, events: () => Promise<{ from: number; to: number }>) {
  return await compare(what, target, `${by} running the single statement`, {
    async ours() {
      const { from, to } = await events();
      return await putLoad({
        port: studio.booking.port,
        clients: CLIENTS,
        milliseconds: MILLISECONDS,
        next: () => bookingRequest(from + Math.floor(Math.random() * (to - from + 1))),
      });
    },
    async floor() {
      return await runStatementFloor({
        by,
        url: studio.postgres.url,
        folder: RESULTS,
        clients: CLIENTS,
        seconds: MILLISECONDS / 1000,
        events: await events(),
      });
    },
  });
}

async function compareRefusing() {
  const full = await studio.addEvent(1);
  await putLoad({
    port: studio.booking.port,
    clients: 1,
    milliseconds: 1000,
    next: firstOnly(() => bookingRequest(full)),
  });
  const refusal = await fetchText(`/api/v1/bookings`, full);
  const bare = await openBareServer({ status: 409, body: refusal, type: 'application/problem+json; charset=utf-8' });
  try {
    return await compare('refusals/s after sold out', 0.5, 'bare node:http with the same bytes', {
      ours: () => load(studio.booking.port, () => bookingRequest(full), '409'),
      floor: async () => (await load(bare.port, () => bookingRequest(full), '409')).perSecond,
    });
  } finally {
    bare.close();
  }
}

async function compareReading(what: string, path: string) {
  const bytes = requestBytes('GET', path);
  const body = await (await fetch(`http://127.0.0.1:${studio.booking.port}${path}`)).text();
  const bare = await openBareServer({ status: 200, body, type: 'application/json; charset=utf-8' });
  try {
    return await compare(what, 0.5, 'bare node:http with the same bytes', {
      ours: () => load(studio.booking.port, () => bytes, '200'),
      floor: async () => (await load(bare.port, () => bytes, '200')).perSecond,
    });
  } finally {
    bare.close();
  }
}

async function compare(
  what: string,
  target: number,
  floorIs: string,
  sides: { ours(): Promise<Measured>; floor(): Promise<number> },
): Promise<Row> {
  process.stdout.write(`${what} …\n`);
  const ours: Measured[] = [];
  const floors: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    ours.push(await sides.ours());
    floors.push(await sides.floor());
  }
  const middle = ours.toSorted((one, other) => one.perSecond - other.perSecond)[Math.floor(ROUNDS / 2)];
  const floor = floors.toSorted((one, other) => one - other)[Math.floor(ROUNDS / 2)];
  if (!middle || !floor) throw new Error('nothing was measured');
  return { what, ours: middle.perSecond, floor, floorIs, target, p50: middle.p50, p99: middle.p99 };
}

async function load(port: number, next: () => Buffer, expected: string): Promise<Measured> {
  const measured = await putLoad({ port, clients: CLIENTS, milliseconds: MILLISECONDS, next });
  const others = Object.keys(measured.statuses).filter((status) => status !== expected);
  if (others.length > 0) throw new Error(`expected ${expected} only: ${JSON.stringify(measured.statuses)}`);
  return measured;
}

function bookingRequest(eventId: number): Buffer {
  person = (person % PEOPLE) + 1;
  return requestBytes('POST', '/api/v1/bookings', {
    headers: { authorization: `Bearer ${tokenOf(person)}` },
    body: JSON.stringify({ event_id: eventId }),
  });
}

function firstOnly(make: () => Buffer): () => Buffer | undefined {
  let made = false;
  return () => {
    if (made) return undefined;
    made = true;
    return make();
  };
}

async function fetchText(path: string, eventId: number): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${studio.booking.port}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${tokenOf(PEOPLE)}`, 'content-type': 'application/json' },
    body: JSON.stringify({ event_id: eventId }),
  });
  return await response.text();
}

function report() {
  const line = (cells: (string | number)[]) => `| ${cells.join(' | ')} |\n`;
  process.stdout.write('\n');
  process.stdout.write(line(['what', 'ours/s', 'floor/s', 'ratio', 'target', 'p50 ms', 'p99 ms', 'the floor']));
  process.stdout.write(line(['---', '---:', '---:', '---:', '---:', '---:', '---:', '---']));
  for (const row of rows) {
    const ratio = (row.ours / row.floor).toFixed(2);
    process.stdout.write(
      line([row.what, row.ours, row.floor, ratio, `≥ ${row.target}`, row.p50, row.p99, row.floorIs]),
    );
  }
  const memory = studio.booking.memory();
  const { readyMs } = studio.booking;
  process.stdout.write(
    `\nbooking: ${memory} MB resident after the load (300 at most), ready ${readyMs} ms after its start\n`,
  );
  const file = join(RESULTS, 'last.json');
  writeFileSync(file, `${JSON.stringify({ rows, memory, readyMs }, null, 2)}\n`);
  process.stdout.write(`written to ${file}\n`);
}
