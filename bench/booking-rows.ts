import { type BenchStudio, bookingBytes, EVENTS, PEOPLE, tokenOf } from './bench-studio.ts';
import { type ComparedRow, compare } from './compare.ts';
import type { StatementFloor } from './floors.ts';
import { type Measured, putLoad } from './load.ts';
import { type MeasuredProcess, startBareServer } from './processes.ts';
import { readWholeAnswer } from './whole-answer.ts';

export const CLIENTS = 64;
export const MILLISECONDS = 2000;
// People who lose at a sold-out event and ask again and again.
const CROWD = 5000;
const PLACES = 500;

/** Bookings over HTTP beside the single statement run by a program in C. */
export async function compareBooking(
  studio: BenchStudio,
  floor: StatementFloor,
  { kind, target, note = '' }: { kind: 'one hot event' | '1,000 events'; target: number; note?: string },
): Promise<ComparedRow> {
  const events = async () => {
    if (kind === '1,000 events') return { from: 1, to: EVENTS };
    const id = await studio.addEvent();
    return { from: id, to: id };
  };
  return await compare(
    { what: `bookings over HTTP, ${kind}${note}`, floorIs: floor.name, target },
    {
      ours: {
        process: studio.booking,
        async run() {
          const { from, to } = await events();
          return await load(studio.booking, () =>
            studio.bookingRequest(from + Math.floor(Math.random() * (to - from + 1))),
          );
        },
      },
      floor: {
        run: async () =>
          await floor.run({
            url: studio.postgres.url,
            folder: studio.folder,
            clients: CLIENTS,
            seconds: MILLISECONDS / 1000,
            events: await events(),
          }),
      },
    },
  );
}

/** Refusals after sold out: to a crowd that asks again and again, and to people of whom each asks for the first time. */
export async function compareRefusing(studio: BenchStudio): Promise<ComparedRow[]> {
  const full = await studio.addEvent(PLACES);
  await studio.sql(`insert into bookings (user_id, event_id) select n, $1 from generate_series(1, ${PLACES}) n`, [
    full,
  ]);
  let asked = 0;
  const crowd = () => bookingBytes(PLACES + 1 + (asked++ % CROWD), full);
  const strangers = () => bookingBytes(PLACES + CROWD + 1 + (asked++ % (PEOPLE - CROWD - PLACES)), full);
  const refusal = await readWholeAnswer(studio.booking.port, {
    method: 'POST',
    path: '/api/v1/bookings',
    headers: { authorization: `Bearer ${tokenOf(PEOPLE)}`, 'content-type': 'application/json' },
    body: JSON.stringify({ event_id: full }),
  });
  const bare = await startBareServer(refusal);
  try {
    const rows: ComparedRow[] = [];
    for (const { what, next } of [
      { what: 'refusals after sold out, a crowd that asks again', next: crowd },
      { what: 'refusals after sold out, each asks once', next: strangers },
    ]) {
      if (next === crowd) await load(studio.booking, crowd, '409', 2 * MILLISECONDS);
      rows.push(
        await compare(
          { what, floorIs: 'bare node:http with the same bytes', target: next === crowd ? 0.5 : Number.NaN },
          {
            ours: { process: studio.booking, run: () => load(studio.booking, next, '409') },
            floor: { process: bare, run: () => load(bare, next, '409') },
          },
        ),
      );
    }
    return rows;
  } finally {
    await bare.stop();
  }
}

/** As many requests as are answered; throws when one was answered with another status than expected. */
export async function load(
  server: MeasuredProcess,
  next: () => Buffer,
  expected = '201',
  milliseconds = MILLISECONDS,
): Promise<Measured> {
  const measured = await putLoad({ port: server.port, clients: CLIENTS, milliseconds, next });
  const others = Object.keys(measured.statuses).filter((status) => status !== expected);
  // Whoever comes round again has a booking already.
  if (others.some((status) => expected !== '201' || status !== '409'))
    throw new Error(`expected ${expected} only: ${JSON.stringify(measured.statuses)}`);
  return measured;
}
