import { setTimeout as sleep } from 'node:timers/promises';
import { type BenchStudio, EVENTS, PEOPLE, tokenOf } from './bench-studio.ts';
import { load } from './booking-rows.ts';
import { median, round2 } from './compare.ts';
import { percentilesOf, putSteadyLoad } from './load.ts';
import { type ProbedAnswer, startProbe } from './probe.ts';

export interface OverloadFigures {
  /** Bookings a second, with as many clients as suit it. */
  best: number;
  offered: number;
  accepted: number;
  /** Of the best; the target is 0.8. */
  share: number;
  refused: number;
  /** Milliseconds until somebody who came meanwhile was refused, or was told that it lives, or that CRM takes in. */
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

  const [bookingUrl, crmUrl] = [studio.booking, crm].map(({ port }) => `http://127.0.0.1:${port}`);
  const probes = {
    health: startProbe({ url: `${bookingUrl}/healthz`, method: 'GET' }),
    intake: startProbe({ url: `${crmUrl}/api/v1/booking-notifications`, method: 'POST' }),
    booking: startProbe({
      url: `${bookingUrl}/api/v1/bookings`,
      method: 'POST',
      headers: { authorization: `Bearer ${tokenOf(PEOPLE)}`, 'content-type': 'application/json' },
      body: '{"event_id":1}',
    }),
  };
  const { statuses } = await putSteadyLoad({
    port: studio.booking.port,
    perSecond: TIMES * best,
    milliseconds: MILLISECONDS,
    mostConnections: CONNECTIONS,
    next,
  });
  const memory = studio.booking.memory().most;
  const [health, intake, booking] = [
    await probes.health.stop(),
    await probes.intake.stop(),
    await probes.booking.stop(),
  ];
  const refusals = booking.filter(({ status }) => status === 503).map(({ milliseconds }) => milliseconds);
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
    health: percentilesOf(waits(health)),
    intake: percentilesOf(waits(intake)),
    otherStatuses,
    memory,
    after: round2(after / best),
  };
}

/** Milliseconds until each answer; never, where it was none or said that it cannot. */
function waits(answers: readonly ProbedAnswer[]): number[] {
  return answers.map(({ status, milliseconds }) =>
    status === 0 || status >= 500 ? Number.POSITIVE_INFINITY : milliseconds,
  );
}
