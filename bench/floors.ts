import { execFile, fork } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { PEOPLE } from './bench-studio.ts';

const run = promisify(execFile);

/** The single statement as a program in C would run it: by pgbench, or, where there is none, by a loop over libpq's protocol. */
export async function findStatementFloor(): Promise<'pgbench' | 'pg'> {
  return await run('pgbench', ['--version']).then(
    () => 'pgbench' as const,
    () => 'pg' as const,
  );
}

/** Bookings a second of `clients` connections that each run the single statement; `events` is first and last id. */
export async function runStatementFloor(options: {
  by: 'pgbench' | 'pg';
  url: string;
  folder: string;
  clients: number;
  seconds: number;
  events: { from: number; to: number };
}): Promise<number> {
  const { by, url, events } = options;
  if (by === 'pg') return await loop(options);
  const script = join(options.folder, 'book.sql');
  writeFileSync(
    script,
    `\\set person random(1, ${PEOPLE})\n\\set event random(${events.from}, ${events.to})\nselect id from book_place(:person, :event, 1);\n`,
  );
  const flags = ['-n', '-M', 'prepared', '-c', options.clients, '-j', 2, '-T', options.seconds, '-f', script, url];
  const { stdout } = await run('pgbench', flags.map(String));
  return Math.round(Number(/tps = ([\d.]+)/.exec(stdout)?.[1]));
}

async function loop(options: {
  url: string;
  clients: number;
  seconds: number;
  events: { from: number; to: number };
}): Promise<number> {
  const { from, to } = options.events;
  const until = performance.now() + options.seconds * 1000;
  let done = 0;
  await Promise.all(
    Array.from({ length: options.clients }, async () => {
      const client = new pg.Client({ connectionString: options.url });
      await client.connect();
      while (performance.now() < until) {
        const values = [1 + Math.floor(Math.random() * PEOPLE), from + Math.floor(Math.random() * (to - from + 1))];
        await client.query({ name: 'book', text: 'select id from book_place($1, $2, 1)', values });
        done++;
      }
      await client.end();
    }),
  );
  return Math.round(done / options.seconds);
}

/** A bare `node:http` in a process of its own that answers every request with the same bytes. */
export async function openBareServer(answer: { status: number; body: string; type: string }): Promise<{
  port: number;
  close(): void;
}> {
  const child = fork(join(import.meta.dirname, 'bare-server.ts'), { stdio: 'inherit' });
  const port = await new Promise<number>((resolve) => {
    child.once('message', (message) => resolve(Number(message)));
    child.send(answer);
  });
  return { port, close: () => child.kill() };
}
