import type { ComparedRow } from './compare.ts';
import type { DeliveryFigures } from './delivery-rows.ts';
import type { GrowthFigures } from './growth-rows.ts';
import type { OverloadFigures } from './overload-rows.ts';

export interface BenchResults {
  machine: string;
  at: string;
  compared: ComparedRow[];
  ownPages?: { perSecond: number; p50: number; p99: number; cpu: number };
  delivery?: DeliveryFigures;
  overload?: OverloadFigures;
  growth?: GrowthFigures;
  memory: { booking?: number; crm?: number };
  readyMs?: number;
}

const MEMORY_TARGET = 300;

/** The tables of `docs/performance.md`, as they stand there. */
export function describeResults(results: BenchResults): string {
  return [
    `${results.machine}, ${results.at}`,
    describeCompared(results.compared),
    results.ownPages && describeOwnPages(results.ownPages),
    results.delivery && describeDelivery(results.delivery),
    results.overload && describeOverload(results.overload),
    results.growth && describeGrowth(results.growth),
    describeProcesses(results),
  ]
    .filter((part) => part)
    .join('\n');
}

function describeCompared(rows: readonly ComparedRow[]): string {
  if (rows.length === 0) return '';
  return table(
    ['what', 'ours/s', 'floor/s', 'ratio', 'target', 'p50 ms', 'p99 ms', 'p99.9 ms', 'CPU µs', 'floor CPU µs', 'floor'],
    rows.map((row) => [
      row.what,
      figure(row.ours),
      figure(row.floor),
      row.ratio.toFixed(2),
      Number.isNaN(row.target) ? '' : `≥ ${row.target}${row.ratio >= row.target ? '' : ' missed'}`,
      figure(row.p50),
      figure(row.p99),
      figure(row.p999),
      figure(row.cpu),
      figure(row.floorCpu),
      row.floorIs,
    ]),
  );
}

function describeOwnPages({ perSecond, p50, p99, cpu }: NonNullable<BenchResults['ownPages']>): string {
  return `A page of somebody who is signed in: ${perSecond}/s, p50 ${p50} ms, p99 ${p99} ms, ${cpu} µs of CPU.\n`;
}

function describeDelivery({ drain, rates }: DeliveryFigures): string {
  return [
    table(
      ['from commit to CRM', 'p50 ms', 'p99 ms', 'target p50', 'target p99', 'missing'],
      rates.flatMap(({ perSecond, isAfterDrain, inDatabase, inInbox, missing }) => {
        const rate = `${perSecond}/s${isAfterDrain ? ' right after a drain' : ''}`;
        const [{ p50, p99 }, seen] = [inDatabase, inInbox];
        return [
          [`${rate}, in its database`, ms(p50), ms(p99), below(10, p50), below(100, p99), missing],
          [`${rate}, in an open inbox`, ms(seen.p50), ms(seen.p99), '', below(1000, seen.p99), ''],
        ];
      }),
    ),
    `Relay: ${figure(drain.messages)} waiting messages drained at ${figure(drain.perSecond)}/s.\n`,
  ].join('\n');
}

function describeOverload(row: OverloadFigures): string {
  return table(
    ['five times what it can do', 'figure', 'target'],
    [
      ['best, bookings/s', figure(row.best), ''],
      ['offered/s', figure(row.offered), ''],
      ['accepted/s, of the best', `${figure(row.accepted)}, ${row.share}`, `≥ 0.8${row.share >= 0.8 ? '' : ' missed'}`],
      ['refused with 503/s', figure(row.refused), ''],
      ['a refusal, p50 and p99 ms', `${ms(row.refusal.p50)}, ${ms(row.refusal.p99)}`, 'quick'],
      ['health check, p50 and p99 ms', `${ms(row.health.p50)}, ${ms(row.health.p99)}`, 'answers'],
      ['intake of CRM, p50 and p99 ms', `${ms(row.intake.p50)}, ${ms(row.intake.p99)}`, 'answers'],
      ['other answers', JSON.stringify(row.otherStatuses), 'none'],
      ['memory of booking, MB', row.memory, `≤ ${MEMORY_TARGET}`],
      ['bookings/s in the fifth second after, of the best', row.after, 'normal'],
    ],
  );
}

function describeGrowth({ events, bookings, rows }: GrowthFigures): string {
  return table(
    [
      'p99 ms',
      '1,000 events, 10,000 bookings',
      `${figure(events)} events, ${figure(bookings)} bookings`,
      'ratio',
      'target',
    ],
    rows.map(({ what, small, large, ratio, target }) => [
      what,
      ms(small),
      ms(large),
      ratio.toFixed(2),
      `≤ ${target}${ratio <= target ? '' : ' missed'}`,
    ]),
  );
}

function describeProcesses({ memory, readyMs }: BenchResults): string {
  const parts = Object.entries(memory).map(([app, megabytes]) => `${app} ${megabytes} MB`);
  const most = parts.length > 0 ? `Most memory resident: ${parts.join(', ')} (${MEMORY_TARGET} MB at most each). ` : '';
  return readyMs === undefined ? most : `${most}Booking was ready ${readyMs} ms after its start.\n`;
}

function table(head: string[], rows: (string | number)[][]): string {
  const line = (cells: (string | number)[]) => `| ${cells.join(' | ')} |\n`;
  const rule = head.map((_, index) => (index === 0 || index === head.length - 1 ? '---' : '---:'));
  return line(head) + line(rule) + rows.map(line).join('');
}

function figure(value: number): string {
  return Number.isNaN(value) ? '' : value.toLocaleString('en');
}

function below(target: number, value: number): string {
  return `< ${target}${value < target ? '' : ' missed'}`;
}

function ms(value: number): string {
  return Number.isFinite(value) ? String(Math.round(value * 10) / 10) : 'never';
}
