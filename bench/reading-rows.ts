import { type BenchStudio, cookieOf } from './bench-studio.ts';
import { load } from './booking-rows.ts';
import { type ComparedRow, compare } from './compare.ts';
import { requestBytes } from './load.ts';
import { startBareServer } from './processes.ts';
import { readWholeAnswer } from './whole-answer.ts';

const HTML = { accept: 'text/html' };

const READ: readonly { what: string; path: string; headers?: Record<string, string> }[] = [
  { what: 'list of events, JSON', path: '/api/v1/events?limit=20' },
  { what: 'one event, JSON', path: '/api/v1/events/1' },
  { what: 'first page, HTML', path: '/', headers: HTML },
  { what: 'list of events, HTML', path: '/events', headers: HTML },
  { what: 'one event, HTML', path: '/e/1-event-1', headers: HTML },
  { what: 'a facilitator, HTML', path: '/facilitators/1', headers: HTML },
  { what: 'one event, HTML, br', path: '/e/1-event-1', headers: { ...HTML, 'accept-encoding': 'br' } },
];

/** What strangers read, beside a bare server that has the same bytes. */
export async function compareReading(studio: BenchStudio): Promise<ComparedRow[]> {
  const rows: ComparedRow[] = [];
  for (const { what, path, headers = {} } of READ) {
    const bytes = requestBytes('GET', path, { headers });
    const bare = await startBareServer(await readWholeAnswer(studio.booking.port, { path, headers }));
    try {
      await load(studio.booking, () => bytes, '200', 500);
      rows.push(
        await compare(
          { what, floorIs: 'bare node:http with the same bytes', target: 0.5 },
          {
            ours: { process: studio.booking, run: () => load(studio.booking, () => bytes, '200') },
            floor: { process: bare, run: () => load(bare, () => bytes, '200') },
          },
        ),
      );
    } finally {
      await bare.stop();
    }
  }
  return rows;
}

/** Pages of people who are signed in, which are made for each: how many, and what one takes. There is no floor. */
export async function measureOwnPages(studio: BenchStudio) {
  const bytes = requestBytes('GET', '/e/1-event-1', { headers: { ...HTML, cookie: cookieOf(7) } });
  await load(studio.booking, () => bytes, '200', 2000);
  const before = studio.booking.cpuMicros();
  const { perSecond, answers, p50, p99 } = await load(studio.booking, () => bytes, '200', 3000);
  return { perSecond, p50, p99, cpu: Math.round((studio.booking.cpuMicros() - before) / answers) };
}
