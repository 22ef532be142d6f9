import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from '@prometheus-io/client';

export interface Metrics {
  registry: Registry;
  /** Counts a finished request under its route's template, never under the address a client made up. */
  request(method: string, template: string, status: number, milliseconds: number): void;
  /** A figure asked for whenever metrics are read. */
  gauge(name: string, help: string, read: () => Promise<number> | number): void;
  /** A figure that only grows while the process lives; answers what adds to it. */
  counter(name: string, help: string): (more: number) => void;
}

/** Prometheus metrics of one process. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const requests = new Counter({
    name: 'http_requests_total',
    help: 'Finished HTTP requests.',
    labelNames: ['method', 'route', 'status'],
    registers: [registry],
  });
  const seconds = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time from request to end of answer.',
    labelNames: ['route'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
    registers: [registry],
  });
  return {
    registry,
    request(method, template, status, milliseconds) {
      requests.inc({ method, route: template, status: String(status) });
      seconds.observe({ route: template }, milliseconds / 1000);
    },
    gauge(name, help, read) {
      new Gauge({
        name,
        help,
        registers: [registry],
        async collect() {
          this.set(await read());
        },
      });
    },
    counter(name, help) {
      const counter = new Counter({ name, help, registers: [registry] });
      return (more) => counter.inc(more);
    },
  };
}
