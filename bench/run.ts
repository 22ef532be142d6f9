import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { buildPages } from '../scripts/build.ts';
import { type BenchStudio, openBenchStudio } from './bench-studio.ts';
import { compareBooking, compareRefusing } from './booking-rows.ts';
import { measureDelivery } from './delivery-rows.ts';
import { findStatementFloor } from './floors.ts';
import { measureGrowth } from './growth-rows.ts';
import { measureOverload } from './overload-rows.ts';
import { compareReading, measureOwnPages } from './reading-rows.ts';
import { type BenchResults, describeResults } from './report.ts';

/**
 * `npm run bench`: our figures beside the floor's, measured in the same run, in rounds that take turns. The load, the
 * server and PostgreSQL share the machine. Names of parts measure these alone, e.g. `npm run bench -- reading`.
 * `--full` adds growth, to a million events and ten million bookings, or to a part of that with `--scale 0.2`.
 */

const RESULTS = resolve(import.meta.dirname, '../data/bench');
const PARTS = ['booking', 'reading', 'delivery', 'overload', 'flush', 'growth'] as const;
type Part = (typeof PARTS)[number];
// Before each flush PostgreSQL waits for a millisecond, as a disk would take that keeps what it is given.
const SLOW_FLUSH = { commit_delay: '1000', commit_siblings: '0' };

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { full: { type: 'boolean' }, scale: { type: 'string', default: '1' } },
});
const unknown = positionals.filter((name) => !PARTS.includes(name as Part));
if (unknown.length > 0) throw new Error(`${unknown.join(', ')}: the parts are ${PARTS.join(', ')}`);
const wanted = new Set<Part>(
  positionals.length > 0 ? (positionals as Part[]) : PARTS.filter((part) => part !== 'growth' || values.full),
);

const results: BenchResults = {
  machine: `${cpus().length} cores of ${cpus()[0]?.model.trim()}`,
  at: new Date().toISOString().slice(0, 10),
  compared: [],
  memory: {},
};
mkdirSync(RESULTS, { recursive: true });
await buildPages({ write: (text) => void process.stdout.write(text) });
const floor = await findStatementFloor();
try {
  if (['booking', 'reading', 'delivery', 'overload'].some((part) => wanted.has(part as Part))) {
    await withStudio({}, measureRunning);
  }
  if (wanted.has('flush')) await withStudio(SLOW_FLUSH, measureSlowFlush);
  if (wanted.has('growth')) results.growth = await measureGrowth(Number(values.scale));
} finally {
  process.stdout.write(`\n${describeResults(results)}\n`);
  const file = join(RESULTS, 'last.json');
  writeFileSync(file, `${JSON.stringify(results, null, 2)}\n`);
  process.stdout.write(`written to ${file}\n`);
}

async function withStudio(settings: Record<string, string>, measure: (studio: BenchStudio) => Promise<void>) {
  process.stdout.write('filling a database …\n');
  const studio = await openBenchStudio({ settings });
  try {
    await measure(studio);
  } finally {
    await studio.close();
  }
}

async function measureRunning(studio: BenchStudio): Promise<void> {
  results.readyMs = studio.booking.readyMs;
  if (wanted.has('booking')) {
    results.compared.push(await compareBooking(studio, floor, { kind: 'one hot event', target: 5 }));
    results.compared.push(await compareBooking(studio, floor, { kind: '1,000 events', target: 1 }));
    results.compared.push(...(await compareRefusing(studio)));
  }
  if (wanted.has('reading')) {
    results.compared.push(...(await compareReading(studio)));
    results.ownPages = await measureOwnPages(studio);
  }
  results.memory.booking = studio.booking.memory().most;
  if (wanted.has('delivery')) {
    if (!wanted.has('booking')) await compareBooking(studio, floor, { kind: '1,000 events', target: 1 });
    results.delivery = await measureDelivery(studio);
  }
  if (wanted.has('overload')) results.overload = await measureOverload(studio);
  if (wanted.has('delivery')) results.memory.crm = (await studio.startCrm()).memory().most;
}

async function measureSlowFlush(studio: BenchStudio): Promise<void> {
  const note = ', flush takes 1 ms';
  results.compared.push(await compareBooking(studio, floor, { kind: 'one hot event', target: 5, note }));
  results.compared.push(await compareBooking(studio, floor, { kind: '1,000 events', target: 1, note }));
}
