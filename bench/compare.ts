import type { Measured } from './load.ts';
import type { MeasuredProcess } from './processes.ts';

/** Our figure beside the floor's. */
export interface ComparedRow {
  what: string;
  ours: number;
  floor: number;
  floorIs: string;
  /** The median of each round's own ratio: what disturbs a round disturbs both of its sides. */
  ratio: number;
  target: number;
  p50: number;
  p99: number;
  p999: number;
  /** Microseconds of processor time for one request, ours and the floor's; NaN where nobody knows. */
  cpu: number;
  floorCpu: number;
}

export interface Side {
  run(): Promise<Measured>;
  process?: MeasuredProcess;
}

const ROUNDS = 5;

/** Measures both sides in rounds that take turns. */
export async function compare(
  row: Pick<ComparedRow, 'what' | 'floorIs' | 'target'>,
  sides: { ours: Side; floor: Side },
): Promise<ComparedRow> {
  process.stdout.write(`${row.what} …\n`);
  const rounds: { ours: Figures; floor: Figures }[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    rounds.push({ ours: await measure(sides.ours), floor: await measure(sides.floor) });
  }
  const ofOurs = (of: keyof Figures) => median(rounds.map(({ ours }) => ours[of]));
  const ofFloor = (of: keyof Figures) => median(rounds.map(({ floor }) => floor[of]));
  return {
    ...row,
    ours: Math.round(ofOurs('perSecond')),
    floor: Math.round(ofFloor('perSecond')),
    ratio: round2(median(rounds.map(({ ours, floor }) => ours.perSecond / floor.perSecond))),
    p50: ofOurs('p50'),
    p99: ofOurs('p99'),
    p999: ofOurs('p999'),
    cpu: round1(ofOurs('cpu')),
    floorCpu: round1(ofFloor('cpu')),
  };
}

interface Figures {
  perSecond: number;
  p50: number;
  p99: number;
  p999: number;
  cpu: number;
}

async function measure({ run, process: measured }: Side): Promise<Figures> {
  const before = measured?.cpuMicros() ?? Number.NaN;
  const { perSecond, answers, p50, p99, p999 } = await run();
  return { perSecond, p50, p99, p999, cpu: ((measured?.cpuMicros() ?? Number.NaN) - before) / answers };
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

export function round1(value: number): number {
  return Math.round(value * 10) / 10;
}

export function round2(value: number): number {
  return Math.round(value * 100) / 100;
}
