import { setTimeout as sleep } from 'node:timers/promises';
import { type BenchStudio, EVENTS } from './bench-studio.ts';
import { load } from './booking-rows.ts';
import { median, round2 } from './compare.ts';
import { percentilesOf, putSteadyLoad } from './load.ts';

export interface OverloadFigures {
  /** Bookings a second, with as many clients as suit it. */
  best: number;
  offered: number;
  accepted: number;
  /** Of the best; the target is 0.8. */
  share: number;
  refused: number;
  /** Milliseconds until a refusal, and until a health check was answered meanwhile. */
  refusal: { p50: number; p99: number };
  health: { p50: number; p99: number };
  intake: { p50: number; p99: number };
  otherStatuses: Record<string, number>;
  memory: number;
  /** Bookings a second in the fifth second after, as a share of the best. */
  after: number;
}

const TIMES = 5;
const MILLISECONDS = 8000;
const CONNECTIONS = 2000;
const PROBE_MS = 100;
const RECOVERED_MS = 4000;

/** Offers five times what it can do, at a rate that does not slow down for anybody, and looks what becomes of it. */
export async function measureOverload(studio: BenchStudio): Promise<OverloadFigures> {
  process.stdout.write('overload …\n');
  const next = () => studio.bookingRequest(1 + Math.floor(Math.random() * EVENTS));
  const crm = await studio.startCrm();
  const rounds: number[] = [];
  for (let round = 0; round < 3; round++) rounds.push((await load(studio.booking, next)).perSecond);
  const best = median(rounds);
  studio.booking.memory();

  const refusals: number[] = [];
  const health = probe(`http://127.0.0.1:${studio.booking.port}/healthz`, 'GET');
  const intake = probe(`http://127.0.0.1:${crm.port}/api/v1/booking-notifications`, 'POST');
  const { statuses } = await putSteadyLoad({
    port: studio.booking.port,
    perSecond: TIMES * best,
    milliseconds: MILLISECONDS,
    mostConnections: CONNECTIONS,
    next,
    onAnswer({ status, sinceSent }) {
      if (status === '503') refusals.push(sinceSent);
    },
  });
  const memory = studio.booking.memory().most;
  const probed = { health: await health.stop(), intake: await intake.stop() };
  await sleep(RECOVERED_MS);
  const after = (await load(studio.booking, next, '201', 1000)).perSecond;
  const { 201: accepted = 0, 503: refused = 0, 409: again = 0, ...otherStatuses } = statuses;
  const seconds = MILLISECONDS / 1000;
  return {
    best,
    offered: TIMES * best,
    accepted: Math.round((accepted + again) / seconds),
    share: round2((accepted + again) / seconds / best),
    refused: Math.round(refused / seconds),
    refusal: percentilesOf(refusals),
    health: percentilesOf(probed.health),
    intake: percentilesOf(probed.intake),
    otherStatuses,
    memory,
    after: round2(after / best),
  };
}

/** Asks again and again, one at a time, and notes how long each answer took. */
function probe(url: string, method: string): { stop(): Promise<number[]> } {
  const took: number[] = [];
  let isStopped = false;
  const asking = (async () => {
    while (!isStopped) {
      const askedAt = performance.now();
      const answer = await fetch(url, { method, signal: AbortSignal.timeout(10_000) }).catch(() => undefined);
      await answer?.arrayBuffer();
      took.push(answer === undefined || answer.status >= 500 ? Number.POSITIVE_INFINITY : performance.now() - askedAt);
      await sleep(PROBE_MS);
    }
  })();
  return {
    async stop() {
      isStopped = true;
      await asking;
      return took;
    },
  };
}
