import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { PEOPLE } from './bench-studio.ts';
import type { Measured } from './load.ts';

const run = promisify(execFile);

export interface StatementFloor {
  /** Said in the table. */
  name: string;
  /** Bookings of `clients` connections that each run the single statement; `events` is first and last id. */
  run(options: FloorOptions): Promise<Measured>;
}

interface FloorOptions {
  url: string;
  folder: string;
  clients: number;
  seconds: number;
  events: { from: number; to: number };
}

/** The single statement as a program in C would run it: by pgbench, or, where there is none, by a loop of ours. */
export async function findStatementFloor(): Promise<StatementFloor> {
  try {
    const { stdout } = await run('pgbench', ['--version']);
    const version = /\d+\.\d+/.exec(stdout)?.[0] ?? '';
    return { name: `pgbench ${version} running the single statement`, run: runPgbench };
  } catch {
    return { name: 'a loop over the driver running the single statement (no pgbench here)', run: loop };
  }
}

async function runPgbench({ url, folder, clients, seconds, events }: FloorOptions): Promise<Measured> {
  const script = join(folder, 'book.sql');
  writeFileSync(
    script,
    `\\set person random(1, ${PEOPLE})\n\\set event random(${events.from}, ${events.to})\nselect id from book_place(:person, :event, 1);\n`,
  );
  const flags = ['-n', '-M', 'prepared', '-c', clients, '-j', 2, '-T', seconds, '-f', script, url];
  const { stdout } = await run('pgbench', flags.map(String));
  const perSecond = Number(/tps = ([\d.]+)/.exec(stdout)?.[1]);
  return { ...NO_LATENCY, perSecond, answers: Math.round(perSecond * seconds) };
}

async function loop({ url, clients, seconds, events: { from, to } }: FloorOptions): Promise<Measured> {
  const until = performance.now() + seconds * 1000;
  let answers = 0;
  await Promise.all(
    Array.from({ length: clients }, async () => {
      const client = new pg.Client({ connectionString: url });
      await client.connect();
      while (performance.now() < until) {
        const values = [1 + Math.floor(Math.random() * PEOPLE), from + Math.floor(Math.random() * (to - from + 1))];
        await client.query({ name: 'book', text: 'select id from book_place($1, $2, 1)', values });
        answers++;
      }
      await client.end();
    }),
  );
  return { ...NO_LATENCY, perSecond: answers / seconds, answers };
}

const NO_LATENCY = { statuses: {}, p50: Number.NaN, p99: Number.NaN, p999: Number.NaN };
