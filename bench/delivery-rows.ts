import { get } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { type BenchStudio, EVENTS, FACILITATOR } from './bench-studio.ts';
import { percentilesOf, putSteadyLoad } from './load.ts';
import type { MeasuredProcess } from './processes.ts';

export interface DeliveryFigures {
  drain: { messages: number; perSecond: number };
  rates: RateFigures[];
}

export interface RateFigures {
  perSecond: number;
  /** At once after a drain, rather than a while later. */
  isAfterDrain: boolean;
  inDatabase: Percentiles;
  inInbox: Percentiles;
  missing: number;
}

interface Percentiles {
  p50: number;
  p99: number;
}

const RATES = [200, 1000];
// Right after a hundred thousand messages everything mostly takes longer.
const SETTLED_MS = 25_000;
const MILLISECONDS = 6000;
const DRAINED_MS = 120_000;
const SEEN_MS = 5000;

/**
 * How fast what was booked reaches CRM: first everything that waited while it was not there, then bookings as they are
 * made, at two rates, right then and a little later, until the row is in CRM's database, and until an open inbox has it.
 */
export async function measureDelivery(studio: BenchStudio): Promise<DeliveryFigures> {
  process.stdout.write('from booking to CRM …\n');
  const waiting = await countWaiting(studio);
  const crm = await studio.startCrm();
  // Booking thinks that CRM is away, and would look again in a minute at the latest.
  await studio.sql(`update outbox_destinations set probe_at = now() where destination = 'crm'`);
  const drain = await watchDrain(studio, waiting);
  const inbox = await openInbox(crm);
  const rates: RateFigures[] = [];
  for (const isAfterDrain of [true, false]) {
    if (!isAfterDrain) await sleep(SETTLED_MS);
    for (const perSecond of RATES) {
      rates.push({ perSecond, isAfterDrain, ...(await measureRate(studio, inbox, perSecond)) });
    }
  }
  inbox.close();
  return { drain, rates };
}

async function countWaiting(studio: BenchStudio): Promise<number> {
  const [row] = await studio.sql(
    `select count(*)::integer as waiting from outbox
     where destination = 'crm' and delivered_at is null and dead_at is null`,
  );
  return Number(row?.waiting);
}

async function watchDrain(studio: BenchStudio, waiting: number): Promise<DeliveryFigures['drain']> {
  while ((await countWaiting(studio)) === waiting) await sleep(20);
  const from = { at: performance.now(), waiting: await countWaiting(studio) };
  let left = from.waiting;
  while (left > 0 && performance.now() - from.at < DRAINED_MS) {
    await sleep(200);
    left = await countWaiting(studio);
  }
  const seconds = (performance.now() - from.at) / 1000;
  return { messages: from.waiting - left, perSecond: Math.round((from.waiting - left) / seconds) };
}

async function measureRate(studio: BenchStudio, inbox: Inbox, perSecond: number) {
  const committedAt = new Map<number, number>();
  const [started] = await studio.crmSql('select clock_timestamp() as at');
  await putSteadyLoad({
    port: studio.booking.port,
    perSecond,
    milliseconds: MILLISECONDS,
    mostConnections: 64,
    next: () => studio.bookingRequest(1 + Math.floor(Math.random() * EVENTS)),
    onAnswer({ status }, body) {
      if (status === '201') committedAt.set(JSON.parse(body.toString()).id, performance.now());
    },
  });
  const until = performance.now() + SEEN_MS;
  const isMissing = () => [...committedAt.keys()].filter((id) => !inbox.seenAt.has(id)).length;
  while (isMissing() > 0 && performance.now() < until) await sleep(20);
  const [inDatabase] = await studio.crmSql(
    `select percentile_cont(array[0.5, 0.99]) within group (order by milliseconds) as p
     from (select 1000 * extract(epoch from received_at - occurred_at)::float8 as milliseconds
       from booking_notifications where received_at > $1) received`,
    [started?.at],
  );
  const [p50 = Number.NaN, p99 = Number.NaN] = (inDatabase?.p ?? []) as number[];
  const seen = [...committedAt].flatMap(([id, at]) => {
    const seenAt = inbox.seenAt.get(id);
    return seenAt === undefined ? [] : [Math.max(0, seenAt - at)];
  });
  return { inDatabase: { p50, p99 }, inInbox: percentilesOf(seen), missing: isMissing() };
}

interface Inbox {
  /** When each booking was first seen, by its id. */
  seenAt: Map<number, number>;
  close(): void;
}

/** Signs in at CRM and follows the facilitator's stream, as an open page does. */
async function openInbox({ port }: MeasuredProcess): Promise<Inbox> {
  const signedIn = await fetch(`http://127.0.0.1:${port}/api/v1/sessions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(FACILITATOR),
  });
  const { token } = (await signedIn.json()) as { token: string };
  const seenAt = new Map<number, number>();
  let text = '';
  const request = get(
    `http://127.0.0.1:${port}/api/v1/stream`,
    { headers: { authorization: `Bearer ${token}` } },
    (answer) => {
      answer.setEncoding('utf8');
      answer.on('data', (chunk: string) => {
        text += chunk;
        const end = text.lastIndexOf('\n\n');
        for (const [, id] of text.slice(0, Math.max(0, end)).matchAll(/"booking_id":(\d+)/g)) {
          if (!seenAt.has(Number(id))) seenAt.set(Number(id), performance.now());
        }
        text = text.slice(end + 2);
      });
    },
  );
  await new Promise((done) => request.once('response', (answer) => answer.once('data', done)));
  return { seenAt, close: () => request.destroy() };
}
