import { Counter, type Metric, type Registry } from '@prometheus-io/client';

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];
const NAME = 'http_request_duration_seconds';
const HELP = 'Time from request to end of answer.';

interface Durations {
  /** How many were within each bound, and not within the one before. */
  counts: number[];
  sum: number;
  count: number;
}

/**
 * Counts requests and their durations. A request adds to numbers of ours; the library sees them when somebody reads
 * the metrics, because to find a figure by its labels cost a request more than to be answered from memory.
 */
export function countRequests(
  registry: Registry,
): (method: string, template: string, status: number, milliseconds: number) => void {
  const requests = new Map<string, Map<string, Map<number, number>>>();
  const durations = new Map<string, Durations>();
  new Counter({
    name: 'http_requests_total',
    help: 'Finished HTTP requests.',
    labelNames: ['method', 'route', 'status'],
    registers: [registry],
    collect() {
      this.reset();
      for (const [route, byMethod] of requests)
        for (const [method, byStatus] of byMethod)
          for (const [status, count] of byStatus) this.inc({ method, route, status: String(status) }, count);
    },
  });
  const histogram = {
    name: NAME,
    get: async () => ({
      name: NAME,
      help: HELP,
      type: 'histogram',
      aggregator: 'sum',
      values: [...durations].flatMap(([route, each]) => valuesOf(route, each)),
    }),
  };
  registry.registerMetric(histogram as unknown as Metric<string>);

  return (method, template, status, milliseconds) => {
    const byStatus = entry(
      entry(requests, template, () => new Map<string, Map<number, number>>()),
      method,
      () => new Map<number, number>(),
    );
    byStatus.set(status, (byStatus.get(status) ?? 0) + 1);
    const seconds = milliseconds / 1000;
    const each = entry(durations, template, () => ({ counts: SECONDS.map(() => 0), sum: 0, count: 0 }));
    each.sum += seconds;
    each.count++;
    const bound = SECONDS.findIndex((most) => seconds <= most);
    if (bound >= 0) each.counts[bound] = (each.counts[bound] ?? 0) + 1;
  };
}

function entry<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}

function valuesOf(route: string, { counts, sum, count }: Durations) {
  let upTo = 0;
  return [
    ...SECONDS.map((le, index) => {
      upTo += counts[index] ?? 0;
      return { metricName: `${NAME}_bucket`, labels: { route, le }, value: upTo };
    }),
    { metricName: `${NAME}_bucket`, labels: { route, le: '+Inf' }, value: count },
    { metricName: `${NAME}_sum`, labels: { route }, value: sum },
    { metricName: `${NAME}_count`, labels: { route }, value: count },
  ];
}
